// What a device says of each declaration, in our words: in force, wrong and why, or not looked at yet.
import type { Settled } from './queries.ts';
import { isObject, type Json, type JsonObject, statusItem } from './status-report.ts';

const lists = ['activations', 'assets', 'configurations', 'management'] as const;

/** At most as many as a device could have been given. */
const most = 5_000;

export function settledDeclarations(status: JsonObject): readonly Settled[] {
  return lists
    .flatMap((list) => {
      const reported = statusItem(status, `management.declarations.${list}`);
      return Array.isArray(reported)
        ? (reported as readonly Json[]).flatMap((item) => settled(list, item))
        : [];
    })
    .slice(0, most);
}

function settled(list: (typeof lists)[number], item: Json): Settled[] {
  if (!isObject(item)) return [];
  const { identifier, valid, active, reasons } = item;
  const token = item['server-token'];
  if (typeof identifier !== 'string' || typeof token !== 'string') return [];
  if (valid === 'invalid') {
    return [
      {
        identifier,
        token,
        state: 'failed',
        reason: inWords(reasons) ?? 'The device calls it invalid.',
        installed: null,
      },
    ];
  }
  // A configuration that no activation puts in force is there and does nothing.
  const inForce = valid === 'valid' && (active === true || list !== 'configurations');
  if (inForce) return [{ identifier, token, state: 'installed', reason: null, installed: token }];
  return [{ identifier, token, state: 'pending', reason: inWords(reasons) ?? null, installed: null }];
}

/** Codes as they are, also those that nobody knows yet. */
function inWords(reasons: Json | undefined): string | undefined {
  if (!Array.isArray(reasons)) return undefined;
  const words = (reasons as readonly Json[]).slice(0, 5).flatMap((reason) => {
    if (!isObject(reason)) return [];
    const { code, description } = reason;
    const parts = [code, description].filter(
      (part): part is string => typeof part === 'string' && part !== '',
    );
    return parts.length === 0 ? [] : [parts.join(': ').slice(0, 300)];
  });
  return words.length === 0 ? undefined : words.join('; ');
}
