// What management brought leaves the device: managed apps first, with their data, then the profile of management, which takes all
// other profiles of ours along. What others installed stays (WIP-02, WIP-04), and so does an app that is meant to (WIP-03): as its
// resource says, or the order it was installed by. An app that is not there any more holds nothing up.
import { loadFacts } from '../../../modules/devices/index.ts';
import { resolveResources } from '../../../modules/policies/index.ts';
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
  readonly stays?: boolean;
}

export const selectiveWipe: AppleTranslator<'selective-wipe'> = {
  steps: async (_command, target, { inside, commandId }) => {
    const apps =
      unmetByCatalogue('RemoveApplication', target) === undefined
        ? await inside((tx) =>
            planOnce(tx, commandId, async () => {
              const [facts, { resources }] = await Promise.all([
                loadFacts(tx, target.deviceId, ['apps']),
                resolveResources(tx, target.deviceId),
              ]);
              // What is decided now counts for more than how it was once installed.
              const removed = new Map(
                resources.flatMap(({ kind, fields }) =>
                  kind === 'managed-app' ? [[fields['bundleId'], fields['removeAtWipe'] !== false]] : [],
                ),
              );
              const listed = (facts.get('apps.managed')?.value ?? []) as unknown as readonly ManagedApp[];
              return listed
                .filter(({ id, status, stays }) => present.has(status) && (removed.get(id) ?? stays !== true))
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
