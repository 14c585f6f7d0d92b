/**
 * Does an unattended machine lock by itself, and how soon?
 *
 * - **With a desktop**: true when every installed desktop locks for every person with an account. A value an
 *   administrator locked in dconf (or marked immutable for KDE) counts as it stands. Otherwise each person's own choice
 *   counts: it is asked for as that person, in a process of their own (AGT-T06), and the worst answer decides. The time
 *   is the longest of all: idle time until the screen saver plus the delay until it locks.
 * - **Without one** (a server, a container): nobody sits at a screen that could stay open, except at a text console. True
 *   when the login shell ends idle sessions and users cannot undo it: `TMOUT` set and read-only in /etc/profile,
 *   /etc/profile.d or /etc/bash.bashrc. The time is TMOUT.
 * - A console or a display manager that signs somebody in by itself makes either false.
 */
import { exists, type System, valueOf } from '../../system/system.ts';
import type { Findings } from '../findings.ts';
import type { Gatherer } from '../scan-context.ts';
import { type Account, isInteractive, readAccounts, readShells } from './accounts.ts';
import { parseInteger } from './assignments.ts';
import { automaticSignIn } from './automatic-sign-in.ts';
import { consoleTimeout } from './console-timeout.ts';
import { type DconfSettings, gvariantBoolean, gvariantInteger, readSystemDconf } from './dconf.ts';
import { type DconfLock, installedDesktops } from './desktops.ts';

/** What holds for one person on one desktop. */
type Lock =
  | { readonly state: 'on'; readonly seconds: number }
  | { readonly state: 'off' | 'unknown'; readonly why: string };

const maximumPeople = 32;
const asking = { timeoutMs: 5_000, maximumBytes: 64 * 1024 } as const;

export const screenLock: Gatherer = {
  name: 'screen lock',
  async gather({ system }, findings) {
    const automatic = await automaticSignIn(system);
    if (automatic !== undefined) {
      findings.set('screen-lock.enabled', false);
      findings.note('screen-lock.timeout-seconds', automatic);
      return;
    }
    const desktops = await installedDesktops(system);
    if (desktops.known.length === 0 && desktops.unknown.length === 0) {
      const seconds = await consoleTimeout(system);
      findings.set('screen-lock.enabled', seconds !== undefined);
      findings.set('screen-lock.timeout-seconds', seconds);
      return;
    }

    const people = await peopleOf(system);
    const settings = await readSystemDconf(system);
    const locks: Lock[] = desktops.unknown.map((session) => ({
      state: 'unknown',
      why: `how "${session}" locks the screen cannot be read`,
    }));
    for (const { lock } of desktops.known) {
      if (lock.kind === 'dconf') locks.push(...(await dconfLocks(system, lock, settings, people)));
      else locks.push(...(lock.kind === 'kde' ? await kdeLocks(system, people) : [await xfceLock(system)]));
    }
    conclude(locks, findings);
  },
};

function conclude(locks: readonly Lock[], findings: Findings): void {
  const off = locks.find(({ state }) => state === 'off');
  const unsure = locks.find(({ state }) => state === 'unknown');
  if (off !== undefined && 'why' in off) {
    findings.set('screen-lock.enabled', false);
    findings.note('screen-lock.timeout-seconds', off.why);
  } else if (unsure !== undefined && 'why' in unsure) {
    findings.unknown('screen-lock.enabled', unsure.why);
  } else {
    findings.set('screen-lock.enabled', true);
    findings.set(
      'screen-lock.timeout-seconds',
      Math.max(...locks.map((lock) => (lock.state === 'on' ? lock.seconds : 0))),
    );
  }
}

async function peopleOf(system: System): Promise<readonly Account[]> {
  const accounts = valueOf(await readAccounts(system)) ?? [];
  const shells = await readShells(system);
  return accounts
    .filter((account) => account.uid !== 0 && isInteractive(account, shells))
    .slice(0, maximumPeople);
}

// ---------------------------------------------------------------- GNOME, MATE, Cinnamon

async function dconfLocks(
  system: System,
  lock: DconfLock,
  settings: DconfSettings,
  people: readonly Account[],
): Promise<readonly Lock[]> {
  const choices: Lock[] = [];
  // The account nobody has yet: what a new person would get. It also stands for all when everything is locked.
  for (const person of [undefined, ...people]) {
    const read = async <T>(
      at: { schema: string; key: string; default: T },
      parse: (text?: string) => T | undefined,
    ) => {
      const central = settings.get(`${at.schema}/${at.key}`);
      const general = parse(central?.value) ?? at.default;
      if (central?.locked === true || person === undefined) return general;
      if (!(await exists(system, `${person.home}/.config/dconf/user`))) return general;
      const said = await system.run('/usr/bin/gsettings', ['get', at.schema.replaceAll('/', '.'), at.key], {
        ...asking,
        account: person,
      });
      return parse(valueOf(said));
    };
    const enabled = await read(lock.enabled, gvariantBoolean);
    const idle = await read(lock.idle, gvariantInteger);
    const delay = lock.delay === undefined ? 0 : await read(lock.delay, gvariantInteger);
    const whose = person === undefined ? 'new accounts' : person.name;
    if (enabled === false) choices.push({ state: 'off', why: `the screen does not lock for ${whose}` });
    else if (idle === 0) choices.push({ state: 'off', why: `the screen never goes idle for ${whose}` });
    else if (enabled === undefined || idle === undefined || delay === undefined) {
      choices.push({ state: 'unknown', why: `the settings of ${whose} cannot be read` });
    } else choices.push({ state: 'on', seconds: idle * lock.idle.unitSeconds + delay });
  }
  return choices;
}

