// From what a decoder gives to what a person or a program reads: bytes as hex, times as ISO 8601, nothing left out.

export type Presentable =
  | string
  | number
  | boolean
  | null
  | readonly Presentable[]
  | { readonly [name: string]: Presentable | undefined };

/** Bytes become hex, dates ISO 8601, maps become objects, bigints text; what JSON cannot say otherwise does not occur in decoders. */
export function presentable(value: unknown): Presentable {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Map) return presentable(Object.fromEntries(value as Map<string, unknown>));
  if (Array.isArray(value)) return value.map(presentable);
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => [name, presentable(member)]),
    );
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return String(value as bigint);
}

/** Milliseconds since 1970 as people read them. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Indented lines; values of devices are stripped of what would command a terminal. */
export function readable(value: Presentable, indent = ''): string {
  if (value === null || typeof value !== 'object') return `${indent}${scalar(value)}`;
  const entries = Array.isArray(value)
    ? (value as readonly Presentable[]).map((member, index) => [`[${index}]`, member] as const)
    : Object.entries(value).map(([name, member]) => [name, member ?? null] as const);
  if (entries.length === 0) return `${indent}none`;
  return entries
    .map(([name, member]) => {
      const flat = scalarList(member);
      return flat === undefined
        ? `${indent}${scalar(name)}\n${readable(member, `${indent}  `)}`
        : `${indent}${scalar(name)}: ${flat}`;
    })
    .join('\n');
}

/** A value, or a list of few values, on one line. */
function scalarList(value: Presentable): string | undefined {
  if (value === null || typeof value !== 'object') return scalar(value);
  if (!Array.isArray(value)) return undefined;
  const members = value as readonly Presentable[];
  if (members.some((member) => member !== null && typeof member === 'object')) return undefined;
  return members.length === 0 ? 'none' : members.map((member) => scalar(member as string | null)).join(', ');
}

function scalar(value: string | number | boolean | null): string {
  if (value === null) return '-';
  return String(value).replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '�');
}
