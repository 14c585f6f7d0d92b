/** What a new password must be like on this machine, worked out from the PAM stack and its modules' settings. */
import { type System, valueOf } from '../../system/system.ts';
import { parseAssignments, parseInteger } from './assignments.ts';
import { judgingRules, type PamRule } from './pam.ts';

export interface PasswordRules {
  readonly minimumLength: number;
  readonly minimumClasses: number;
  readonly history: number;
}

/** pam_unix(8): without quality modules, new passwords shorter than this are refused. */
const unixMinimumLength = 6;
/** pwquality.conf(5), pam_cracklib(8). */
const defaults = {
  'pam_pwquality.so': { minlen: 8, credit: 0 },
  'pam_cracklib.so': { minlen: 9, credit: 1 },
} as const;
/** pam_pwhistory(8). */
const historyDefault = 10;

export async function readPasswordRules(system: System, stack: readonly PamRule[]): Promise<PasswordRules> {
  const quality = await readDirectory(system, '/etc/security/pwquality.conf');
  const history = await readDirectory(system, '/etc/security/pwhistory.conf');
  return passwordRules(stack, quality, history);
}

export function passwordRules(
  stack: readonly PamRule[],
  qualityFile: ReadonlyMap<string, string>,
  historyFile: ReadonlyMap<string, string>,
): PasswordRules {
  let minimumLength = 0;
  let minimumClasses = 0;
  let remembered = 0;
  for (const { module, args } of judgingRules(stack)) {
    switch (module) {
      case 'pam_unix.so':
      case 'pam_unix2.so':
        minimumLength = Math.max(minimumLength, parseInteger(args.get('minlen')) ?? unixMinimumLength);
        remembered = Math.max(remembered, parseInteger(args.get('remember')) ?? 0);
        break;
      case 'pam_pwquality.so':
      case 'pam_cracklib.so': {
        const file = module === 'pam_pwquality.so' ? qualityFile : new Map<string, string>();
        const demanded = qualityDemands(module, file, args);
        minimumLength = Math.max(minimumLength, demanded.minimumLength);
        minimumClasses = Math.max(minimumClasses, demanded.minimumClasses);
        break;
      }
      case 'pam_passwdqc.so':
        minimumLength = Math.max(minimumLength, shortestOfPasswdqc(args.get('min')));
        break;
      case 'pam_pwhistory.so': {
        const count = args.get('remember') ?? historyFile.get('remember');
        remembered = Math.max(remembered, parseInteger(count) ?? historyDefault);
        break;
      }
    }
  }
  return { minimumLength, minimumClasses, history: remembered };
}

/**
 * A negative credit demands that many characters of a class; a positive one lets each such character shorten the
 * password by one, so the least length is `minlen` less all positive credits (pam_pwquality(8)), and never under 6.
 */
function qualityDemands(
  module: keyof typeof defaults,
  file: ReadonlyMap<string, string>,
  args: ReadonlyMap<string, string>,
): { minimumLength: number; minimumClasses: number } {
  const setting = (name: string) => parseInteger(args.get(name)) ?? parseInteger(file.get(name));
  if (setting('enforcing') === 0) return { minimumLength: 0, minimumClasses: 0 };
  const { minlen, credit } = defaults[module];
  const credits = ['dcredit', 'ucredit', 'lcredit', 'ocredit'].map((name) => setting(name) ?? credit);
  const bonus = credits.reduce((sum, one) => sum + Math.max(0, one), 0);
  const demanded = credits.filter((one) => one < 0).length;
  return {
    minimumLength: Math.max(6, (setting('minlen') ?? minlen) - bonus),
    minimumClasses: Math.min(4, Math.max(setting('minclass') ?? 0, demanded)),
  };
}

/** passwdqc: min=N0,N1,N2,N3,N4 for kinds of passwords, `disabled` for kinds that are refused. */
function shortestOfPasswdqc(setting = 'disabled,24,11,8,7'): number {
  const lengths = setting
    .split(',')
    .map(parseInteger)
    .filter((length) => length !== undefined);
  return lengths.length === 0 ? 0 : Math.min(...lengths);
}

/** `<file>.d/*.conf` in order of name and then the file itself, which has the last word (pwquality.conf(5)). */
async function readDirectory(system: System, path: string): Promise<ReadonlyMap<string, string>> {
  const merged = new Map<string, string>();
  const add = async (file: string) => {
    const text = valueOf(await system.readText(file));
    if (text === undefined) return;
    for (const [name, value] of parseAssignments(text)) merged.set(name, value);
  };
  const directory = valueOf(await system.list(`${path}.d`)) ?? [];
  for (const name of directory.filter((entry) => entry.endsWith('.conf')).slice(0, 200))
    await add(`${path}.d/${name}`);
  await add(path);
  return merged;
}
