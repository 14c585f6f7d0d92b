/**
 * Local accounts, from passwd(5) and shadow(5), and which of them a person could sign in with. Password hashes are looked
 * at only as far as "is there one"; they never leave this file.
 */
import { type Reading, type System, valueOf } from '../../system/system.ts';
import { parseInteger } from './assignments.ts';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
  /** Second field of passwd; `x` refers to shadow. */
  readonly passwordField: string;
}

export interface ShadowEntry {
  readonly name: string;
  readonly password: 'empty' | 'locked' | 'set';
  /** Days; undefined for never. */
  readonly maximumAgeDays: number | undefined;
}

const maximumAccounts = 100_000;
/** shadow(5) and useradd(8) write this for "never". */
const neverExpires = 99_999;

export function parsePasswd(text: string): readonly Account[] {
  const accounts: Account[] = [];
  for (const line of text.split('\n', maximumAccounts)) {
    const [name, passwordField, uid, gid, , home, shell] = line.split(':');
    const uidNumber = parseInteger(uid);
    const gidNumber = parseInteger(gid);
    if (name === undefined || name === '' || name.startsWith('#') || passwordField === undefined) continue;
    if (uidNumber === undefined || gidNumber === undefined) continue;
    // An empty shell means /bin/sh (passwd(5)).
    accounts.push({
      name,
      uid: uidNumber,
      gid: gidNumber,
      home: home ?? '',
      shell: shell || '/bin/sh',
      passwordField,
    });
  }
  return accounts;
}

export function parseShadow(text: string): ReadonlyMap<string, ShadowEntry> {
  const entries = new Map<string, ShadowEntry>();
  for (const line of text.split('\n', maximumAccounts)) {
    const [name, password, , , maximum] = line.split(':');
    if (name === undefined || name === '' || password === undefined || entries.has(name)) continue;
    const days = parseInteger(maximum);
    entries.set(name, {
      name,
      password: stateOf(password),
      maximumAgeDays: days === undefined || days < 0 || days >= neverExpires ? undefined : days,
    });
  }
  return entries;
}

/** `!` and `*` begin what no password can match (shadow(5)). */
function stateOf(password: string): ShadowEntry['password'] {
  if (password === '') return 'empty';
  return /^[!*]/.test(password) ? 'locked' : 'set';
}

export function parseShells(text: string): ReadonlySet<string> {
  return new Set(
    text
      .split('\n', 1_000)
      .map((line) => line.trim())
      .filter((line) => line.startsWith('/')),
  );
}

const refusingShells = /\/(nologin|false|sync|halt|shutdown)$/;

/** root and people's accounts whose shell lets them in; service accounts and `nobody` are not people. */
export function isInteractive(account: Account, shells: ReadonlySet<string> | undefined): boolean {
  const person = account.uid === 0 || (account.uid >= 1000 && account.uid < 65_534) || account.uid > 65_535;
  if (!person || refusingShells.test(account.shell)) return false;
  return shells === undefined || shells.has(account.shell) || account.shell === '/bin/sh';
}

export function passwordOf(
  account: Account,
  shadow: ReadonlyMap<string, ShadowEntry>,
): { password: ShadowEntry['password']; maximumAgeDays: number | undefined } {
  if (account.passwordField === 'x') {
    return shadow.get(account.name) ?? { password: 'locked', maximumAgeDays: undefined };
  }
  return { password: stateOf(account.passwordField), maximumAgeDays: undefined };
}

const tables = { maximumBytes: 32 * 1024 * 1024 } as const;

export async function readAccounts(system: System): Promise<Reading<readonly Account[]>> {
  const text = await system.readText('/etc/passwd', tables);
  return text.state === 'present' ? { state: 'present', value: parsePasswd(text.value) } : text;
}

export async function readShadow(system: System): Promise<Reading<ReadonlyMap<string, ShadowEntry>>> {
  const text = await system.readText('/etc/shadow', tables);
  return text.state === 'present' ? { state: 'present', value: parseShadow(text.value) } : text;
}

export async function readShells(system: System): Promise<ReadonlySet<string> | undefined> {
  const text = valueOf(await system.readText('/etc/shells'));
  return text === undefined ? undefined : parseShells(text);
}
