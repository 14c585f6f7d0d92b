/** The mail client of a phone of the demonstration: it waits for mail, and says what the gateway tells it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MailPhone, type MailPhoneEvent, type MailPhoneOptions } from '../activesync/index.ts';
import type { Narrator } from './narrator.ts';

export interface MailbagOptions extends Omit<MailPhoneOptions, 'onEvent'> {
  /** Whose phone it is, as it is narrated. */
  readonly label: string;
  readonly narrator: Narrator;
}

const heldSeconds = 60;
const pauseAfterRefusalMs = 20_000;
const pauseAfterMailMs = 1_000;

/** Resolves once `signal` ends it, or the phone was told to erase its mail. */
export async function carryMail(options: MailbagOptions, signal: AbortSignal): Promise<void> {
  const { label, narrator } = options;
  const phone = new MailPhone({
    ...options,
    onEvent: (event) => {
      const line = describe(event);
      if (line !== undefined) narrator.tell(`${label}: ${line}`);
    },
  });
  const isOver = () => signal.aborted || phone.state === 'wiped' || phone.state === 'account-removed';
  while (!isOver()) {
    try {
      const isIn = phone.folders.length > 0 && phone.state === 'ready';
      if (isIn) await phone.waitForMail(heldSeconds, signal);
      else await phone.connect();
      if (phone.state === 'ready') await sleep(pauseAfterMailMs, undefined, { signal });
      else if (!isOver()) await sleep(pauseAfterRefusalMs, undefined, { signal });
    } catch {
      // The server may be restarting.
      await sleep(pauseAfterRefusalMs, undefined, { signal }).catch(() => undefined);
    }
  }
  phone.close();
}

function describe(event: MailPhoneEvent): string | undefined {
  switch (event.kind) {
    case 'mail':
      return `mail: ${event.subject}`;
    case 'state':
      return event.state === 'ready' ? 'gets its mail' : `mail: ${event.state}, ${event.because}`;
    case 'policy':
      return 'was given a policy for mail';
    default:
      return undefined;
  }
}
