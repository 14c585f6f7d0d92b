// One update now. From version 26 on devices take no such order any more: there a minimum version by policy, which becomes a
// declaration, is what makes them update.
import { compareVersions } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { dictionariesOf, textOf } from './response.ts';
import type { AppleTranslator } from './translator.ts';

export const updateOs: AppleTranslator<'update-os'> = {
  uses: () => ['ScheduleOSUpdate'],
  refuses({ params: { action, deferrals } }, { os, osVersion }) {
    if (osVersion !== undefined && compareVersions(osVersion, '26') >= 0) {
      return 'Devices from version 26 on update by policy alone: demand a minimum version.';
    }
    if (os !== 'macOS' && (action === 'notify' || deferrals !== undefined)) {
      return 'Only a Mac lets its user be told of an update, or put it off.';
    }
    return undefined;
  },
  steps({ params: { version, action = 'install', deferrals } }, { os }) {
    const install =
      action === 'download'
        ? 'DownloadOnly'
        : action === 'notify'
          ? 'NotifyOnly'
          : os === 'macOS' && deferrals !== undefined
            ? 'InstallLater'
            : 'InstallASAP';
    return [
      {
        requestType: 'ScheduleOSUpdate',
        payload: {
          Updates: [
            {
              ProductVersion: version,
              InstallAction: install,
              ...(deferrals === undefined ? {} : { MaxUserDeferrals: deferrals }),
            },
          ],
        },
      },
    ];
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
