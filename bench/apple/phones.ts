// The telephones of the benchmark: real keys, real certificates, and messages that are signed before anything is measured, because
// on a telephone it is the telephone that signs.
import { createPrivateKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import {
  appleMediaTypes,
  type CheckInMessage,
  type CommandReport,
  encodeCheckIn,
  encodeReport,
  type EnrolmentIdentity,
} from '@gatehouse/protocols/apple-mdm/index.ts';
import { signDetached } from '@gatehouse/protocols/cms/index.ts';

const generate = promisify(generateKeyPair);

export interface Phone {
  readonly deviceId: string;
  readonly udid: string;
  /** DER, base64 */
  readonly certificate: string;
  /** PEM, RSA-2048 */
  readonly key: string;
}

export const topic = 'com.apple.mgmt.External.0b3d1c0e-0000-4000-8000-00000000be4c';

export const udidOf = (n: number): string => `00008140-${n.toString(16).toUpperCase().padStart(16, '0')}`;

/** PEM. As many at once as there are threads for it. */
export async function makeKeys(count: number): Promise<string[]> {
  const keys: string[] = [];
  for (let from = 0; from < count; from += 8) {
    const made = await Promise.all(
      Array.from({ length: Math.min(8, count - from) }, () => generate('rsa', { modulusLength: 2048 })),
    );
    keys.push(...made.map(({ privateKey }) => privateKey.export({ type: 'pkcs8', format: 'pem' }) as string));
  }
  return keys;
}

export function checkInRequest(phone: Phone, message: CheckInMessage): Buffer {
  return signed(phone, appleMediaTypes.checkIn, encodeCheckIn(message));
}

export function reportRequest(phone: Phone, report: Partial<CommandReport>): Buffer {
  const full: CommandReport = {
    identity: identityOf(phone),
    status: 'Idle',
    commandUuid: undefined,
    errorChain: [],
    response: {},
    ...report,
  };
  return signed(phone, `${appleMediaTypes.command}; charset=UTF-8`, encodeReport(full));
}

export function introduction(phone: Phone): Buffer {
  return checkInRequest(phone, {
    type: 'Authenticate',
    identity: identityOf(phone),
    fields: {
      Topic: topic,
      DeviceName: 'iPhone',
      Model: 'MYMH3ZD/A',
      ModelName: 'iPhone',
      ProductName: 'iPhone17,1',
      OSVersion: '26.1',
      BuildVersion: '23B85',
      SerialNumber: phone.udid.slice(-10),
    },
    other: {},
  });
}

export function tokenUpdate(phone: Phone): Buffer {
  return checkInRequest(phone, {
    type: 'TokenUpdate',
    identity: identityOf(phone),
    fields: {
      Topic: topic,
      PushMagic: '1B8F0C2E-0000-4000-8000-000000000000',
      Token: Buffer.from(phone.udid.replace('-', '').padEnd(64, '0').slice(0, 64), 'hex'),
      UnlockToken: Buffer.alloc(600, 7),
      AwaitingConfiguration: false,
    },
    other: {},
  });
}

function identityOf({ udid }: Phone): EnrolmentIdentity {
  return { kind: 'device', deviceKey: udid, channel: '' };
}

function signed({ certificate, key }: Phone, contentType: string, body: Uint8Array): Buffer {
  const signature = signDetached({
    content: body,
    certificate: Buffer.from(certificate, 'base64'),
    key: createPrivateKey(key),
    signingTime: new Date(),
  });
  const head = [
    'PUT /apple/mdm HTTP/1.1',
    'host: localhost',
    'user-agent: MDM/1.0',
    `content-type: ${contentType}`,
    `mdm-signature: ${Buffer.from(signature).toString('base64')}`,
    `content-length: ${body.length}`,
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), body]);
}
