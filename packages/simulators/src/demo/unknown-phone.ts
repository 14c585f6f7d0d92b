/** Somebody has set up his company mail on a phone of his own that nobody knows: it waits until an administrator lets it in. */
import { once } from 'node:events';
import { employees } from './company.ts';
import type { MailSide } from './mail-side.ts';
import { carryMail } from './mailbag.ts';
import type { Narrator } from './narrator.ts';

export interface UnknownPhoneOptions {
  readonly mail: MailSide;
  /** PEM: the server's own authority. */
  readonly anchor: string;
  readonly narrator: Narrator;
}

const ownerName = 'Ben Osei';

/** Resolves once `signal` ends it. */
export async function bringUnknownPhone(
  { mail, anchor, narrator }: UnknownPhoneOptions,
  signal: AbortSignal,
): Promise<void> {
  const owner = employees.find(({ name }) => name === ownerName);
  if (owner === undefined || signal.aborted) return;
  const gateway = await Promise.race([mail.gateway.promise, once(signal, 'abort').then(() => undefined)]);
  if (gateway === undefined) return;
  await carryMail(
    {
      label: 'Ben’s own Pixel',
      narrator,
      make: 'gmail',
      account: mail.accountOf(owner),
      server: gateway,
      anchors: [anchor],
      seed: 'demo unknown phone',
    },
    signal,
  );
}
