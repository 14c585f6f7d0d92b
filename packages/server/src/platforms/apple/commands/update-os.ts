// One update now. Devices that speak declarations are given one with the version and the time until which their users may choose the
// moment: it becomes part of what the device should have, and nothing is sent here. Older ones take an order, up to version 26.
import {
  compareVersions,
  findDeclaration,
  validate,
} from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { type AppleTarget, catalogueTarget } from '../apple-target.ts';
import { reconcileSoon } from '../desired-state/item-queries.ts';
import { dictionariesOf, textOf } from './response.ts';
import type { AppleRequest, AppleTranslator, CommandOf } from './translator.ts';
import { putUpdateOrder } from './update-queries.ts';

type Order = CommandOf<'update-os'>;

const hour = 3_600_000;
const enforcement = 'com.apple.configuration.softwareupdate.enforcement.specific';

/** Whoever is to install it soon, and knows how to be told so. */
function isByDeclaration({ params: { action = 'install' } }: Order, target: AppleTarget): boolean {
  const schema = findDeclaration(enforcement);
  if (action !== 'install' || schema === undefined) return false;
  if (target.os !== 'iOS' && target.os !== 'macOS') return false;
  return validate(schema, {}, catalogueTarget(target)).every(
    ({ path, severity }) => path !== '$' || severity !== 'error',
  );
}

export const updateOs: AppleTranslator<'update-os'> = {
  uses: (command, target) =>
    isByDeclaration(command, target) ? ['DeclarativeManagement'] : ['ScheduleOSUpdate'],
  refuses(command, target) {
    const { action, deferrals, withinHours, version } = command.params;
    const { os, osVersion } = target;
    if (osVersion !== undefined && compareVersions(osVersion, version) >= 0) {
      return `The device has version ${osVersion} already.`;
    }
    if (isByDeclaration(command, target)) {
      return deferrals === undefined
        ? undefined
        : 'The user may choose the moment: give the hours, not how often.';
    }
    if (osVersion !== undefined && compareVersions(osVersion, '26') >= 0) {
      return 'Devices from version 26 on install updates, and do nothing else with them, when they are told to.';
    }
    if (withinHours !== undefined) return 'Only devices that speak declarations know until when.';
    if (os !== 'macOS' && (action === 'notify' || deferrals !== undefined)) {
      return 'Only a Mac lets its user be told of an update, or put it off.';
    }
    return undefined;
  },
  async steps(command, target, { deps, inside, commandId }) {
    if (!isByDeclaration(command, target)) return [scheduled(command, target)];
    const { version, withinHours = 24 } = command.params;
    const now = deps.clock.now();
    const by = Math.ceil((now + withinHours * hour) / 60_000) * 60_000;
    await inside(async (tx) => {
      if (await putUpdateOrder(tx, target.deviceId, { version, by, commandId }, now))
        await reconcileSoon(tx, target.deviceId, now);
    });
    return [];
  },
  answered(_context, response) {
    const updates = dictionariesOf(response, 'UpdateResults')
      .slice(0, 20)
      .map((update) => ({
        product: textOf(update, 'ProductKey', 128) ?? '',
        action: textOf(update, 'InstallAction', 64) ?? '',
        status: textOf(update, 'Status', 64) ?? '',
      }));
    const [first] = updates;
    return first?.action === 'Error'
      ? { failed: `The device does not update: ${first.status}.` }
      : { result: { updates } };
  },
};

function scheduled({ params: { version, action, deferrals } }: Order, { os }: AppleTarget): AppleRequest {
  const install =
    action === 'download'
      ? 'DownloadOnly'
      : action === 'notify'
        ? 'NotifyOnly'
        : os === 'macOS' && deferrals !== undefined
          ? 'InstallLater'
          : 'InstallASAP';
  const update = {
    ProductVersion: version,
    InstallAction: install,
    ...(deferrals === undefined ? {} : { MaxUserDeferrals: deferrals }),
  };
  return { requestType: 'ScheduleOSUpdate', payload: { Updates: [update] } };
}
