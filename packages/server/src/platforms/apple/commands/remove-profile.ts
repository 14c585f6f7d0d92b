// Takes a profile of ours back. Profiles of others are seen and never touched (POL-08), and the enrolment's own profile goes only
// with a wipe.
import { DomainError } from '@gatehouse/core/errors.ts';
import { findProfileItem } from '../desired-state/item-queries.ts';
import { noteRemoved } from '../desired-state/settle.ts';
import type { AppleTranslator } from './translator.ts';

export const removeProfile: AppleTranslator<'remove-profile'> = {
  needs: { channels: ['device', 'user'] },
  steps: ({ params: { identifier } }, { deviceId, channel }, { inside }) =>
    inside(async (tx) => {
      const item = await findProfileItem(tx, deviceId, channel, identifier);
      if (!item || item.state === 'foreign') {
        throw new DomainError(
          'forbidden',
          'Management did not install this profile, and so leaves it alone.',
        );
      }
      return [
        item.form === 'provisioning-profile'
          ? { requestType: 'RemoveProvisioningProfile', payload: { UUID: identifier } }
          : { requestType: 'RemoveProfile', payload: { Identifier: identifier } },
      ];
    }),
  async answered({ tx, target: { deviceId, channel }, command, now }) {
    await noteRemoved(tx, deviceId, channel, command.params.identifier, now);
    return undefined;
  },
};
