/** Apps as a simulated device has them: who installed them, whether they stay, and what they find as their configuration. */
import { isDictionary, type PlistDictionary, readPlist } from '@gatehouse/protocols/plist/index.ts';
import { seededRandom } from '../agent/seeded-random.ts';
import type { Declaration, DeviceState, InstalledApp } from './device-state.ts';

const removedWithManagement = 1;

/** What an app of which only the store’s number or an address is known calls itself. */
export function bundleIdOf(source: { readonly storeId?: unknown; readonly manifest?: unknown }): string {
  return source.storeId === undefined
    ? `manifest.${seededRandom(String(source.manifest)).hex(8)}`
    : `store.${String(source.storeId)}`;
}

/** InstallApplication and its kin: one that is there already gets the flags and, if there is one, the configuration. */
export function installManaged(device: DeviceState, identifier: string, payload: PlistDictionary): void {
  const flags = typeof payload.ManagementFlags === 'number' ? payload.ManagementFlags : 0;
  const before = device.apps.get(identifier);
  const configuration = dictionaryIn(payload.Configuration) ?? before?.configuration;
  device.apps.set(identifier, {
    ...fresh(identifier),
    ...before,
    managed: true,
    stays: flags % 2 !== removedWithManagement,
    ...(configuration === undefined ? {} : { configuration }),
  });
}

/** The setting ApplicationConfiguration. @returns why not. */
export function configureManaged(device: DeviceState, setting: PlistDictionary): string | undefined {
  const app = device.apps.get(String(setting.Identifier));
  if (app?.managed !== true || app.declaredBy !== undefined) return 'The app is not managed.';
  const { configuration: _before, ...rest } = app;
  const configuration = dictionaryIn(setting.Configuration);
  device.apps.set(app.identifier, { ...rest, ...(configuration === undefined ? {} : { configuration }) });
  return undefined;
}

/** An app.managed declaration takes effect. @param asset the configuration that it refers to. */
export function declareApp(
  device: DeviceState,
  { identifier: declaredBy, payload }: Declaration,
  asset: Uint8Array | undefined,
): void {
  const identifier = bundleIdOf({ storeId: payload.AppStoreID, manifest: payload.ManifestURL });
  const value = asset && readPlist(asset);
  const configuration = dictionaryIn(value);
  const { configuration: _before, ...before } = device.apps.get(identifier) ?? fresh(identifier);
  device.apps.set(identifier, {
    ...before,
    managed: true,
    stays: false,
    declaredBy,
    ...(configuration === undefined ? {} : { configuration }),
  });
}

export function dropDeclaredApp(device: DeviceState, declaredBy: string): void {
  for (const app of device.apps.values()) {
    if (app.declaredBy === declaredBy) device.apps.delete(app.identifier);
  }
}

/** Management is over: what came with it goes, save what was installed to stay, which is its user’s from now on. */
export function endManagementOfApps(device: DeviceState): void {
  for (const { configuration: _gone, ...app } of device.apps.values()) {
    if (!app.managed) continue;
    if (app.stays === true) device.apps.set(app.identifier, { ...app, managed: false });
    else device.apps.delete(app.identifier);
  }
}

const fresh = (identifier: string): InstalledApp => ({
  identifier,
  name: identifier,
  version: '1.0',
  bytes: 12_000_000,
  managed: true,
});

function dictionaryIn(value: unknown): PlistDictionary | undefined {
  return isDictionary(value as never) ? (value as PlistDictionary) : undefined;
}
