import { days, defineCommand } from './define-command.ts';

/** The server orders it before the certificate ends; people do when it must not wait. */
export const renewIdentity = defineCommand({
  name: 'renew-identity',
  title: 'Renew the certificate by which the device is known',
  permission: 'devices.refresh',
  params: {},
  audit: { show: [], redact: [] },
  expiresAfterMs: days(30),
});
