/**
 * Locks every graphical session (ACT-12, ACT-14). logind only asks the desktop to lock and reports no failure, so each
 * session is looked at afterwards. A text console cannot be locked from outside; that is said, not hidden.
 */
import type { System } from '../system/system.ts';
import { acknowledged, type CommandHandler, failed } from './command-handler.ts';

const loginctl = '/usr/bin/loginctl';
const brief = { timeoutMs: 10_000, maximumBytes: 256 * 1024 } as const;
const maximumSessions = 50;
const looks = 6;
const pauseMs = 500;

interface Session {
  readonly id: string;
  readonly user: string;
  readonly graphical: boolean;
  readonly locked: boolean;
}

export const lockDevice: CommandHandler<'lock-device'> = {
  afterInterruption: 'again',
  async run(_params, { system }) {
    const before = await sessionsOf(system);
    if (typeof before === 'string') return failed(before);
    if (before.length === 0) return acknowledged({ sessions: 0, note: 'nobody is signed in' });
    const asked = await system.run(loginctl, ['lock-sessions'], brief);
    if (asked.state !== 'present')
      return failed(asked.state === 'absent' ? `there is no ${loginctl}` : asked.why);

    let open = before;
    for (let look = 0; look < looks; look += 1) {
      const now = await sessionsOf(system);
      open = typeof now === 'string' ? open : now.filter(({ locked }) => !locked);
      if (open.every(({ graphical }) => !graphical)) break;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    if (open.length === 0) return acknowledged({ sessions: before.length });
    const names = open.map(
      ({ id, user, graphical }) => `${user} (${graphical ? 'desktop' : 'text console'}, session ${id})`,
    );
    return failed(`not locked: ${names.join(', ')}`);
  },
};

/** Sessions at this machine's own screens and consoles; a text when they cannot be told. */
async function sessionsOf(system: System): Promise<readonly Session[] | string> {
  const listed = await system.run(loginctl, ['list-sessions', '--no-legend', '--no-pager'], brief);
  if (listed.state !== 'present') return listed.state === 'absent' ? `there is no ${loginctl}` : listed.why;
  const sessions: Session[] = [];
  for (const line of listed.value.split('\n').slice(0, maximumSessions)) {
    const id = /^\s*([A-Za-z0-9_-]{1,32})\s/.exec(`${line} `)?.[1];
    if (id === undefined) continue;
    const properties = ['Name', 'Type', 'Class', 'Remote', 'LockedHint'].flatMap((name) => ['-p', name]);
    const shown = await system.run(loginctl, ['show-session', ...properties, '--', id], brief);
    if (shown.state !== 'present') continue;
    const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(shown.value)?.[1] ?? '';
    // Greeters are not somebody's session, and whoever is connected from afar does not stand before the machine.
    if (value('Class') !== 'user' || value('Remote') === 'yes') continue;
    sessions.push({
      id,
      user: value('Name'),
      graphical: /^(x11|wayland|mir)$/.test(value('Type')),
      locked: value('LockedHint') === 'yes',
    });
  }
  return sessions;
}
