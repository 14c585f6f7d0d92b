// A message of a webhook, in the form of Standard Webhooks: a body that is signed with its id and the time of the attempt.
import { createHmac, randomBytes } from 'node:crypto';
import type { StoredEvent } from '../../kernel/outbox.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
}

/** The id belongs to the event: a receiver that has it already knows the message, however it came again. */
export function messageOf(organization: string, event: StoredEvent): Message {
  const id = `evt_${event.position.transaction}_${event.position.event}`;
  return {
    id,
    body: bodyOf(id, event.name, event.createdAt, organization, {
      subjectId: event.subjectId,
      ...event.payload,
    }),
  };
}

export function bodyOf(id: string, type: string, at: Date, organization: string, data: object): string {
  return JSON.stringify({ id, type, timestamp: at.toISOString(), organization, data });
}

const prefix = 'whsec_';

export function newSecret(): string {
  return prefix + randomBytes(32).toString('base64');
}

/** `v1,` and the HMAC-SHA256 over `id.timestamp.body`, for each secret that is live; a space between. */
export function signatureOf(secrets: readonly string[], id: string, seconds: number, body: string): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(prefix.length), 'base64');
      return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
    })
    .join(' ');
}
