/**
 * The `password` stack of PAM: which modules judge a new password, in which order and with which arguments. A quality
 * module counts only where the stack really reaches it before the password is stored; that its package is installed, or
 * that pwquality.conf says something, changes nothing.
 */
import { type System, valueOf } from '../../system/system.ts';

export interface PamRule {
  readonly control: string;
  /** File name without path, e.g. `pam_unix.so`. */
  readonly module: string;
  readonly args: ReadonlyMap<string, string>;
}

const maximumDepth = 8;
const maximumRules = 500;
const folders = ['/etc/pam.d', '/usr/lib/pam.d'];

/** The stack that passwd(1) uses; undefined when there is no PAM configuration that can be read. */
export async function passwordStack(system: System): Promise<readonly PamRule[] | undefined> {
  for (const service of ['passwd', 'common-password', 'system-auth', 'other']) {
    const rules: PamRule[] = [];
    if (await addService(system, service, rules, 0)) return rules;
  }
  return undefined;
}

async function addService(
  system: System,
  service: string,
  rules: PamRule[],
  depth: number,
): Promise<boolean> {
  if (depth > maximumDepth || !/^[A-Za-z0-9_.-]+$/.test(service)) return false;
  for (const folder of folders) {
    const text = valueOf(await system.readText(`${folder}/${service}`));
    if (text === undefined) continue;
    for (const line of joinedLines(text)) {
      const included = /^@include\s+(\S+)/.exec(line)?.[1];
      if (included !== undefined) {
        await addService(system, included, rules, depth + 1);
        continue;
      }
      const match = /^-?password\s+(\[[^\]]*\]|\S+)\s+(\S+)\s*(.*)$/i.exec(line);
      if (match === null || rules.length >= maximumRules) continue;
      const [, control = '', target = '', args = ''] = match;
      if (control === 'include' || control === 'substack') await addService(system, target, rules, depth + 1);
      else
        rules.push({
          control,
          module: target.slice(target.lastIndexOf('/') + 1),
          args: parseArguments(args),
        });
    }
    return true;
  }
  return false;
}

function joinedLines(text: string): readonly string[] {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n', 2_000)
    .map((line) => line.replace(/#.*/, '').trim());
}

/** `name=value`, bare `name`, and `[name=value with spaces]` (pam.d(5)). */
function parseArguments(text: string): ReadonlyMap<string, string> {
  const args = new Map<string, string>();
  for (const [, bracketed, bare] of text.matchAll(/\[((?:[^\]\\]|\\.)*)\]|(\S+)/g)) {
    const argument = bracketed ?? bare ?? '';
    const at = argument.indexOf('=');
    args.set(at < 0 ? argument : argument.slice(0, at), at < 0 ? '' : argument.slice(at + 1));
  }
  return args;
}

/** The rules that can refuse a password before pam_unix (or its like) stores it. */
export function judgingRules(stack: readonly PamRule[]): readonly PamRule[] {
  const stored = stack.findIndex(({ module }) => module === 'pam_unix.so' || module === 'pam_unix2.so');
  return (stored < 0 ? stack : stack.slice(0, stored + 1)).filter(({ control }) => control !== 'optional');
}
