/** What RADIUS servers are answered, while it is written: attributes as lines of text, order by moving. */
import type { NetworkAccessSettings } from '@gatehouse/contracts/admin/network-access.ts';

type ReplyRule = NetworkAccessSettings['rules'][number];

export interface ReplyDraft extends Omit<ReplyRule, 'reply'> {
  /** Of this page: rules have no identity of their own. */
  readonly key: string;
  readonly kind: ReplyRule['reply']['kind'];
  readonly attributes: string;
  readonly message: string;
}

export function draftOf(rule: ReplyRule, key: string): ReplyDraft {
  const { reply, ...rest } = rule;
  return {
    ...rest,
    key,
    kind: reply.kind,
    attributes:
      reply.kind === 'accept'
        ? reply.attributes.map(({ name, value }) => `${name} = ${value}`).join('\n')
        : '',
    message: reply.kind === 'reject' ? reply.message : '',
  };
}

const attributeName = /^[A-Za-z0-9][A-Za-z0-9._-]*(?::[0-9]{1,2})?$/;

/** @returns the attributes, or the number of the first line that is none, from 1. */
export function readAttributes(
  text: string,
): { readonly attributes: { name: string; value: string }[] } | { readonly wrongLine: number } {
  const attributes: { name: string; value: string }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const equals = line.indexOf('=');
    const name = line.slice(0, Math.max(0, equals)).trim();
    const value = line.slice(equals + 1).trim();
    if (equals === -1 || !attributeName.test(name) || value === '') return { wrongLine: index + 1 };
    attributes.push({ name, value });
  }
  return { attributes };
}

/** As it is sent; undefined: something in it is wrong yet. */
export function toRule({ key: _key, kind, attributes, message, ...rest }: ReplyDraft): ReplyRule | undefined {
  if (rest.name.trim() === '') return undefined;
  const conditions = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  ) as typeof rest;
  const rule = { ...conditions, name: rest.name.trim() };
  if (kind === 'not-found') return { ...rule, reply: { kind } };
  if (kind === 'reject') return { ...rule, reply: { kind, message } };
  const read = readAttributes(attributes);
  return 'attributes' in read ? { ...rule, reply: { kind, attributes: read.attributes } } : undefined;
}

export function moved<Item>(items: readonly Item[], index: number, by: -1 | 1): readonly Item[] {
  const target = index + by;
  if (target < 0 || target >= items.length) return items;
  const next = [...items];
  const [item] = next.splice(index, 1);
  if (item !== undefined) next.splice(target, 0, item);
  return next;
}

export const networkTabs = ['sessions', 'devices', 'answers', 'ise'] as const;
type NetworkTab = (typeof networkTabs)[number];

export function readNetworkSearch(search: Readonly<Record<string, unknown>>): { readonly tab: NetworkTab } {
  return { tab: networkTabs.find((each) => each === search['tab']) ?? 'sessions' };
}

/** IPv4 or IPv6, as far as a form should say; the server knows exactly. */
export function isAddress(text: string): boolean {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return text.split('.').every((part) => Number(part) <= 255);
  return /^[0-9A-Fa-f:.]{2,45}$/.test(text) && text.split(':').length > 2;
}
