import {
  Device,
  DeviceChanges,
  DeviceFacts,
  DeviceFilter,
  EscrowKind,
  EscrowList,
  EscrowReveal,
  EscrowValues,
  FactChange,
  HardwareBlock,
  ManyDeviceChanges,
  ManyDevicesReport,
  NewHardwareBlock,
  OwnershipImportReport,
  StandingChange,
} from '@gatehouse/contracts/admin/devices.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { factNames } from '@gatehouse/core/facts/catalogue.ts';
import { scans } from '@gatehouse/core/facts/types.ts';
import { Type } from 'typebox';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { barByAdministrator, unbarByAdministrator } from './bar-device.ts';
import { changeDevices, previewDeviceChanges } from './change-devices.ts';
import { blockDevice, deleteDevice, unblockDevice, unmanageDevice } from './change-standing.ts';
import type { DeviceDeps } from './device-deps.ts';
import { addHardwareBlock, listHardwareBlocks, removeHardwareBlock } from './hardware-blocks.ts';
import { importOwnership } from './import-ownership.ts';
import { getDevice, listDevices } from './list-devices.ts';
import { readFactHistory, readFacts } from './read-facts.ts';
import { listEscrow, revealEscrow, type RevealDeps } from './reveal-escrow.ts';
import { updateDevice } from './update-device.ts';

const tag = 'devices';
const params = { deviceId: Id };

