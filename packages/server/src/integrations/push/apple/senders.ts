// One client of Apple's push service per organization, made when the first push is due: each has its own certificate and so its
// own connections. What cannot be sent at all is an outcome like any other.
import { createPrivateKey } from 'node:crypto';
import {
  type ApnsClient,
  createApnsClient,
  type Push,
  type PushOutcome,
} from '@gatehouse/clients/apns/index.ts';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { selectActive } from './certificate-queries.ts';
import type { PushDeps } from './push-deps.ts';

/** Why nobody of an organization can be called. */
export interface Lack {
  readonly outcome: 'certificate-missing' | 'certificate-expired';
  readonly reason: string;
}

const missing: Lack = { outcome: 'certificate-missing', reason: 'there is no push certificate' };

export type SendOutcome = PushOutcome | Lack | { readonly outcome: 'other-topic'; readonly reason: string };

export interface Senders {
  /** Before anything is unsealed for a call. */
  lackOf(organizationId: string): Promise<Lack | undefined>;
  /** Never throws for what the network or Apple does. */
  send(organizationId: string, topic: string, push: Push): Promise<SendOutcome>;
  /** The certificate may be another now. */
  forget(organizationId: string): void;
  readonly waiting: number;
  close(): Promise<void>;
}

export interface SenderOptions {
  readonly origin: URL;
  /** PEM of authorities to trust in place of the system's. */
  readonly trust: string | undefined;
  readonly expiresAfterMs?: number;
}

interface Sender {
  readonly certificateId: string | undefined;
  readonly topic: string;
  readonly notAfter: number;
  readonly client: ApnsClient | undefined;
  readonly lookedAt: number;
}

/** Another server may have been given another certificate. */
const lookAgainMs = 30_000;
/** An organization that sends nothing for so long keeps no connection. */
const idleMs = 3_600_000;

export function createSenders(deps: PushDeps, options: SenderOptions): Senders {
  const senders = new Map<string, Sender>();
  const loading = new Map<string, Promise<Sender>>();
  const usedAt = new Map<string, number>();

  async function load(organizationId: string): Promise<Sender> {
    const before = senders.get(organizationId);
    const found = await deps.database.withTenant(organizationId, async (tx) => {
      const row = await selectActive(tx);
      if (!row || row.certificate_id === before?.certificateId) return row ? { row } : undefined;
      const key = await deps.sealer.open(
        tx,
        'apple_push_certificates.private_key',
        row.certificate_id,
        row.private_key,
      );
      return { row, key };
    });
    const lookedAt = deps.clock.now();
    if (before && found && !found.key) return { ...before, lookedAt };
    void before?.client?.close();
    if (!found?.key) return { certificateId: undefined, topic: '', notAfter: 0, client: undefined, lookedAt };
    const { row, key } = found;
    const client = createApnsClient({
      ...options,
      topic: row.topic,
      certificate: encodePem('CERTIFICATE', row.certificate),
      key: createPrivateKey({ key, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' }),
    });
    key.fill(0);
    return {
      certificateId: row.certificate_id,
      topic: row.topic,
      notAfter: row.not_after.getTime(),
      client,
      lookedAt,
    };
  }

  function senderFor(organizationId: string): Promise<Sender> {
    const known = senders.get(organizationId);
    if (known && deps.clock.now() - known.lookedAt < lookAgainMs) return Promise.resolve(known);
    const underWay = loading.get(organizationId);
    if (underWay) return underWay;
    const made = load(organizationId)
      .then((sender) => {
        senders.set(organizationId, sender);
        closeIdle();
        return sender;
      })
      .finally(() => loading.delete(organizationId));
    loading.set(organizationId, made);
    return made;
  }

  function closeIdle(): void {
    const oldest = deps.clock.now() - idleMs;
    for (const [organizationId, { client }] of senders) {
      if ((usedAt.get(organizationId) ?? 0) > oldest || (client?.waiting ?? 0) > 0) continue;
      senders.delete(organizationId);
      usedAt.delete(organizationId);
      void client?.close();
    }
  }

  function lackIn({ client, notAfter }: Sender): Lack | undefined {
    if (!client) return missing;
    return notAfter <= deps.clock.now()
      ? { outcome: 'certificate-expired', reason: `it ended on ${new Date(notAfter).toISOString()}` }
      : undefined;
  }

  return {
    lackOf: async (organizationId) => lackIn(await senderFor(organizationId)),
    async send(organizationId, topic, push) {
      usedAt.set(organizationId, deps.clock.now());
      const sender = await senderFor(organizationId);
      const lack = lackIn(sender);
      const { client, topic: own } = sender;
      if (lack !== undefined || client === undefined) return lack ?? missing;
      if (topic !== own)
        return { outcome: 'other-topic', reason: `bound to ${topic}, the certificate is for ${own}` };
      return client.push(push);
    },
    forget(organizationId) {
      const known = senders.get(organizationId);
      if (known) senders.set(organizationId, { ...known, lookedAt: 0 });
    },
    get waiting() {
      let sum = 0;
      for (const { client } of senders.values()) sum += client?.waiting ?? 0;
      return sum;
    },
    async close() {
      await Promise.all([...senders.values()].map(async ({ client }) => client?.close()));
      senders.clear();
    },
  };
}
