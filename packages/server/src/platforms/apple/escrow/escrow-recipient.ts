// To whom devices envelope the keys that they hand over: a certificate of the organization, made when it is first needed. It
// proves nothing to anybody, so it signs itself; what counts is that only this server can open what is sent to it.
import { createPrivateKey, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { openEnvelope } from '@gatehouse/protocols/cms/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { selfSignedCertificate } from '@gatehouse/protocols/scep/index.ts';
import { newSerial } from '@gatehouse/protocols/x509/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Database, TenantTx } from '../../../kernel/db/database.ts';
import { newId } from '../../../kernel/ids.ts';
import type { Sealer } from '../../../kernel/sealed/sealer.ts';
import { insertRecipient, lockRecipients, selectRecipients } from './recipient-queries.ts';

export interface RecipientDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly sealer: Pick<Sealer, 'seal' | 'open'>;
  readonly clock: Clock;
}

const generate = promisify(generateKeyPair);
const lifeMs = 3_650 * 86_400_000;

export async function findEscrowRecipient(tx: TenantTx): Promise<Uint8Array | undefined> {
  return (await selectRecipients(tx))[0]?.certificate;
}

/** @returns the certificate, DER. Its key takes a moment to make, outside of any transaction. */
export async function escrowRecipient(deps: RecipientDeps, organizationId: string): Promise<Uint8Array> {
  const known = await deps.database.withTenant(organizationId, findEscrowRecipient, { readOnly: true });
  if (known) return known;
  const { privateKey } = await generate('rsa', { modulusLength: 3072 });
  return deps.database.withTenant(organizationId, async (tx) => {
    await lockRecipients(tx);
    const other = await findEscrowRecipient(tx);
    if (other) return other;
    const now = deps.clock.now();
    const recipientId = newId(now);
    const certificate = selfSignedCertificate(
      privateKey,
      { commonName: 'Escrow of recovery keys' },
      newSerial(randomBytes),
      { notBefore: now - 86_400_000, notAfter: now + lifeMs },
    );
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    const sealed = await deps.sealer.seal(tx, 'escrow_recipients.private_key', recipientId, pkcs8);
    pkcs8.fill(0);
    const row = {
      recipient_id: recipientId,
      certificate: Buffer.from(certificate),
      private_key: sealed,
    };
    await insertRecipient(tx, row, new Date(now));
    return certificate;
  });
}

/** @returns undefined when it is no envelope to us, whatever else it is. */
export async function openForEscrow(
  { sealer }: Pick<RecipientDeps, 'sealer'>,
  tx: TenantTx,
  enveloped: Uint8Array,
): Promise<string | undefined> {
  for (const { recipient_id: id, certificate, private_key: sealed } of await selectRecipients(tx)) {
    const pkcs8 = await sealer.open(tx, 'escrow_recipients.private_key', id, sealed);
    try {
      const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
      return Buffer.from(openEnvelope(enveloped, { certificate, key })).toString('utf8');
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    } finally {
      pkcs8.fill(0);
    }
  }
  return undefined;
}
