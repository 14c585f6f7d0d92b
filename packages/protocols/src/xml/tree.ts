/** An XML document as a tree of local names and text: what both the reader gives and the writer takes. */

export interface XmlElement {
  /** Local name; the prefix and its namespace are checked when reading and then dropped. */
  readonly name: string;
  /** By name as written, prefix included; namespace declarations are left out. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
}

export type XmlNode = XmlElement | string;

const noAttributes: ReadonlyMap<string, string> = new Map();

export function element(name: string, ...children: readonly XmlNode[]): XmlElement {
  return { name, attributes: noAttributes, children };
}

export function withAttributes(node: XmlElement, attributes: Readonly<Record<string, string>>): XmlElement {
  return { ...node, attributes: new Map(Object.entries(attributes)) };
}

/** Text directly inside the element, without surrounding white space. */
export function textOf(node: XmlElement): string {
  return node.children
    .filter((child) => typeof child === 'string')
    .join('')
    .trim();
}

export function elementsOf(node: XmlElement): XmlElement[] {
  return node.children.filter((child) => typeof child !== 'string');
}

export function findChild(node: XmlElement, name: string): XmlElement | undefined {
  return elementsOf(node).find((child) => child.name === name);
}

/** All elements below this one, in document order. */
export function* descendantsOf(node: XmlElement): Generator<XmlElement> {
  for (const child of elementsOf(node)) {
    yield child;
    yield* descendantsOf(child);
  }
}
