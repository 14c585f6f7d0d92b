/**
 * Enrolment by one-time code (OTA-04 … OTA-08): M1 and M2 over TLS that proves nothing yet, the server's proof, and only then
 * a new connection that must verify against the anchors just proven, for everything that says something about this device.
 */
import { randomBytes } from 'node:crypto';
import { findAgentError } from '@gatehouse/contracts/read-agent-message.ts';
import { agentMediaType, agentPaths } from '@gatehouse/contracts/agent.ts';
import {
  DeviceEnrollment,
  type EnrollmentClaims,
  enrollmentLimits,
  parseEnrollmentUrl,
} from '@gatehouse/protocols/agent-enrollment/index.ts';
import { Agent, type Dispatcher } from 'undici';
import { exportKey, type Identity, newDeviceKey } from '../state/identity.ts';
import { RefusedError, UnreachableError } from './errors.ts';
import { type HttpAnswer, sendRequest } from './http-request.ts';

export interface EnrollInput {
  readonly url: string;
  /** As typed; may instead stand in the URL's fragment. */
  readonly code: string | undefined;
  readonly claims: EnrollmentClaims;
  readonly now: () => number;
}

const timeoutMs = 30_000;
/** A lost M4 is answered again for the same request within ten minutes. */
const tries = 3;
const pauseMs = 1_000;

/** @throws DecodeError when the server or its answer is not genuine; nothing has been kept then (ENR-T03). */
export async function enroll({ url, code, claims, now }: EnrollInput): Promise<Identity> {
  const codeText = code ?? parseEnrollmentUrl(url).codeText;
  if (codeText === undefined) throw new Error('the one-time password is missing');
  const handshake = new DeviceEnrollment({ url, codeText, randomBytes });
  const path = (template: string) =>
    new URL(template.replace('{organization}', handshake.organizationSlug), handshake.origin);
  try {
    // Whoever answers here is a stranger until M2 has been judged; the connection is not used again.
    const stranger = new Agent({ connect: { rejectUnauthorized: false, minVersion: 'TLSv1.2' } });
    const m2 = await post(stranger, path(agentPaths.beginEnrollment), handshake.beginMessage(), 1).finally(
      () => stranger.destroy(),
    );
    const trust = handshake.acceptOffer(Buffer.from(m2));
    requireHttps(trust.gateway);

    const deviceKey = newDeviceKey();
    const known = new Agent({
      connect: {
        ca: [...trust.tlsAnchors],
        // An operator's chain may end below its root; what was just proven is the anchor as it is.
        allowPartialTrustChain: true,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
      },
    });
    const m3 = handshake.proofMessage(deviceKey, claims);
    const m4 = await post(known, path(agentPaths.completeEnrollment), m3, tries).finally(() =>
      known.destroy(),
    );
    const { deviceId, chain, notBefore, notAfter } = handshake.acceptGrant(Buffer.from(m4), now());
    return {
      deviceId,
      organization: handshake.organizationSlug,
      server: handshake.origin,
      gateway: trust.gateway,
      tlsAnchors: trust.tlsAnchors,
      deviceRoot: trust.deviceRoot,
      enrolledAt: now(),
      credential: { privateKey: exportKey(deviceKey), chain, notBefore, notAfter },
    };
  } finally {
    handshake.erase();
  }
}

async function post(dispatcher: Dispatcher, url: URL, body: Uint8Array, attempts: number): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return accepted(
        await sendRequest({
          url,
          method: 'POST',
          dispatcher,
          headers: { 'content-type': agentMediaType, accept: agentMediaType },
          body,
          timeoutMs,
          maximumBytes: enrollmentLimits.messageBytes,
        }),
      );
    } catch (error) {
      if (!(error instanceof UnreachableError) || attempt >= attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * attempt));
    }
  }
}

function accepted({ status, text }: HttpAnswer): string {
  if (status >= 200 && status < 300) return text;
  const error = findAgentError(text);
  if (error === undefined && status >= 500) throw new UnreachableError(`the server answered ${status}`);
  throw new RefusedError(status, error?.code ?? 'unknown', error?.message ?? `the server answered ${status}`);
}

function requireHttps(gateway: string): void {
  if (!URL.canParse(gateway) || new URL(gateway).protocol !== 'https:') {
    throw new Error(`the server named no https address for devices: ${gateway.slice(0, 200)}`);
  }
}
