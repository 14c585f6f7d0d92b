// What management brought leaves the device: managed apps first, with their data, then the profile of management, which takes all
// other profiles of ours along. What others installed stays (WIP-02, WIP-04). An app that is not there any more holds nothing up.
import { loadFacts } from '../../../modules/devices/index.ts';
import { enrollmentProfileIdentifier } from '../enrollment/enrollment-profile.ts';
import { planOnce } from './plan-queries.ts';
import type { AppleTranslator } from './translator.ts';
import { unmetByCatalogue } from './needs.ts';

/** More a device may have; the rest goes with the profile. */
const mostApps = 200;
const present = new Set(['Managed', 'Installing', 'Updating', 'Prompting', 'Queued', 'UserInstalledApp']);

interface ManagedApp {
  readonly id: string;
  readonly status: string;
}

export const selectiveWipe: AppleTranslator<'selective-wipe'> = {
  steps: async (_command, target, { inside, commandId }) => {
    const apps =
      unmetByCatalogue('RemoveApplication', target) === undefined
        ? await inside((tx) =>
            planOnce(tx, commandId, async () => {
              const listed = (await loadFacts(tx, target.deviceId)).get('apps.managed')?.value ?? [];
              return (listed as unknown as readonly ManagedApp[])
                .filter(({ status }) => present.has(status))
                .slice(0, mostApps)
                .map(({ id }) => id);
            }),
          )
        : [];
    return [
      ...apps.map((id) => ({ requestType: 'RemoveApplication', payload: { Identifier: id } })),
      { requestType: 'RemoveProfile', payload: { Identifier: enrollmentProfileIdentifier } },
    ];
  },
  toleratesRefusal: ({ requestType }) => requestType === 'RemoveApplication',
};
