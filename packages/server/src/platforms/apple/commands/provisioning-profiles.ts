// What lets apps of the organization's own run. Taking it away stops none that runs, until the device restarts.
import type { AppleTranslator } from './translator.ts';

export const installProvisioningProfile: AppleTranslator<'install-provisioning-profile'> = {
  uses: () => ['InstallProvisioningProfile'],
  steps: ({ params: { profile } }) => [
    {
      requestType: 'InstallProvisioningProfile',
      payload: { ProvisioningProfile: Buffer.from(profile, 'base64') },
    },
  ],
};

export const removeProvisioningProfile: AppleTranslator<'remove-provisioning-profile'> = {
  uses: () => ['RemoveProvisioningProfile'],
  steps: ({ params: { uuid } }) => [{ requestType: 'RemoveProvisioningProfile', payload: { UUID: uuid } }],
};
