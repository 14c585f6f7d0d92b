// An app onto the device: from the store, or where a manifest says that its package is. That the device accepts it is not yet that
// it is there: how far it got is told by the list of managed apps.
import type { CommandParams } from '@gatehouse/core/commands/catalogue.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import { assignedAppAnswered, assignedAppRequest } from './assigned-app.ts';
import { dictionaryFromJson } from './json-plist.ts';
import { textOf } from './response.ts';
import type { AppleOutcome, AppleTranslator } from './translator.ts';

const removeWithManagement = 1;
const noBackup = 4;
/** States of an app from which it does not get any further by itself. */
export const failures: ReadonlySet<string> = new Set([
  'Failed',
  'UserRejected',
  'ManagementRejected',
  'UpdateRejected',
]);

export const installApp: AppleTranslator<'install-app'> = {
  uses: ({ params: { manifestUrl } }, { os }) => [
    os === 'macOS' && manifestUrl !== undefined ? 'InstallEnterpriseApplication' : 'InstallApplication',
  ],
  refuses: ({ params: { preventBackup, takeOver } }, { os, enrollmentKind }) =>
    takeOver === true && enrollmentKind === 'user'
      ? 'In user enrolment an app that the user has already cannot be taken over.'
      : preventBackup === true && os === 'macOS'
        ? 'A Mac does not leave single apps out of its backups.'
        : undefined,
  async steps({ params }, { os, enrollmentKind, deviceId }, preparation) {
    const assigned = assignedIn(params);
    if (assigned) return [await assignedAppRequest(preparation, deviceId, assigned)];
    const { storeId, bundleId, manifestUrl, configuration } = params;
    const flags =
      (params.keepAfterManagement === true ? 0 : removeWithManagement) +
      (params.preventBackup === true ? noBackup : 0);
    const common: PlistDictionary = {
      ...(flags === 0 ? {} : { ManagementFlags: flags }),
      ...(configuration === undefined ? {} : { Configuration: dictionaryFromJson(configuration) }),
      ...(params.takeOver === true ? { ChangeManagementState: 'Managed' } : {}),
      ...(os === 'macOS' && enrollmentKind !== 'user' ? { InstallAsManaged: true } : {}),
    };
    if (os === 'macOS' && manifestUrl !== undefined) {
      return [
        { requestType: 'InstallEnterpriseApplication', payload: { ManifestURL: manifestUrl, ...common } },
      ];
    }
    return [
      {
        requestType: 'InstallApplication',
        payload: {
          ...(storeId === undefined ? {} : { iTunesStoreID: storeId }),
          ...(bundleId === undefined ? {} : { Identifier: bundleId }),
          ...(manifestUrl === undefined ? {} : { ManifestURL: manifestUrl }),
          ...common,
        },
      },
    ];
  },
  async answered(context, response) {
    const outcome = installationOutcome(response);
    const assigned = assignedIn(context.command.params);
    return assigned ? assignedAppAnswered(context, assigned, response, outcome) : outcome;
  },
};

function assignedIn({ assigned, bundleId, content }: CommandParams<'install-app'>) {
  return assigned === true && bundleId !== undefined ? { bundleId, content } : undefined;
}

function installationOutcome(response: PlistDictionary): AppleOutcome {
  const state = textOf(response, 'State', 64);
  const rejection = textOf(response, 'RejectionReason', 64);
  const bundleId = textOf(response, 'Identifier', 255);
  if (rejection !== undefined || (state !== undefined && failures.has(state))) {
    return { failed: `The device does not take the app: ${rejection ?? state ?? ''}.` };
  }
  return { result: { ...(bundleId ? { bundleId } : {}), state: state ?? 'Accepted' } };
}
