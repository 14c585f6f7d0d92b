/** One computer of the demonstration through its life: enrolled, at work, asleep, wiped and enrolled again. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AgentEvent,
  type EnrollmentTicket,
  keepRunning,
  loadAgent,
  newComputer,
  saveAgent,
  SimulatedAgent,
} from '../agent/index.ts';
import type { LocalApi } from '../operator/local-api.ts';
import { emailOf, type Employee, hostNameOf, userNameOf } from './company.ts';
import type { Narrator } from './narrator.ts';

/** Until somebody sets a wiped machine up again. */
const pauseAfterLeavingMs = 60_000;
const pauseAfterFailureMs = 5_000;

export interface Desk {
  readonly agent: SimulatedAgent;
  readonly label: string;
  /** At work, so something may happen to it. */
  readonly isAwake: boolean;
  /** The lid is closed for so long. */
  fallAsleep(milliseconds: number): void;
  /** Resolves once `signal` ends it. */
  live(signal: AbortSignal): Promise<void>;
}

export interface DeskOptions {
  readonly folder: string;
  readonly employee: Employee;
  /** Which of the employee's computers. */
  readonly index: number;
  readonly api: LocalApi;
  readonly narrator: Narrator;
}

export function openDesk({ folder, employee, index, api, narrator }: DeskOptions): Desk {
  const hostName = hostNameOf(employee, index);
  const file = join(folder, `${hostName}.json`);
  const asked = employee.computers[index];
  const platform = asked?.platform ?? 'linux';
  const saved = loadAgent(file);
  const agent = new SimulatedAgent({
    ...(saved ?? {
      computer: newComputer(`demo ${hostName}`, { platform, hostName, account: userNameOf(employee) }),
    }),
    save: (of) => saveAgent(file, of),
    onEvent: (event) => {
      const line = describe(event);
      if (line !== undefined) narrator.tell(`${hostName}: ${line}`);
    },
  });
  let awake: AbortController | undefined;
  let sleepMs = 0;

  const newTicket = () => {
    const { formerDeviceId } = agent.memory;
    return api.request<EnrollmentTicket>('POST', '/enrollments', {
      user: emailOf(employee),
      platform,
      ownership: asked?.ownership ?? 'unspecified',
      ...(formerDeviceId === null ? {} : { replacesDeviceId: formerDeviceId }),
    });
  };

  async function enrollAgain(): Promise<void> {
    try {
      await agent.enroll(await newTicket());
    } catch (error) {
      // An administrator may have removed the old record for good; then the machine is a new one.
      if (agent.memory.formerDeviceId === null) throw error;
      agent.memory.formerDeviceId = null;
      await agent.enroll(await newTicket());
    }
  }

  return {
    agent,
    label: hostName,
    get isAwake() {
      return awake !== undefined && !awake.signal.aborted && agent.isEnrolled;
    },
    fallAsleep(milliseconds) {
      sleepMs = milliseconds;
      awake?.abort();
    },
    async live(signal) {
      while (!signal.aborted) {
        try {
          if (!agent.isEnrolled) await enrollAgain();
          awake = new AbortController();
          await keepRunning(agent, { signal: AbortSignal.any([signal, awake.signal]) });
          const pause = awake.signal.aborted ? sleepMs : pauseAfterLeavingMs;
          await sleep(pause, undefined, { signal });
        } catch (error) {
          if (signal.aborted) break;
          narrator.tell(`${hostName}: ${(error as Error).message}`);
          await sleep(pauseAfterFailureMs, undefined, { signal }).catch(() => undefined);
        }
      }
      await agent.close();
    },
  };
}

function describe(event: AgentEvent): string | undefined {
  switch (event.kind) {
    case 'enrolled':
      return 'enrolled';
    case 'left':
      return `is no longer managed: ${event.why}`;
    case 'carried-out': {
      const { state, reason } = event.answer;
      return `${event.command.name} ${state}${reason === undefined ? '' : `: ${reason}`}`;
    }
    case 'reported': {
      const { posture, before } = event;
      if (posture === null || before?.network === posture.network) return undefined;
      return `network ${before?.network ?? 'unknown'} → ${posture.network}${posture.reason === undefined ? '' : `: ${posture.reason}`}`;
    }
    default:
      return event satisfies never;
  }
}
