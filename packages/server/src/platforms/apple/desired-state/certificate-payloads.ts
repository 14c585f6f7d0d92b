// Certificates: trusted ones, keys brought along, and keys that the device makes and has certified by SCEP (RES-11).
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import type { Payload } from './builder.ts';
import { dictionary, type FilledResource } from './filled-resource.ts';

export function certificatePayload(filled: FilledResource, suffix: string): Payload {
  switch (filled.resource.kind) {
    case 'scep':
      return { type: 'com.apple.security.scep', suffix, content: { PayloadContent: scepContent(filled) } };
    case 'identity':
      return {
        type: 'com.apple.security.pkcs12',
        suffix,
        content: dictionary({ PayloadContent: filled.bytes('file'), Password: filled.text('password') }),
      };
    case 'certificate':
      return {
        type: 'com.apple.security.root',
        suffix,
        content: dictionary({ PayloadContent: filled.bytes('certificate') }),
      };
    default:
      throw new TypeError(`${filled.resource.kind} is no certificate`);
  }
}

const keyUsage: Readonly<Record<string, number>> = { signing: 1, encryption: 4, both: 5 };

function scepContent(filled: FilledResource): PlistDictionary {
  const names = dictionary({
    rfc822Name: filled.text('emailName'),
    dNSName: filled.text('dnsName'),
    ntPrincipalName: filled.text('principalName'),
  });
  const fingerprint = filled.text('fingerprint');
  return dictionary({
    URL: filled.get('address'),
    Name: filled.text('authority'),
    // Three brackets deep: parts, of each the pairs, of each pair attribute and value.
    Subject: (filled.subjects['subject'] ?? []).map(({ attribute, value }) => [[attribute, value]]),
    Challenge: filled.text('challenge'),
    Keysize: Number(filled.get('keySize')),
    'Key Type': 'RSA',
    'Key Usage': keyUsage[filled.get('keyUsage')],
    CAFingerprint:
      fingerprint === undefined
        ? undefined
        : Uint8Array.from(Buffer.from(fingerprint.replaceAll(':', ''), 'hex')),
    SubjectAltName: Object.keys(names).length === 0 ? undefined : names,
    KeyIsExtractable: filled.is('extractable'),
  });
}
