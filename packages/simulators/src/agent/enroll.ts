/** The device's side of enrolment by one-time code, over real connections: M1 and M2 to a stranger, M3 and M4 to a server that has proved itself. */
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { agentMediaType, agentPaths } from '@gatehouse/contracts/agent.ts';
import { findAgentError } from '@gatehouse/contracts/read-agent-message.ts';
import {
  DeviceEnrollment,
  type EnrollmentClaims,
  readDeviceChain,
} from '@gatehouse/protocols/agent-enrollment/index.ts';
import { buildCertificateRequest, decodePem } from '@gatehouse/protocols/x509/index.ts';
import { Agent, type Dispatcher } from 'undici';
import { type Gateway, type GatewayAddress, type GatewayCredential, Refusal } from './gateway.ts';

/** Everything that a device keeps of its enrolment; plain data. */
export interface Identity extends GatewayAddress, GatewayCredential {
  readonly deviceId: string;
  readonly organization: string;
  /** PEM */
  readonly deviceRoot: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface EnrollmentTicket {
  readonly url: string;
  readonly oneTimePassword: string;
}

export function newDeviceKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

const pem = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' }) as string;

/** @throws DecodeError when the server or its grant is not genuine; Refusal when it says no. */
export async function enroll(
  ticket: EnrollmentTicket,
  claims: EnrollmentClaims,
  now: () => number = Date.now,
): Promise<Identity> {
  const handshake = new DeviceEnrollment({ url: ticket.url, codeText: ticket.oneTimePassword, randomBytes });
  const post = async (dispatcher: Dispatcher, path: string, body: Uint8Array): Promise<Uint8Array> => {
    const answer = await dispatcher.request({
      origin: handshake.origin,
      path: path.replace('{organization}', handshake.organizationSlug),
      method: 'POST',
      headers: { 'content-type': agentMediaType, accept: agentMediaType },
      body: Buffer.from(body),
      headersTimeout: 30_000,
      bodyTimeout: 30_000,
    });
    const text = await answer.body.text();
    if (answer.statusCode < 300) return Buffer.from(text);
    const error = findAgentError(text);
    throw new Refusal(
      answer.statusCode,
      error?.code ?? 'unknown',
      error?.message ?? `the server answered ${answer.statusCode}`,
    );
  };
  try {
    const stranger = new Agent({ connect: { rejectUnauthorized: false } });
    const m2 = await post(stranger, agentPaths.beginEnrollment, handshake.beginMessage()).finally(() =>
      stranger.destroy(),
    );
    const { gateway, tlsAnchors, deviceRoot } = handshake.acceptOffer(m2);
    const key = newDeviceKey();
    const known = new Agent({ connect: { ca: [...tlsAnchors], rejectUnauthorized: true } });
    const m3 = handshake.proofMessage(key, claims);
    const m4 = await post(known, agentPaths.completeEnrollment, m3).finally(() => known.destroy());
    const identity = handshake.acceptGrant(m4, now());
    const organization = handshake.organizationSlug;
    return { ...identity, organization, gateway, tlsAnchors, deviceRoot, privateKey: pem(key) };
  } finally {
    handshake.erase();
  }
}

/** A new key and certificate for the same device; checked as at enrolment. */
export async function renewIdentity(identity: Identity, gateway: Gateway, now: number): Promise<Identity> {
  const key = newDeviceKey();
  const { chain } = await gateway.renew(buildCertificateRequest(key));
  const [deviceRoot] = decodePem('CERTIFICATE', identity.deviceRoot);
  if (deviceRoot === undefined) throw new TypeError('the device root is lost');
  const renewed = readDeviceChain(
    chain.map((der) => Buffer.from(der, 'base64')),
    { deviceRoot, deviceKey: key, now },
  );
  if (renewed.deviceId !== identity.deviceId) throw new Error('the renewed certificate names another device');
  return { ...identity, ...renewed, privateKey: pem(key) };
}
