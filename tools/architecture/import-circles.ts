/** Files that import one another in a circle, by value or by type: nobody can read one of them alone. */
import type { SourceFile } from './source-files.ts';

export function circleFaults(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  const graph = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.flatMap(({ target }) => (target !== undefined && known.has(target) ? [target] : [])),
    ]),
  );
  return stronglyConnected(graph)
    .filter(
      (component) => component.length > 1 || graph.get(component[0] ?? '')?.includes(component[0] ?? ''),
    )
    .map((component) => shortestCircle(graph, component))
    .map((circle) => `imports form a circle\n  ${circle.join('\n  → ')}`);
}

/** Tarjan's algorithm; the sources of a repository are far from deep enough to overflow the stack. */
function stronglyConnected(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const components: string[][] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();

  function visit(node: string): void {
    const number = index.size;
    index.set(node, number);
    low.set(node, number);
    stack.push(node);
    onStack.add(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (onStack.has(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(node) !== number) return;
    const component = stack.splice(stack.indexOf(node));
    for (const member of component) onStack.delete(member);
    components.push(component);
  }

  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return components;
}

/** Breadth first from the alphabetically first member, so that the same circle is always told the same way. */
function shortestCircle(
  graph: ReadonlyMap<string, readonly string[]>,
  component: readonly string[],
): string[] {
  const members = new Set(component);
  const first = [...component].sort()[0] ?? '';
  const cameFrom = new Map<string, string>();
  const queue = [first];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const next of graph.get(node) ?? []) {
      if (next === first) {
        const circle = [first];
        for (let at = node; at !== first; at = cameFrom.get(at) ?? first) circle.unshift(at);
        return [first, ...circle];
      }
      if (!members.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return [...component];
}
