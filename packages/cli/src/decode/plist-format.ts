// A property list, XML or binary; a signed one, such as a configuration profile, with what can be said of its signature.
import { verifyAttached } from '@gatehouse/protocols/cms/index.ts';
import { plistLimits, readPlist } from '@gatehouse/protocols/plist/index.ts';
import { presentCertificate } from './certificate-formats.ts';
import type { DecodedFormat } from './decoded-format.ts';
import { type Presentable, presentable } from './presentable.ts';

/** What every CMS message begins with; no plist does. */
const sequenceTag = 0x30;

function decode(bytes: Uint8Array): Presentable {
  if (bytes[0] !== sequenceTag) return presentable(readPlist(bytes));
  const { content, certificate } = verifyAttached(bytes, { allowSha1: true, maxBytes: plistLimits.maxBytes });
  return { signedBy: presentCertificate(certificate), plist: presentable(readPlist(content)) };
}

export const plistFormat: DecodedFormat = {
  name: 'plist',
  what: 'a property list: XML, binary, or signed as profiles are',
  decode,
};
