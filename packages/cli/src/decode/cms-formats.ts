// CMS messages and what SCEP makes of them. A signature is checked; whether its certificate means anything is for the reader to say.
import {
  contentTypes,
  parseEnvelope,
  parseSignedData,
  type SignedBy,
  verifyWithAttributes,
} from '@gatehouse/protocols/cms/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { decodeScepMessage } from '@gatehouse/protocols/scep/index.ts';
import { presentCertificate } from './certificate-formats.ts';
import type { DecodedFormat } from './decoded-format.ts';
import { type Presentable, presentable } from './presentable.ts';

const typeNames = new Map(Object.entries(contentTypes).map(([name, oid]): [string, string] => [oid, name]));

function presentSigned(bytes: Uint8Array): Presentable {
  const parts = parseSignedData(bytes);
  return {
    message: parts.signer === undefined ? 'signed data without a signer' : 'signed data',
    contentType: typeNames.get(parts.contentType) ?? parts.contentType,
    content: parts.content === undefined ? 'detached' : presentContent(parts.content),
    ...(parts.signer === undefined ? {} : { signer: presentSigner(bytes, parts.content === undefined) }),
    certificates: parts.certificates.map(presentCertificate),
    revocationLists: parts.revocationLists.length,
  };
}

/** Text as text, everything else as hex. */
function presentContent(content: Uint8Array): string {
  const text = Buffer.from(content).toString('utf8');
  return /[\u0000-\u0008\ufffd]/.test(text) ? Buffer.from(content).toString('hex') : text;
}

/** A detached signature can be checked only beside its content; that of an attached one is checked here. */
function presentSigner(bytes: Uint8Array, isDetached: boolean): Presentable {
  const { signer } = parseSignedData(bytes);
  const facts = {
    name: presentable(signer?.name),
    digest: signer?.digest ?? null,
    signatureAlgorithm: signer?.signatureAlgorithm.oid ?? null,
    attributes: [...(signer?.attributes.keys() ?? [])],
  };
  if (isDetached) return { ...facts, signature: 'not checked: its content is elsewhere' };
  try {
    return { ...facts, ...presentSignedBy(verifyWithAttributes(bytes, { allowSha1: true })) };
  } catch (error) {
    if (error instanceof DecodeError) return { ...facts, signature: `does not hold: ${error.message}` };
    throw error;
  }
}

function presentSignedBy({ fingerprint, signingTime }: SignedBy) {
  return {
    signature: 'holds',
    by: fingerprint,
    ...(signingTime === undefined ? {} : { signingTime: signingTime.toISOString() }),
  };
}

function presentEnvelope(bytes: Uint8Array): Presentable {
  const { cipher, encrypted, recipients } = parseEnvelope(bytes);
  return {
    message: 'enveloped data',
    cipher,
    encryptedBytes: encrypted.length,
    recipients: recipients.map(({ name }) => presentable(name)),
  };
}

function decodeCms(bytes: Uint8Array): Presentable {
  try {
    return presentSigned(bytes);
  } catch (error) {
    if (error instanceof DecodeError && error.reason === 'wrong-content-type') return presentEnvelope(bytes);
    throw error;
  }
}

function decodeScep(bytes: Uint8Array): Presentable {
  const { signedBy, envelope, ...message } = decodeScepMessage(bytes, { allowSha1: true });
  return {
    ...(presentable(message) as object),
    signer: { ...presentSignedBy(signedBy), digest: signedBy.digest },
    certificates: signedBy.certificates.map(presentCertificate),
    envelope: envelope === undefined ? null : presentEnvelope(envelope),
  };
}

export const cmsFormats: readonly DecodedFormat[] = [
  { name: 'cms', what: 'a CMS message: signed or enveloped data', pem: 'PKCS7', decode: decodeCms },
  { name: 'scep', what: 'a SCEP message', decode: decodeScep },
];
