/** What each command does to a simulated computer, with the results that the real agent gives. */
import type { CommandResultRequest } from '@gatehouse/contracts/agent.ts';
import {
  type Command,
  type CommandName,
  type CommandParams,
  parseCommand,
} from '@gatehouse/core/commands/catalogue.ts';
import { type Scan, scans } from '@gatehouse/core/facts/types.ts';
import { type Computer, wipeComputer } from './computer.ts';
import { seededRandom } from './seeded-random.ts';

export interface CommandOutcome {
  readonly answer: CommandResultRequest;
  /** Scans that the command asks for. */
  readonly report?: readonly Scan[];
  /** Management ends once the answer has arrived. */
  readonly leave?: 'command';
  /** Happens after the answer has arrived: afterwards nobody may be left to give one. */
  readonly afterwards?: (computer: Computer) => void;
}

type Handler<N extends CommandName> = (
  computer: Computer,
  params: CommandParams<N>,
  of: { readonly id: string; readonly now: number },
) => CommandOutcome;

const acknowledged = (result: Record<string, unknown> = {}): CommandOutcome => ({
  answer: { state: 'acknowledged', result },
});
const failed = (reason: string): CommandOutcome => ({ answer: { state: 'failed', reason } });

const handlers = {
  'lock-device'(computer) {
    computer.screenLocked = true;
    return acknowledged({ sessions: 1 });
  },
  'send-message'(computer, { text }, { id }) {
    computer.messages.push({ id, text });
    computer.messages.splice(0, Math.max(0, computer.messages.length - 50));
    return acknowledged({ kept: true, shown: ['desktops'] });
  },
  'refresh-device': (_computer, { scans: asked }) => ({
    ...acknowledged(),
    report: asked !== undefined && asked.length > 0 ? [...asked] : [...scans],
  }),
  'locate-device'(computer, _params, { now }) {
    if (computer.appliedSettings?.['location.collect'] !== true)
      return failed('the policy of this device does not allow its location to be collected');
    if (!computer.locationServices) return failed('this device has no location services');
    const random = seededRandom(`${computer.seed} place`);
    return acknowledged({
      latitude: 47.37 + random.fraction() / 10,
      longitude: 8.54 + random.fraction() / 10,
      accuracyMetres: random.integer(10, 60),
      observedAt: now,
    });
  },
  'request-logs': (_computer, { hours = 24 }, { now }) =>
    acknowledged({
      source: 'memory',
      from: new Date(now - hours * 3_600_000).toISOString(),
      lines: 1,
      cut: false,
      removed: 0,
      text: `${new Date(now).toISOString()} the certificate has been renewed`,
    }),
  'selective-wipe'(computer) {
    const removed = computer.appliedSettings === null ? 0 : 1;
    computer.appliedSettings = null;
    return { ...acknowledged({ removed, left: [] }), leave: 'command' };
  },
  'renew-identity': () => failed('the agent renews its certificate by itself when it is time'),
  'install-profile': () => failed('a computer with an agent takes its configuration from the policy'),
  'remove-profile': () => failed('a computer with an agent takes its configuration from the policy'),
  'sync-declarations': () => failed('a computer with an agent takes its configuration from the policy'),
  'full-wipe': () => ({
    ...acknowledged({ started: '/usr/sbin/factory-reset' }),
    leave: 'command',
    afterwards: wipeComputer,
  }),
} as const satisfies { [N in CommandName]?: Handler<N> };

/** A command that this device does not know, or with wrong parameters, fails; nothing is guessed. */
export function carryOut(
  computer: Computer,
  given: { readonly id: string; readonly name: string; readonly params: unknown; readonly expiresAt: number },
  now: number,
): CommandOutcome {
  if (given.expiresAt <= now) return failed('the command had expired when it arrived');
  let command: Command;
  try {
    command = parseCommand(given.name, given.params);
  } catch (error) {
    return failed((error as Error).message);
  }
  // The table ties each name to its own parameters; indexing by a union loses that tie.
  const handler = (handlers as Partial<Record<CommandName, unknown>>)[command.name] as
    | Handler<CommandName>
    | undefined;
  if (handler === undefined) return failed('the agent cannot do this on a computer');
  return handler(computer, command.params, { id: given.id, now });
}
