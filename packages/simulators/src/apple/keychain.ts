/** Certificates that profiles brought to a device, and what it trusts because of them. */
import { encodePem, parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { ProfileRefused } from './carry-out.ts';
import type { DeviceState } from './device-state.ts';
import type { Profile } from './read-profile.ts';

/** @throws ProfileRefused */
export function installCertificates(device: DeviceState, { payloads }: Profile): void {
  for (const { PayloadType, PayloadContent } of payloads) {
    if (PayloadType !== 'com.apple.security.root' && PayloadType !== 'com.apple.security.pkcs1') continue;
    if (!(PayloadContent instanceof Uint8Array))
      throw new ProfileRefused('A certificate payload has no certificate.');
    keepCertificate(device, PayloadContent, false);
  }
}

export function keepCertificate(device: DeviceState, der: Uint8Array, isIdentity: boolean): void {
  const { subject, fingerprint } = parseCertificate(der);
  device.certificates.set(fingerprint, { commonName: subject.commonName ?? '', der, isIdentity });
}

/** PEM. */
export function broughtAnchors({ certificates }: DeviceState): string[] {
  const brought = [...certificates.values()].filter(({ isIdentity }) => !isIdentity);
  return brought.map(({ der }) => encodePem('CERTIFICATE', der));
}
