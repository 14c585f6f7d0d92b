// A push certificate is taken into use. Devices are bound to the topic they were enrolled with, so one with another topic, which
// Apple gives whenever somebody presses “Create” in place of “Renew”, would lose them all: it is taken only when the topic is
// typed out (APL-07).
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { PushCertificateUpload } from '@gatehouse/contracts/admin/push.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { findPushTopic } from '@gatehouse/protocols/apple-push/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  type Certificate,
  decodePem,
  parseCertificate,
  parsePublicKey,
} from '@gatehouse/protocols/x509/index.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { announce } from '../../../kernel/notifications.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import { newId } from '../../../kernel/ids.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import {
  activate,
  clearProblems,
  dropRequest,
  lockPushCertificates,
  selectActive,
  selectEnrolledTopics,
  selectRequested,
} from './certificate-queries.ts';
import { problemKinds } from './problems.ts';
import type { PushDeps } from './push-deps.ts';
import { resumeWakes } from './wake-queries.ts';

const clockSkewMs = 3_600_000;

/** @throws DomainError `unprocessable` for what is no usable push certificate; `conflict` for another topic. */
export async function uploadPushCertificate(
  deps: PushDeps,
  actor: TenantPrincipal,
  upload: PushCertificateUpload,
): Promise<void> {
  requirePermission(actor, 'push.manage');
  const { certificate, topic } = readCertificate(upload.certificate, deps.clock.now());
  const given = upload.key === undefined ? undefined : readKey(upload.key, upload.keyPassphrase);
  const refusal = await deps.database.withTenant(actor.organizationId, async (tx) => {
    await lockPushCertificates(tx);
    const refused = await findTopicConflict(tx, topic, upload.confirmTopic);
    if (refused) {
      await recordAudit(tx, {
        actor,
        action: 'push-certificates.upload',
        outcome: 'refused',
        reason: 'other-topic',
        show: { topic, bound: refused.bound },
      });
      return refused;
    }
    await take(deps, tx, actor, { certificate, topic, given, upload });
    return undefined;
  });
  if (refusal) {
    throw new DomainError(
      'conflict',
      'Devices are bound to another topic and would be lost. Renew the certificate under the Apple account it was made with, or type the new topic out to go on.',
      { reason: 'other-topic', detail: { topic, bound: refusal.bound, channels: refusal.channels } },
    );
  }
}

async function take(
  deps: PushDeps,
  tx: TenantTx,
  actor: TenantPrincipal,
  {
    certificate,
    topic,
    given,
    upload,
  }: {
    readonly certificate: Certificate;
    readonly topic: string;
    readonly given: KeyObject | undefined;
    readonly upload: PushCertificateUpload;
  },
): Promise<void> {
  const [requested, active] = [await selectRequested(tx), await selectActive(tx)];
  const pkcs8 = await findKey(deps, tx, certificate, { given, kept: [requested, active] });
  const certificateId = newId(deps.clock.now());
  const privateKey = await deps.sealer.seal(tx, 'apple_push_certificates.private_key', certificateId, pkcs8);
  pkcs8.fill(0);
  await activate(tx, {
    certificateId,
    privateKey,
    keyFingerprint: certificate.publicKey.fingerprint,
    certificate: certificate.der,
    topic,
    account: upload.account ?? (active?.topic === topic ? active.account : null),
    notBefore: new Date(certificate.notBefore),
    notAfter: new Date(certificate.notAfter),
    at: new Date(deps.clock.now()),
  });
  if (requested?.key_fingerprint === certificate.publicKey.fingerprint) await dropRequest(tx);
  await clearProblems(tx, problemKinds);
  await resumeWakes(tx, new Date(deps.clock.now()));
  const { organizationId } = tx;
  announce(tx, deps.notifications, 'credential-changed', { organizationId, id: certificateId });
  await Promise.all([
    recordAudit(tx, {
      actor,
      action: 'push-certificates.upload',
      target: { kind: 'push-certificate', id: certificateId },
      outcome: 'done',
      show: {
        topic,
        before: active?.topic ?? null,
        fingerprint: certificate.fingerprint,
        notAfter: new Date(certificate.notAfter).toISOString(),
      },
    }),
    deps.events.emit(tx, {
      name: 'apple.push-certificate-changed',
      subjectId: certificateId,
      payload: { topic, before: active?.topic ?? null },
    }),
  ]);
}

async function findTopicConflict(tx: TenantTx, topic: string, confirmed: string | undefined) {
  const others = (await selectEnrolledTopics(tx)).filter((row) => row.topic !== topic);
  if (others.length === 0 || confirmed === topic) return undefined;
  return {
    bound: others.map((row) => row.topic),
    channels: others.reduce((sum, row) => sum + row.channels, 0),
  };
}

function unusable(reason: string, message: string, cause?: unknown): DomainError {
  return new DomainError('unprocessable', message, { reason, cause });
}

function readCertificate(pem: string, now: number): { certificate: Certificate; topic: string } {
  let certificate: Certificate;
  try {
    const der = decodePem('CERTIFICATE', pem)[0];
    if (der === undefined) throw new DecodeError('there is no certificate in it');
    certificate = parseCertificate(der);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw unusable('not-a-certificate', `The certificate cannot be read: ${error.message}`, error);
  }
  const topic = findPushTopic(certificate);
  if (topic === undefined)
    throw unusable(
      'no-topic',
      'This is no push certificate of device management: its subject names no topic.',
    );
  if (certificate.notAfter <= now) throw unusable('expired', 'The certificate has expired.');
  if (certificate.notBefore > now + clockSkewMs)
    throw unusable('not-yet-valid', 'The certificate is not valid yet.');
  return { certificate, topic };
}

function readKey(pem: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    throw unusable('not-a-key', 'The private key cannot be read, or its passphrase is wrong.', error);
  }
}

interface KeptKey {
  readonly certificate_id: string;
  readonly private_key: Buffer;
  readonly key_fingerprint: string;
}

/** The key that came along, or the one of the request that waits, or the present one, with which one may renew. PKCS#8. */
async function findKey(
  { sealer }: PushDeps,
  tx: TenantTx,
  { publicKey }: Certificate,
  { given, kept }: { readonly given: KeyObject | undefined; readonly kept: readonly (KeptKey | undefined)[] },
): Promise<Buffer> {
  if (given !== undefined) {
    const spki = createPublicKey(given).export({ format: 'der', type: 'spki' });
    if (parsePublicKey(spki).fingerprint !== publicKey.fingerprint)
      throw unusable('key-mismatch', 'Key and certificate do not belong together.');
    return given.export({ format: 'der', type: 'pkcs8' });
  }
  const found = kept.find((row) => row?.key_fingerprint === publicKey.fingerprint);
  if (!found) {
    throw unusable(
      'key-mismatch',
      'The certificate belongs neither to the request that waits nor to the present key; send its key with it.',
    );
  }
  return sealer.open(tx, 'apple_push_certificates.private_key', found.certificate_id, found.private_key);
}
