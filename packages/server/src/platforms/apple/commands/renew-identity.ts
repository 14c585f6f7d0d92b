// The device gets its enrolment profile again, with another challenge: it asks for a new certificate and keeps everything else.
// The profile is made in the moment in which it is handed over, because it holds a secret that lives for a quarter of an hour.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { AppleTranslator } from './translator.ts';

export const renewIdentity: AppleTranslator<'renew-identity'> = {
  async steps(_command, { deviceId }, { deps, inside }) {
    const { renewalProfile } = deps;
    if (!renewalProfile) {
      throw new DomainError('unprocessable', 'This server hands out no enrolment profiles');
    }
    const profile = await inside((tx) => renewalProfile(tx, deviceId));
    return [{ requestType: 'InstallProfile', payload: { Payload: profile } }];
  },
};
