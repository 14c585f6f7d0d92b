// How an organization comes to its push certificate: it makes a key and a request, a vendor signs the request, Apple makes the
// certificate of it. The key never leaves this server; the vendor's key never comes here.
import { createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { readSignedPushRequest } from '@gatehouse/protocols/apple-push/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { buildCertificateRequest, encodePem, parsePublicKey } from '@gatehouse/protocols/x509/index.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import { newId } from '../../../kernel/ids.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import {
  lockPushCertificates,
  replaceRequest,
  selectRequested,
  writeSignedRequest,
} from './certificate-queries.ts';
import type { PushDeps } from './push-deps.ts';

const generate = promisify(generateKeyPair);

/** @returns the request that waits, or a new one. PEM. */
export async function requestPushCertificate(
  deps: PushDeps,
  actor: TenantPrincipal,
  { anew = false }: { readonly anew?: boolean },
): Promise<{ csr: string }> {
  requirePermission(actor, 'push.manage');
  const waiting = anew
    ? undefined
    : await deps.database.withTenant(actor.organizationId, selectRequested, { readOnly: true });
  if (waiting) return { csr: encodePem('CERTIFICATE REQUEST', waiting.request) };
  // Apple takes RSA of 2048 bits. It takes a moment, so not within the transaction.
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  const { fingerprint } = parsePublicKey(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }));
  const request = buildCertificateRequest(privateKey, { commonName: 'Gatehouse push', country: 'US' });
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  const certificateId = newId(deps.clock.now());
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    await lockPushCertificates(tx);
    const sealed = await deps.sealer.seal(tx, 'apple_push_certificates.private_key', certificateId, pkcs8);
    const at = new Date(deps.clock.now());
    await replaceRequest(tx, { certificateId, privateKey: sealed, keyFingerprint: fingerprint, request, at });
    await recordAudit(tx, {
      actor,
      action: 'push-certificates.request',
      target: { kind: 'push-certificate', id: certificateId },
      outcome: 'done',
      show: { key: fingerprint },
    });
  });
  pkcs8.fill(0);
  return { csr: encodePem('CERTIFICATE REQUEST', request) };
}

/** Keeps what a vendor signed beside the request, for whoever uploads it to Apple. */
export async function acceptSignedRequest(
  deps: PushDeps,
  actor: TenantPrincipal,
  { signed }: { readonly signed: string },
): Promise<void> {
  requirePermission(actor, 'push.manage');
  const request = read(signed);
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    await lockPushCertificates(tx);
    const waiting = await selectRequested(tx);
    if (!waiting || !waiting.request.equals(request)) {
      throw new DomainError('conflict', 'What was signed is not the request that waits.', {
        reason: 'other-request',
      });
    }
    const upload = /^\s*<\?xml/.test(signed) ? Buffer.from(signed).toString('base64') : signed.trim();
    await writeSignedRequest(tx, waiting.certificate_id, upload);
    await recordAudit(tx, {
      actor,
      action: 'push-certificates.accept-signed-request',
      target: { kind: 'push-certificate', id: waiting.certificate_id },
      outcome: 'done',
    });
  });
}

function read(signed: string): Uint8Array {
  try {
    return readSignedPushRequest(signed).request;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DomainError('unprocessable', `The signed request is not accepted: ${error.message}`, {
      reason: error.reason,
      cause: error,
    });
  }
}
