// The enrolment profile as a property list: the MDM payload, the identity it speaks with, and what the device must trust to
// reach this server; nothing else, all the rest comes with the first check-in (ENR-11). Pure: the same input, the same profile,
// so that sending it again renews the identity in place and never makes a second one.
import { createHash } from 'node:crypto';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';

/** What may not change in a profile that is sent to a device again. */
export interface EnrollmentTerms {
  /** Of the organization's push certificate: `com.apple.mgmt.…` */
  readonly topic: string;
  readonly serverUrl: string;
  /** The device signs each message, because its certificate does not arrive by TLS. */
  readonly signMessage: boolean;
  readonly accessRights: number;
  readonly capabilities: readonly string[];
}

export interface ProfileInput {
  readonly organizationId: string;
  readonly organization: string;
  readonly deviceId: string;
  readonly terms: EnrollmentTerms;
  readonly scep: {
    readonly url: string;
    readonly challenge: string;
    /** DER of what signs the device's certificate. */
    readonly authority: Uint8Array;
  };
  /** DER; what the device does not trust by itself. */
  readonly anchors: readonly Uint8Array[];
}

const prefix = 'net.gatehouse.enrollment';

/** By which the profile is removed again, and everything that management brought with it. */
export const enrollmentProfileIdentifier = prefix;

export function enrollmentProfile(input: ProfileInput): PlistDictionary {
  const { organization, deviceId, terms, scep, anchors } = input;
  const identity = uuidOf(deviceId, 'identity');
  const payload = (type: string, name: string, display: string, more: PlistDictionary): PlistDictionary => ({
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: `${prefix}.${name}`,
    PayloadUUID: uuidOf(deviceId, name),
    PayloadDisplayName: display,
    PayloadOrganization: organization,
    ...more,
  });
  return payload('Configuration', input.organizationId, `${organization}: device management`, {
    PayloadIdentifier: prefix,
    PayloadDescription: `Lets ${organization} manage this device. Everything else that it needs for work arrives by itself afterwards.`,
    PayloadScope: 'System',
    PayloadContent: [
      // Before the MDM payload: certificates are installed first, so that the server's can be verified.
      ...anchors.map((der, index) =>
        payload('com.apple.security.root', `anchor-${fingerprint(der)}`, anchorName(index, anchors.length), {
          PayloadCertificateFileName: `server-${index + 1}.cer`,
          PayloadContent: der,
        }),
      ),
      payload('com.apple.security.scep', 'identity', 'Identity of this device', {
        // Keys outside of this dictionary fail on iOS and are passed over by macOS.
        PayloadContent: {
          URL: scep.url,
          Name: organization,
          Subject: [[['O', organization]], [['CN', deviceId]]],
          Challenge: scep.challenge,
          Keysize: 2048,
          'Key Type': 'RSA',
          // To sign, and to open what was encrypted for the device.
          'Key Usage': 5,
          CAFingerprint: createHash('sha1').update(scep.authority).digest(),
          Retries: 3,
          RetryDelay: 10,
          KeyIsExtractable: false,
        },
      }),
      payload('com.apple.mdm', 'management', 'Device management', {
        IdentityCertificateUUID: identity,
        Topic: terms.topic,
        ServerURL: terms.serverUrl,
        CheckInURL: terms.serverUrl,
        SignMessage: terms.signMessage,
        AccessRights: terms.accessRights,
        CheckOutWhenRemoved: true,
        ServerCapabilities: [...terms.capabilities],
      }),
    ],
  });
}

const anchorName = (index: number, count: number): string =>
  count === 1 ? 'Trust in the server' : `Trust in the server (${index + 1} of ${count})`;

const fingerprint = (der: Uint8Array): string => createHash('sha256').update(der).digest('hex').slice(0, 16);

/** Of the form of version 8 (RFC 9562): the same for the same device and payload, for ever. */
function uuidOf(deviceId: string, name: string): string {
  const hash = createHash('sha256').update(`gh-profile-1\0${deviceId}\0${name}`).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)]
    .join('-')
    .toUpperCase();
}
