/** `system_profiler -json`: one object per data type, each a list of items with string fields. */
import type { System } from '../../system/system.ts';

export type ProfilerItem = Readonly<Record<string, unknown>>;

const program = '/usr/sbin/system_profiler';

export async function askSystemProfiler(
  system: System,
  dataTypes: readonly string[],
): Promise<ReadonlyMap<string, readonly ProfilerItem[]>> {
  const said = await system.run(program, ['-json', '-detailLevel', 'basic', ...dataTypes], {
    timeoutMs: 45_000,
  });
  return said.state === 'present' ? parseSystemProfiler(said.value) : new Map();
}

export function parseSystemProfiler(text: string): ReadonlyMap<string, readonly ProfilerItem[]> {
  const types = new Map<string, readonly ProfilerItem[]>();
  const parsed = parseJson(text);
  if (!isItem(parsed)) return types;
  for (const [name, items] of Object.entries(parsed)) {
    if (Array.isArray(items)) types.set(name, items.filter(isItem));
  }
  return types;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isItem(value: unknown): value is ProfilerItem {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function stringField(item: ProfilerItem | undefined, name: string): string | undefined {
  const value = item?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
