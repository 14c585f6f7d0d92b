/** A provisioning profile as a device reads it: what it is called, and until when it holds. */
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { verifyAttached } from '@gatehouse/protocols/cms/index.ts';
import { isDictionary, type PlistDictionary, readPlist } from '@gatehouse/protocols/plist/index.ts';
import { seededRandom } from '../agent/seeded-random.ts';

const year = 31_536_000_000;

/** One that cannot be read gets a name of its own, so that tests need not make real ones. */
export function readProvisioningProfile(bytes: Uint8Array): {
  readonly uuid: string;
  readonly name: string;
  readonly expires: Date;
} {
  const { UUID, Name, ExpirationDate } = contentOf(bytes);
  return {
    uuid: typeof UUID === 'string' ? UUID : seededRandom(Buffer.from(bytes).toString('hex')).hex(32),
    name: typeof Name === 'string' ? Name : 'Provisioning',
    expires: ExpirationDate instanceof Date ? ExpirationDate : new Date(Date.now() + year),
  };
}

function contentOf(bytes: Uint8Array): PlistDictionary {
  try {
    const content = readPlist(bytes[0] === 0x30 ? verifyAttached(bytes).content : bytes);
    return isDictionary(content) ? content : {};
  } catch (error) {
    if (error instanceof DecodeError) return {};
    throw error;
  }
}
