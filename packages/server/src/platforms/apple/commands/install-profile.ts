// A profile or provisioning profile onto the device. What is in it is looked up when it is handed over: by its name and content,
// so that an order that something newer has overtaken sends nothing.
import { DomainError } from '@gatehouse/core/errors.ts';
import { settingsIdentifier } from '../desired-state/identifiers.ts';
import { openContent } from '../desired-state/contents.ts';
import { findProfileItem } from '../desired-state/item-queries.ts';
import { noteInstalled } from '../desired-state/settle.ts';
import { askForScans } from '../inventory/schedule-inventory.ts';
import type { AppleTranslator } from './translator.ts';

export const installProfile: AppleTranslator<'install-profile'> = {
  needs: { channels: ['device', 'user'] },
  steps: ({ params: { identifier, content } }, { deviceId, channel }, { deps, inside }) =>
    inside(async (tx) => {
      const item = await findProfileItem(tx, deviceId, channel, identifier);
      const wanted = item?.wanted;
      if (!item || wanted === undefined || wanted === null) {
        throw new DomainError('not-found', 'The device is not to have this profile.');
      }
      const found = await openContent(deps, tx, content ?? wanted);
      if (found === undefined)
        throw new DomainError('gone', 'The profile has been changed since; the newer one follows.');
      return [
        item.form === 'provisioning-profile'
          ? { requestType: 'InstallProvisioningProfile', payload: { ProvisioningProfile: found.bytes } }
          : { requestType: 'InstallProfile', payload: { Payload: found.bytes } },
      ];
    }),
  async answered({ tx, deps, target: { deviceId, channel }, command, now }) {
    const { identifier } = command.params;
    const content =
      command.params.content ?? (await findProfileItem(tx, deviceId, channel, identifier))?.wanted;
    if (typeof content === 'string') await noteInstalled(tx, deviceId, channel, { identifier, content }, now);
    // Whether its passcode meets the rules that it holds from now on, and which these are, is worth knowing at once.
    if (identifier === settingsIdentifier('passcode')) await askForScans(deps, tx, deviceId, ['security']);
    return undefined;
  },
};
