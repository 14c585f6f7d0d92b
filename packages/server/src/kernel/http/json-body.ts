// JSON bodies: bounded depth, and no keys that reach prototypes (HTTP-06).
import { DomainError } from '@gatehouse/core/errors.ts';

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

export function parseJsonBody(text: string, maxDepth: number): unknown {
  assertDepth(text, maxDepth);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new DomainError('invalid-input', 'The body is not valid JSON');
  }
  // The walk costs time only for bodies that could hold such a key, also when written with escapes.
  if (
    text.includes('__proto__') ||
    text.includes('constructor') ||
    text.includes('prototype') ||
    text.includes('\\u')
  ) {
    assertKeys(value);
  }
  return value;
}

/** Counts nesting before parsing, so that a deep body costs no stack. */
function assertDepth(text: string, maxDepth: number): void {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > maxDepth)
        throw new DomainError('invalid-input', `The body nests deeper than ${maxDepth} levels`);
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
}

function assertKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) {
    for (const key of Object.keys(value)) {
      if (forbiddenKeys.has(key))
        throw new DomainError('invalid-input', `The body may not use the key "${key}"`);
    }
  }
  for (const child of Object.values(value)) assertKeys(child);
}