// ---------------------------------------------------------------- KDE Plasma

const kdeFile = 'kscreenlockerrc';
const kdeDefaultMinutes = 5;

async function kdeLocks(system: System, people: readonly Account[]): Promise<readonly Lock[]> {
  const { values, immutable } = parseKdeGroup(
    valueOf(await system.readText(`/etc/xdg/${kdeFile}`)) ?? '',
    'Daemon',
  );
  const locks: Lock[] = [];
  for (const person of [undefined, ...people]) {
    const read = async (key: string): Promise<string | undefined> => {
      if (person === undefined || immutable.has(key)) return values.get(key);
      if (!(await exists(system, `${person.home}/.config/${kdeFile}`))) return values.get(key);
      for (const program of ['/usr/bin/kreadconfig6', '/usr/bin/kreadconfig5']) {
        const said = await system.run(program, ['--file', kdeFile, '--group', 'Daemon', '--key', key], {
          ...asking,
          account: person,
        });
        if (said.state === 'present') return said.value.trim() === '' ? values.get(key) : said.value.trim();
      }
      return 'unreadable';
    };
    const automatic = (await read('Autolock')) ?? 'true';
    const minutes = parseInteger((await read('Timeout')) ?? String(kdeDefaultMinutes));
    const grace = parseInteger((await read('LockGrace')) ?? '5') ?? 0;
    const whose = person?.name ?? 'new accounts';
    if (automatic === 'false' || minutes === 0)
      locks.push({ state: 'off', why: `the screen does not lock for ${whose}` });
    else if (automatic !== 'true' || minutes === undefined) {
      locks.push({ state: 'unknown', why: `the settings of ${whose} cannot be read` });
    } else locks.push({ state: 'on', seconds: minutes * 60 + Math.max(0, grace) });
  }
  return locks;
}

/** KConfig: `[Group]`, `Key=value`, `Key[$i]=value`; `[$i]` alone or after a group makes it and what follows immutable. */
export function parseKdeGroup(
  text: string,
  group: string,
): { values: ReadonlyMap<string, string>; immutable: ReadonlySet<string> } {
  const values = new Map<string, string>();
  const immutable = new Set<string>();
  let here = false;
  let fileLocked = false;
  let groupLocked = false;
  for (const rawLine of text.split('\n', 10_000)) {
    const line = rawLine.trim();
    if (line === '[$i]') fileLocked = true;
    else if (line.startsWith('[')) {
      here = line === `[${group}]` || line === `[${group}][$i]`;
      groupLocked = line.endsWith('[$i]');
    } else if (here) {
      const match = /^([^=[]+)(\[\$i\])?=(.*)$/.exec(line);
      if (match === null) continue;
      const [, name = '', lock, value = ''] = match;
      values.set(name.trim(), value.trim());
      if (lock !== undefined || groupLocked || fileLocked) immutable.add(name.trim());
    }
  }
  return { values, immutable };
}

// ---------------------------------------------------------------- Xfce

/** Only the system-wide channel can be told; a person's own stays unknown unless the channel is locked. */
async function xfceLock(system: System): Promise<Lock> {
  const path = '/etc/xdg/xfce4/xfconf/xfce-perchannel-xml/xfce4-screensaver.xml';
  const text = valueOf(await system.readText(path));
  if (text === undefined) return { state: 'unknown', why: 'Xfce has no system-wide screen saver settings' };
  if (!/<channel\b[^>]*\blocked="\*"/.test(text)) {
    return { state: 'unknown', why: 'people may change the system-wide settings of Xfce' };
  }
  const within = (name: string) =>
    new RegExp(`<property name="${name}" type="empty"[^]*?(?=<property name="\\w+" type="empty"|$)`).exec(
      text,
    )?.[0] ?? '';
  const value = (part: string, name: string) =>
    new RegExp(`<property name="${name}" type="\\w+" value="([^"]*)"`).exec(part)?.[1];
  const minutes = parseInteger(value(within('idle-activation'), 'delay')) ?? 5;
  if (
    value(within('lock'), 'enabled') === 'false' ||
    value(within('saver'), 'enabled') === 'false' ||
    minutes <= 0
  ) {
    return { state: 'off', why: 'Xfce does not lock the screen' };
  }
  return { state: 'on', seconds: minutes * 60 };
}
