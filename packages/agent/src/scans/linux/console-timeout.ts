/**
 * Text consoles that end by themselves: `TMOUT`, set and made read-only where every login shell reads it (bash(1)). Users
 * can undo a TMOUT that is not read-only, so only a read-only one counts.
 */
import { type System, valueOf } from '../../system/system.ts';

/** Seconds; undefined when idle consoles stay open. `except` is a script to pass over. */
export async function consoleTimeout(system: System, except?: string): Promise<number | undefined> {
  const scripts = ['/etc/profile', '/etc/bash.bashrc', '/etc/bashrc'];
  for (const name of (valueOf(await system.list('/etc/profile.d')) ?? []).slice(0, 200)) {
    if (name.endsWith('.sh')) scripts.push(`/etc/profile.d/${name}`);
  }
  for (const path of scripts) {
    const text = path === except ? undefined : valueOf(await system.readText(path));
    const seconds = text === undefined ? undefined : readOnlyTimeout(text);
    if (seconds !== undefined) return seconds;
  }
  return undefined;
}

/** Seconds of a TMOUT that this script sets and makes read-only; the usual spellings of hardening guides. */
export function readOnlyTimeout(script: string): number | undefined {
  let seconds: number | undefined;
  let fixed = false;
  for (const statement of script.split(/[\n;]/, 10_000)) {
    const words = statement.replace(/(^|\s)#.*/, '').trim();
    const value = /(?:^|\s)TMOUT=["']?([0-9]{1,8})["']?(?:\s|$)/.exec(words)?.[1];
    if (value !== undefined) seconds = Number(value);
    if (/^(readonly|(declare|typeset)\s+-[a-z]*r[a-z]*)\s.*\bTMOUT\b/.test(words)) fixed = true;
  }
  return fixed && seconds !== undefined && seconds > 0 ? seconds : undefined;
}
