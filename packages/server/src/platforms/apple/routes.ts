import { AppleDevice } from '@gatehouse/contracts/admin/apple.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import type { Database } from '../../kernel/db/database.ts';
import { type AdminRoute, defineRoute } from '../../kernel/http/route.ts';
import { showAppleDevice } from './show-device.ts';

export const appleDeviceRoutes = (deps: {
  readonly database: Pick<Database, 'withTenant'>;
}): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/devices/:deviceId/apple',
    operation: 'getAppleDevice',
    tag: 'devices',
    summary: 'Show how an Apple device is managed and reached',
    access: { permission: 'devices.read' },
    params: { deviceId: Id },
    response: { 200: AppleDevice },
    handle: ({ principal, params: { deviceId } }) => showAppleDevice(deps, principal, deviceId),
  }),
];
