import {
  AvailableCommands,
  Command,
  CommandCancellation,
  CommandPreview,
  CommandPreviewQuestion,
  LocationLook,
  LocationPlaces,
  NewCommand,
  NewCommands,
  QueuedCommands,
} from '@gatehouse/contracts/admin/commands.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import type { Static } from 'typebox';
import { type AdminRoute, defineRoute, listRoute } from '../../kernel/http/route.ts';
import { listAvailableCommands, previewCommand } from './available-commands.ts';
import { cancelCommand } from './cancel-command.ts';
import type { CommandDeps } from './command-deps.ts';
import { getCommand, listCommands } from './list-commands.ts';
import { lookAtLocation } from './look-at-location.ts';
import { mostDevices, queueCommand, queueCommands } from './queue-command.ts';

const tag = 'commands';

function orderOf({ name, params, reason, channel, expiresInSeconds }: Static<typeof NewCommand>) {
  return {
    name,
    params,
    reason,
    channel,
    expiresInMs: expiresInSeconds === undefined ? undefined : expiresInSeconds * 1_000,
  };
}

export const commandRoutes = (deps: CommandDeps): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/devices/:deviceId/available-commands',
    operation: 'listAvailableCommands',
    tag,
    summary: 'Show which commands the caller could send to a device now, and why not the others',
    description:
      'By the same questions that an order is asked: the permission, the state of the device, what its platform can do, and the guard over what destroys or tracks.',
    access: { permission: 'devices.read' },
    params: { deviceId: Id },
    response: { 200: AvailableCommands },
    handle: ({ principal, params: { deviceId } }) => listAvailableCommands(deps, principal, deviceId),
  }),
  listRoute({
    path: '/devices/:deviceId/commands',
    operation: 'listCommands',
    tag,
    summary: 'List the commands of a device, newest first',
    access: { permission: 'commands.read' },
    params: { deviceId: Id },
    item: Command,
    handle: ({ principal, params: { deviceId }, page }) => listCommands(deps, principal, deviceId, page),
  }),
  defineRoute({
    method: 'POST',
    path: '/devices/:deviceId/location-looks',
    operation: 'lookAtLocation',
    tag,
    summary: 'Look where a device was last',
    description:
      'Every look is recorded, and shown to the user of the device. Of devices that are not corporate it takes the right to locate these.',
    access: { permission: 'devices.facts.sensitive.read' },
    params: { deviceId: Id },
    body: LocationLook,
    response: { 200: LocationPlaces },
    example: {},
    handle: ({ principal, params: { deviceId }, body }) =>
      lookAtLocation(deps, principal, { deviceId, ...body }),
  }),
  defineRoute({
    method: 'POST',
    path: '/devices/:deviceId/commands',
    operation: 'queueCommand',
    tag,
    summary: 'Send a command to a device',
    description:
      'It waits for the device until its deadline. What destroys data stands under a budget; personal devices are protected.',
    access: { authenticated: 'each command needs a permission of its own, which the use-case asks for' },
    params: { deviceId: Id },
    body: NewCommand,
    response: { 201: Command },
    idempotency: 'with-work',
    example: { name: 'refresh-device' },
    handle: ({ principal, params: { deviceId }, body, transact }) =>
      queueCommand(deps, principal, { deviceId, ...orderOf(body) }, { transact }),
  }),
  defineRoute({
    method: 'POST',
    path: '/commands',
    operation: 'queueCommands',
    tag,
    summary: 'Send a command to many devices',
    description:
      `To at most ${mostDevices} at once, in one transaction. What stands against one of them concerns that one alone: its item ` +
      'says so, and the others are sent the command. A device that is named twice is sent it once.',
    access: { authenticated: 'each command needs a permission of its own, which the use-case asks for' },
    body: NewCommands,
    response: { 200: QueuedCommands },
    idempotency: 'with-work',
    example: { deviceIds: ['01930000-0000-7000-8000-000000000000'], name: 'refresh-device' },
    handle: ({ principal, body: { deviceIds, ...body }, transact }) =>
      queueCommands(deps, principal, { deviceIds, ...orderOf(body) }, { transact }),
  }),
  defineRoute({
    method: 'POST',
    path: '/command-previews',
    operation: 'previewCommand',
    tag,
    summary: 'Show what would come of a command for each of many devices, without ordering it',
    access: { permission: 'devices.read' },
    body: CommandPreviewQuestion,
    response: { 200: CommandPreview },
    example: { deviceIds: ['01930000-0000-7000-8000-000000000000'], name: 'refresh-device' },
    handle: ({ principal, body }) => previewCommand(deps, principal, body),
  }),
  defineRoute({
    method: 'GET',
    path: '/commands/:commandId',
    operation: 'getCommand',
    tag,
    summary: 'Show a command and its result',
    access: { permission: 'commands.read' },
    params: { commandId: Id },
    response: { 200: Command },
    handle: ({ principal, params: { commandId } }) => getCommand(deps, principal, commandId),
  }),
  defineRoute({
    method: 'POST',
    path: '/commands/:commandId/cancel',
    operation: 'cancelCommand',
    tag,
    summary: 'Withdraw a command that the device has not received yet',
    access: { permission: 'commands.cancel' },
    params: { commandId: Id },
    body: CommandCancellation,
    response: { 200: Command },
    example: {},
    handle: ({ principal, params: { commandId }, body: { reason } }) =>
      cancelCommand(deps, principal, commandId, reason),
  }),
];
