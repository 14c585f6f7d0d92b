import { UsageError } from './command.ts';

const units = { s: 1, m: 60, h: 3_600, d: 86_400, y: 31_536_000 } as const;

/** `30d` in seconds. */
export function duration(text: string, option: string): number {
  const match = /^(\d{1,6})([smhdy])$/.exec(text);
  if (!match) throw new UsageError(`--${option} must be a number with s, m, h, d or y, such as 30d`);
  return Number(match[1]) * units[match[2] as keyof typeof units];
}
