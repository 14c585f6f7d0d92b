import { bundleIdentifier } from './bundle-identifier.ts';
import { days, defineCommand } from './define-command.ts';

/**
 * From the platform's store by its number or identifier, or from a manifest that says where a package of our own is; or as
 * resources assign it, and then everything but its identifier comes from there.
 */
export const installApp = defineCommand({
  name: 'install-app',
  title: 'Install an app',
  permission: 'devices.apps',
  params: {
    storeId: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, optional: true },
    bundleId: { ...bundleIdentifier, optional: true },
    manifestUrl: { type: 'https-url', optional: true },
    /** It stays when management ends; without, it goes with it and so does its data (WIP-09). */
    keepAfterManagement: { type: 'boolean', optional: true },
    /** Its data is left out of backups (RST-05). */
    preventBackup: { type: 'boolean', optional: true },
    /** The user has it already: it is taken under management, if he agrees where he must be asked. */
    takeOver: { type: 'boolean', optional: true },
    configuration: { type: 'object', maximumBytes: 16_384, optional: true },
    /** As a resource assigns it to the device; ordered by what the device should have, and by people to have it sent again. */
    assigned: { type: 'boolean', optional: true },
    /** Of an assigned app: names the content; absent: what the device should have now. */
    content: { type: 'text', maximumLength: 64, optional: true },
  },
  check({ storeId, bundleId, manifestUrl, assigned, content, ...how }) {
    if ([storeId, bundleId, manifestUrl].filter((source) => source !== undefined).length !== 1)
      return 'An app is named by exactly one of: storeId, bundleId, manifestUrl.';
    if (assigned !== true) return content === undefined ? undefined : 'content is of assigned apps.';
    return bundleId !== undefined && Object.keys(how).length === 0
      ? undefined
      : 'An assigned app is named by its bundleId; everything else comes from the resource.';
  },
  audit: {
    show: ['storeId', 'bundleId', 'keepAfterManagement', 'preventBackup', 'takeOver', 'assigned', 'content'],
    redact: ['manifestUrl', 'configuration'],
  },
  expiresAfterMs: days(7),
});
