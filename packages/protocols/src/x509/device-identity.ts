/**
 * How a device id stands in a certificate. Two forms of the same id go in beside the common name: `urn:uuid:` for our own check, and
 * the form `ID:<vendor>:GUID:<id>` from which Cisco ISE reads the GUID of its device query (ISE 3.1 and newer).
 */
import type { DistinguishedName } from './distinguished-names.ts';
import type { GeneralName } from './general-names.ts';
import type { Certificate } from './parse-certificate.ts';

/** Equal to the `vendor` of the ISE discovery answer. */
export const deviceIdentityVendor = 'Gatehouse';

export function deviceIdentityNames(deviceId: string): {
  readonly subject: DistinguishedName;
  readonly names: readonly GeneralName[];
} {
  return {
    subject: { commonName: deviceId },
    names: [
      { kind: 'uri', value: `urn:uuid:${deviceId}` },
      { kind: 'uri', value: `ID:${deviceIdentityVendor}:GUID:${deviceId}` },
    ],
  };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The device id of a certificate of profile `device-identity`; undefined unless common name and both names agree. */
export function findDeviceId(certificate: Certificate): string | undefined {
  const deviceId = certificate.subject.commonName;
  if (deviceId === undefined || !uuid.test(deviceId)) return undefined;
  const expected = deviceIdentityNames(deviceId).names;
  const found = certificate.subjectAlternativeNames ?? [];
  const agree =
    found.length === expected.length &&
    expected.every((name, index) => found[index]?.kind === name.kind && found[index]?.value === name.value);
  return agree ? deviceId : undefined;
}