export const deviceRoutes = (deps: DeviceDeps & RevealDeps): AdminRoute[] => [
  listRoute({
    path: '/devices',
    operation: 'listDevices',
    tag,
    summary: 'List devices, or find them by any identifier',
    access: { permission: 'devices.read' },
    query: DeviceFilter,
    item: Device,
    handle: ({ principal, query: { compliant, ...query }, page, request }) =>
      listDevices(
        deps,
        principal,
        { ...query, compliant: compliant === undefined ? undefined : compliant === 'true' },
        page,
        request.language,
      ),
  }),
  defineRoute({
    method: 'GET',
    path: '/devices/:deviceId',
    operation: 'getDevice',
    tag,
    summary: 'Show a device',
    access: { permission: 'devices.read' },
    params,
    response: { 200: Device },
    edited: ['name', 'assetNumber', 'user', 'ownership'],
    handle: ({ principal, params: { deviceId }, request }) =>
      getDevice(deps, principal, deviceId, request.language),
  }),
  defineRoute({
    method: 'PATCH',
    path: '/devices/:deviceId',
    operation: 'updateDevice',
    tag,
    summary: 'Change the name, asset number, user or ownership of a device',
    access: { permission: 'devices.update' },
    params,
    body: DeviceChanges,
    response: { 200: Device },
    example: { name: 'Reception' },
    handle: async ({ principal, params: { deviceId }, body, request }) => {
      await updateDevice(deps, principal, deviceId, body);
      return getDevice(deps, principal, deviceId, request.language);
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/devices/:deviceId',
    operation: 'deleteDevice',
    tag,
    summary: 'Forget a device and everything known of it',
    description:
      'Its certificates are revoked. Nothing is removed from the device: send selective-wipe for that.',
    access: { permission: 'devices.delete' },
    params,
    response: { 204: null },
    handle: ({ principal, params: { deviceId } }) => deleteDevice(deps, principal, deviceId),
  }),
  ...(
    [
      ['block', 'blockDevice', 'Shut a device out of everything, until it is unblocked', blockDevice],
      ['unblock', 'unblockDevice', 'Let a blocked device in again', unblockDevice],
      ['unmanage', 'unmanageDevice', 'End the management of a device from this side', unmanageDevice],
      ['bar', 'barDevice', 'Shut every gate for a device that may still be talked to', barByAdministrator],
      ['unbar', 'unbarDevice', 'Let a device that was barred pass the gates again', unbarByAdministrator],
    ] as const
  ).map(([verb, operation, summary, change]) =>
    defineRoute({
      method: 'POST',
      path: `/devices/:deviceId/${verb}`,
      operation,
      tag,
      summary,
      access: { permission: 'devices.delete' },
      params,
      body: StandingChange,
      response: { 200: Device },
      example: {},
      handle: async ({ principal, params: { deviceId }, body, request }) => {
        await change(deps, principal, deviceId, body.reason);
        return getDevice(deps, principal, deviceId, request.language);
      },
    }),
  ),
  defineRoute({
    method: 'GET',
    path: '/devices/:deviceId/facts',
    operation: 'readDeviceFacts',
    tag,
    summary: 'Show what is known of a device',
    description: 'Personal and sensitive facts need rights of their own, and reading them is recorded.',
    access: { permission: 'devices.facts.read' },
    params,
    query: {
      scan: Type.Optional(Type.Enum([...scans])),
      without: Type.Optional(
        Type.Enum(['sensitive', 'personal'], {
          description:
            'Leave out where the device is, or everything that concerns a person: what is not shown is not on record as seen.',
        }),
      ),
    },
    response: { 200: DeviceFacts },
    handle: ({ principal, params: { deviceId }, query: { scan, without } }) =>
      readFacts(deps, principal, deviceId, {
        scans: scan === undefined ? undefined : [scan],
        leaveOut: without === 'personal' ? ['personal', 'sensitive'] : without && [without],
      }),
  }),
  listRoute({
    path: '/devices/:deviceId/history',
    operation: 'listFactChanges',
    tag,
    summary: 'Show how the facts of a device changed, newest first',
    access: { permission: 'devices.facts.read' },
    params,
    query: { fact: Type.Optional(Type.Enum([...factNames])) },
    item: FactChange,
    handle: ({ principal, params: { deviceId }, query: { fact }, page }) =>
      readFactHistory(deps, principal, deviceId, fact, page),
  }),
  defineRoute({
    method: 'GET',
    path: '/devices/:deviceId/escrow',
    operation: 'listEscrow',
    tag,
    summary: 'Show which keys and passwords of a device are in escrow, without their values',
    access: { permission: 'devices.read' },
    params,
    response: { 200: EscrowList },
    handle: ({ principal, params: { deviceId } }) => listEscrow(deps, principal, deviceId),
  }),
  defineRoute({
    method: 'POST',
    path: '/devices/:deviceId/escrow/:kind/reveal',
    operation: 'revealEscrow',
    tag,
    summary: 'Read a key or password that is in escrow',
    description: 'Every reading is recorded with its reason.',
    access: { permission: 'devices.secrets.reveal' },
    params: { ...params, kind: EscrowKind },
    body: EscrowReveal,
    response: { 200: EscrowValues },
    example: { reason: 'The user has forgotten the password of the disk.' },
    handle: ({ principal, params: { deviceId, kind }, body: { reason } }) =>
      revealEscrow(deps, principal, { deviceId, kind, reason }),
  }),
  ...(
    [
      ['', 'changeDevices', 'Change the user or ownership of many devices', changeDevices],
      ['/preview', 'previewDeviceChanges', 'Say what that would change', previewDeviceChanges],
    ] as const
  ).map(([more, operation, summary, handle]) =>
    defineRoute({
      method: 'POST',
      path: `/devices/changes${more}`,
      operation,
      tag,
      summary,
      description: 'Each device is answered.',
      access: { permission: 'devices.update' },
      body: ManyDeviceChanges,
      response: { 200: ManyDevicesReport },
      example: { deviceIds: ['01930000-0000-7000-8000-000000000000'], changes: { userId: null } },
      handle: ({ principal, body }) => handle(deps, principal, body),
    }),
  ),
  defineRoute({
    method: 'POST',
    path: '/devices/ownership-import',
    operation: 'importOwnership',
    tag,
    summary: 'Declare the ownership of many devices',
    description:
      'A CSV file with the columns identifier (serial number, MAC address, UDID, IMEI, MEID, GUID or host name) and ownership. Each line is answered.',
    access: { permission: 'devices.ownership' },
    upload: 'text/csv',
    bodyLimit: 50 * 1024 * 1024,
    response: { 200: OwnershipImportReport },
    handle: ({ principal, upload }) => importOwnership(deps, principal, upload),
  }),
  listRoute({
    path: '/hardware-blocks',
    operation: 'listHardwareBlocks',
    tag,
    summary: 'List hardware that may not enrol, newest first',
    access: { permission: 'devices.read' },
    item: HardwareBlock,
    handle: ({ principal, page }) => listHardwareBlocks(deps, principal, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/hardware-blocks',
    operation: 'addHardwareBlock',
    tag,
    summary: 'Shut hardware out: it cannot enrol, and passes no gate if it does',
    access: { permission: 'devices.delete' },
    body: NewHardwareBlock,
    response: { 201: HardwareBlock },
    example: { kind: 'serial', value: 'C02XY1234567', reason: 'Stolen before it was handed out.' },
    handle: ({ principal, body }) => addHardwareBlock(deps, principal, body),
  }),
  defineRoute({
    method: 'DELETE',
    path: '/hardware-blocks/:blockId',
    operation: 'removeHardwareBlock',
    tag,
    summary: 'Let hardware enrol again',
    access: { permission: 'devices.delete' },
    params: { blockId: Id },
    response: { 204: null },
    handle: ({ principal, params: { blockId } }) => removeHardwareBlock(deps, principal, blockId),
  }),
];
