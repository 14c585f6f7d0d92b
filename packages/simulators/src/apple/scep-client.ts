/** A certificate by SCEP as a device gets one: what the payload says, a fresh RSA key, one request, patience while it is pending. */
import { createPrivateKey, generateKeyPair, hash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { PlistDictionary, PlistValue } from '@gatehouse/protocols/plist/index.ts';
import {
  decodeCapabilities,
  decodeScepAnswer,
  encodeMessageParameter,
  encodeScepRequest,
  selfSignedCertificate,
  transactionIdOf,
} from '@gatehouse/protocols/scep/index.ts';
import {
  buildCertificateRequest,
  type DistinguishedName,
  encodePem,
  newSerial,
} from '@gatehouse/protocols/x509/index.ts';
import { Agent } from 'undici';
import type { DeviceState, KeychainIdentity } from './device-state.ts';

const generate = promisify(generateKeyPair);
const day = 86_400_000;

const nameFields: Readonly<Record<string, keyof DistinguishedName>> = {
  C: 'country',
  '2.5.4.6': 'country',
  O: 'organization',
  '2.5.4.10': 'organization',
  OU: 'organizationalUnit',
  '2.5.4.11': 'organizationalUnit',
  CN: 'commonName',
  '2.5.4.3': 'commonName',
};

export interface ScepClientOptions {
  /** PEM, instead of a new key: a benchmark enrols thousands, and making keys is not what it measures. */
  readonly privateKey?: string;
}

/** @param content the `PayloadContent` of a SCEP payload. */
export async function obtainCertificate(
  content: PlistDictionary,
  _device: DeviceState,
  anchors: readonly string[],
  options: ScepClientOptions = {},
): Promise<KeychainIdentity> {
  const { URL: address, Name: name, Challenge: challenge } = content;
  if (typeof address !== 'string') throw new Error('the payload has no URL');
  const agent = new Agent({ connect: { ca: [...anchors], timeout: 10_000 }, connections: 1 });
  try {
    const url = new URL(address);
    const get = (operation: string, message: string) => {
      const query = new URLSearchParams(url.search);
      query.set('operation', operation);
      // The message is escaped already, and must not be so twice.
      return ask(agent, url, 'GET', `${query}&message=${message}`);
    };
    const instance = encodeURIComponent(typeof name === 'string' ? name : '');
    const capabilities = decodeCapabilities(await get('GetCACaps', instance));
    const server = await get('GetCACert', instance);
    requireFingerprint(server, content.CAFingerprint);

    const modulusLength = typeof content.Keysize === 'number' ? content.Keysize : 1024;
    const key =
      options.privateKey === undefined
        ? (await generate('rsa', { modulusLength })).privateKey
        : createPrivateKey(options.privateKey);
    const subject = readSubject(content.Subject);
    const request = {
      type: 'PKCSReq',
      content: buildCertificateRequest(key, subject, typeof challenge === 'string' ? challenge : undefined),
      server,
      certificate: selfSignedCertificate(key, subject, newSerial(randomBytes), {
        notBefore: Date.now() - day,
        notAfter: Date.now() + day,
      }),
      key,
      transactionId: transactionIdOf(key),
      senderNonce: randomBytes(16),
      cipher: 'aes-128-cbc',
    } as const;
    const message = encodeScepRequest(request);
    const retries = typeof content.Retries === 'number' ? content.Retries : 3;
    const delay = typeof content.RetryDelay === 'number' ? content.RetryDelay : 10;
    for (let attempt = 0; ; attempt += 1) {
      const bytes = capabilities.has('POSTPKIOperation')
        ? await ask(agent, url, 'POST', 'operation=PKIOperation', message)
        : await get('PKIOperation', encodeMessageParameter(message));
      const answer = decodeScepAnswer(bytes, request);
      if (answer.status === 'success') {
        const [certificate] = answer.certificates;
        if (certificate === undefined) throw new Error('the answer brought no certificate');
        return { certificate, key };
      }
      if (answer.status === 'failure')
        throw new Error(`the server refused: ${answer.failure ?? 'no reason given'}`);
      if (attempt >= retries) throw new Error('the server kept the request pending');
      await sleep(delay * 1_000);
    }
  } finally {
    await agent.destroy();
  }
}

async function ask(
  agent: Agent,
  url: URL,
  method: 'GET' | 'POST',
  query: string,
  body?: Uint8Array,
): Promise<Uint8Array> {
  const answer = await agent.request({
    origin: url.origin,
    path: `${url.pathname}?${query}`,
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/x-pki-message' },
    body: body ?? null,
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  });
  const bytes = new Uint8Array(await answer.body.arrayBuffer());
  if (answer.statusCode !== 200) throw new Error(`the server answered ${answer.statusCode}`);
  return bytes;
}

/** The payload may pin the authority: by SHA-1 as is common, or by a longer digest. */
function requireFingerprint(certificate: Uint8Array, pinned: PlistValue | undefined): void {
  if (!(pinned instanceof Uint8Array)) return;
  const digest = { 16: 'md5', 20: 'sha1', 32: 'sha256', 64: 'sha512' }[pinned.length];
  if (digest === undefined || hash(digest, certificate, 'buffer').compare(pinned) !== 0)
    throw new Error('the authority is not the one that the payload names');
}

/** Three brackets deep: names, each of one or more pairs. */
function readSubject(value: PlistValue | undefined): DistinguishedName {
  const subject: Record<string, string> = {};
  for (const relative of Array.isArray(value) ? value : []) {
    for (const pair of Array.isArray(relative) ? relative : []) {
      const [type, text] = Array.isArray(pair) ? pair : [];
      const field = typeof type === 'string' ? nameFields[type] : undefined;
      if (field !== undefined && typeof text === 'string') subject[field] = text;
    }
  }
  return subject;
}

/** For those who keep devices between runs. */
export function identityPem({ certificate, key }: KeychainIdentity): {
  certificate: string;
  privateKey: string;
} {
  return {
    certificate: encodePem('CERTIFICATE', certificate),
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}
