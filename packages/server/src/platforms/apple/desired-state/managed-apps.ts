// Apps of the organization on an Apple device: by declaration where the system can be told everything that way, by command
// otherwise. Of those that come by command the configuration is changed without installing anything again.
import { type PlistDictionary, writePlist } from '@gatehouse/protocols/plist/index.ts';
import { dictionaryFromJson } from '../commands/json-plist.ts';
import type { Builder, WantedAsset } from './builder.ts';
import type { ItemSource } from './desired.ts';
import { dictionary, type FilledResource } from './filled-resource.ts';

const removedWithManagement = 1;
const leftOutOfBackups = 4;
const declarationType = 'com.apple.configuration.app.managed';

interface Place {
  readonly identifier: string;
  readonly source: ItemSource;
}

export function addManagedApp(builder: Builder, app: FilledResource, place: Place): void {
  const { identifier, source } = place;
  const onlyByCommand = whyByCommand(app);
  const bundleId = app.text('bundleId');
  if (onlyByCommand === undefined && declare(builder, app, place)) return;
  if (bundleId === undefined) {
    // When a declaration was tried, it has said what is wrong.
    if (onlyByCommand !== undefined)
      builder.withhold('app', identifier, source, `${onlyByCommand}, for which bundleId must be known`);
    return;
  }
  const command = whyNotByCommand(builder, app) ?? installation(builder, app);
  if (typeof command === 'string') builder.withhold('app', identifier, source, command);
  else builder.addApp(bundleId, source, command, configurationOf(app));
}

/** What declarations cannot say. */
function whyByCommand(app: FilledResource): string | undefined {
  if (!app.is('removeAtWipe')) return 'an app that is to stay at a selective wipe comes by command';
  return app.text('license') === 'none'
    ? 'an app of the store without a licence of the organization comes by command'
    : undefined;
}

function whyNotByCommand({ target }: Builder, app: FilledResource): string | undefined {
  if (app.get('install') === 'optional')
    return 'can only be installed here: what is offered to users is a declaration, with a licence';
  return target.enrollmentKind === 'user' && app.text('license') === 'none'
    ? 'in user enrolment an app of the store needs a licence of the organization'
    : undefined;
}

/** Secret values take the place of those that everybody sees. */
function configurationOf(app: FilledResource): PlistDictionary {
  return dictionaryFromJson({ ...app.object('configuration'), ...app.object('secretConfiguration') });
}

function declare(builder: Builder, app: FilledResource, { identifier, source }: Place): boolean {
  const asset = `${identifier}.file`;
  const license = app.text('license');
  const payload = dictionary({
    ...(app.get('source') === 'app-store'
      ? { AppStoreID: app.get('appStoreId') }
      : { ManifestURL: app.get('manifest') }),
    InstallBehavior: dictionary({
      Install: app.get('install') === 'required' ? 'Required' : 'Optional',
      License: license === undefined ? undefined : { Assignment: license === 'device' ? 'Device' : 'User' },
    }),
    // A Mac’s backups are its user’s affair.
    IncludeInBackup: builder.target.os === 'macOS' ? undefined : app.is('backup'),
  });
  const configured = { ...payload, LegacyAppConfigAssetReference: asset };
  const configuration = configurationOf(app);
  const isConfigured = Object.keys(configuration).length > 0;
  const hasAnotherWay = app.text('bundleId') !== undefined;
  // Where a configuration that is given later could not follow, the app comes by command from the beginning: to change the
  // way would mean to install it again.
  if (hasAnotherWay && !builder.takesDeclaration(declarationType, configured)) return false;
  return builder.addDeclaration({
    identifier,
    source,
    type: declarationType,
    payload: isConfigured ? configured : payload,
    assets: isConfigured ? [configurationAsset(asset, configuration)] : [],
    ...(hasAnotherWay ? { otherwise: 'command' as const } : {}),
  });
}

function configurationAsset(identifier: string, configuration: PlistDictionary): WantedAsset {
  const body = { contentType: 'application/plist', bytes: writePlist(configuration) };
  return { identifier, type: 'com.apple.asset.data', body };
}

function installation({ target }: Builder, app: FilledResource): PlistDictionary {
  const { os, enrollmentKind } = target;
  const isMac = os === 'macOS';
  const flags =
    (app.is('removeAtWipe') ? removedWithManagement : 0) + (app.is('backup') || isMac ? 0 : leftOutOfBackups);
  const license = app.text('license');
  return dictionary({
    RequestType: isMac && license === undefined ? 'InstallEnterpriseApplication' : 'InstallApplication',
    iTunesStoreID: license === undefined ? undefined : Number(app.get('appStoreId')),
    Options: license === undefined ? undefined : { PurchaseMethod: license === 'none' ? 0 : 1 },
    ManifestURL: app.text('manifest'),
    ManagementFlags: flags === 0 ? undefined : flags,
    // An app that the user has already is taken over; the system asks where it must.
    ChangeManagementState: enrollmentKind === 'user' ? undefined : 'Managed',
    InstallAsManaged: isMac ? true : undefined,
  });
}
