/** A tree back to text, with no more brackets than it takes: what is printed reads as the same tree. */
import type { Node } from './syntax.ts';

/** How tightly a node holds together; looser ones need brackets inside tighter ones. */
function strength(node: Node): number {
  switch (node.kind) {
    case 'choose':
      return 0;
    case 'any':
      return 1;
    case 'all':
      return 2;
    case 'binary':
      return node.operator === '+' || node.operator === '-'
        ? 4
        : node.operator === '*' || node.operator === '/' || node.operator === '%'
          ? 5
          : 3;
    case 'unary':
      return 6;
    default:
      return 7;
  }
}

export function printExpression(node: Node): string {
  const within = (child: Node, least: number) =>
    strength(child) < least ? `(${printExpression(child)})` : printExpression(child);
  switch (node.kind) {
    case 'bool':
    case 'int':
      return String(node.value);
    case 'double':
      return Number.isInteger(node.value) ? node.value.toFixed(1) : String(node.value);
    case 'string':
      return quoteText(node.value);
    case 'name':
      return node.name;
    case 'select':
      return `${within(node.of, 7)}.${node.field}`;
    case 'call': {
      const args = node.args.map(printExpression).join(', ');
      return `${node.of === null ? '' : `${within(node.of, 7)}.`}${node.name}(${args})`;
    }
    case 'list':
      return `[${node.items.map(printExpression).join(', ')}]`;
    case 'unary':
      return `${node.operator}${within(node.operand, 6)}`;
    case 'all':
      return node.operands.map((operand) => within(operand, 3)).join(' && ');
    case 'any':
      return node.operands.map((operand) => within(operand, 2)).join(' || ');
    case 'binary': {
      const own = strength(node);
      return `${within(node.left, own)} ${node.operator} ${within(node.right, own + 1)}`;
    }
    case 'choose':
      return `${within(node.if, 1)} ? ${within(node.yes, 1)} : ${printExpression(node.no)}`;
    default:
      return node satisfies never;
  }
}

/** As the grammar reads it: no line breaks, nothing that ends the text. */
export function quoteText(text: string): string {
  const escaped = text.replaceAll(/[\u0000-\u001f"\\\u007f]/g, (character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
