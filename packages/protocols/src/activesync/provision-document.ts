/** EASProvisionDoc, from 12.0 on: written by version, read leniently. For 2.5 see wap-provisioning.ts. */
import { element, elementsOf, findChild, textOf, type WbxmlElement } from '../wbxml/index.ts';
import { provision } from './code-pages/commands.ts';
import {
  type ElementRow,
  elementRow,
  listItems,
  type ProvisionElement,
  provisionElementNames,
  type ProvisionPolicy,
} from './provision-elements.ts';
import { isAtLeast, type ProtocolVersion } from './versions.ts';

/**
 * Every element that the version has, in the order of the schema.
 * @throws RangeError for a value that the element cannot say
 */
export function provisionDocument(
  version: Exclude<ProtocolVersion, '2.5'>,
  policy: ProvisionPolicy,
): WbxmlElement {
  const present = provisionElementNames.filter((name) => isAtLeast(version, elementRow(name).since));
  return element(provision.tags.EASProvisionDoc, ...present.map((name) => writeElement(name, policy[name])));
}

function writeElement(name: ProvisionElement, value: ProvisionPolicy[ProvisionElement]): WbxmlElement {
  const tag = provision.tags[name];
  const row = elementRow(name);
  if (typeof value === 'object') {
    const item = listItems[name] ?? 0;
    return element(tag, ...value.map((text) => element(item, text)));
  }
  if (typeof value === 'number' && !isWithin(row, value)) throw new RangeError(`${name} cannot be ${value}`);
  const said = value ?? row.open;
  return said === 'empty'
    ? element(tag)
    : element(tag, typeof said === 'boolean' ? (said ? '1' : '0') : String(said));
}

function isWithin({ least = 0, most = 0, among }: ElementRow, value: number): boolean {
  return Number.isInteger(value) && (among?.includes(value) ?? (value >= least && value <= most));
}

/**
 * What a server's document says: elements that are missing, empty, not understood or out of range restrict nothing. Servers do
 * send such (`-1` for a size that has no sign).
 */
export function readProvisionDocument(document: WbxmlElement): ProvisionPolicy {
  const policy: Partial<Record<ProvisionElement, boolean | number | readonly string[]>> = {};
  for (const name of provisionElementNames) {
    const found = findChild(document, provision.tags[name]);
    const value = found === undefined ? undefined : readElement(name, found);
    if (value !== undefined) policy[name] = value;
  }
  // Each value was read by its own row, which is where the type of its member comes from.
  return policy as ProvisionPolicy;
}

function readElement(name: ProvisionElement, node: WbxmlElement): boolean | number | string[] | undefined {
  const row = elementRow(name);
  switch (row.kind) {
    case 'list': {
      const items = elementsOf(node).filter(({ tag }) => tag === listItems[name]);
      return items.length === 0 ? undefined : items.map(textOf);
    }
    case 'boolean': {
      const text = textOf(node).trim().toLowerCase();
      return text === '1' || text === 'true' ? true : text === '0' || text === 'false' ? false : undefined;
    }
    case 'number': {
      const text = textOf(node).trim();
      const value = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
      return isWithin(row, value) ? value : undefined;
    }
  }
}
