// An Apple device that answers commands as the simulated one does, over the connection of the test world: what it is asked is held
// against Apple's schema, and its state shows what came of it.
import assert from 'node:assert/strict';
import { hasErrors, validateCommand } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { AppleCommand } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { Ownership } from '@gatehouse/core/devices/device.ts';
import { carryOut } from '@gatehouse/simulators/apple/carry-out.ts';
import { type DeviceOptions, type DeviceState, newAppleDevice } from '@gatehouse/simulators/apple/index.ts';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import { type AppleDevice, type AppleWorld, commandIn } from './apple-world.ts';

export interface LivingDevice {
  readonly device: AppleDevice;
  readonly state: DeviceState;
  readonly deviceId: string;
  /** Polls, and carries out what it is given until there is nothing more. @returns what it was asked, in order. */
  talk(): Promise<readonly AppleCommand[]>;
}

export interface LivingOptions extends DeviceOptions {
  readonly ownership?: Ownership;
  /** Rights that its profile asked for; all by default. */
  readonly accessRights?: number;
  readonly enrollmentKind?: 'device' | 'automated' | 'user';
}

let count = 0;

/** Enrolled, and asked for its inventory where the world does that. */
export async function enrolLiving(
  world: AppleWorld,
  fleet: TestFleet,
  { ownership = 'corporate', accessRights = 8191, enrollmentKind, ...options }: LivingOptions = {},
): Promise<LivingDevice> {
  count += 1;
  const state = newAppleDevice(`living ${count}`, { automated: enrollmentKind === 'automated', ...options });
  const isMac = state.model.family === 'mac';
  const device = await world.newDevice(fleet, {
    platform: (isMac ? 'macos' : 'ios') as never,
    udid: state.udid,
  });
  const { deviceId } = device;
  await world.query('update devices set ownership = $2 where device_id = $1', [deviceId, ownership]);
  await world.query(
    `insert into apple_enrollments (organization_id, device_id, topic, server_url, sign_message, access_rights, capabilities, handed_out_at)
     values ($1, $2, 't', 'https://x', false, $3, '{}', now())`,
    [fleet.organizationId, deviceId, accessRights],
  );
  const said = {
    DeviceName: state.name,
    ModelName: state.model.modelName,
    ProductName: state.model.product,
    OSVersion: state.systemVersion,
    BuildVersion: state.build,
    SerialNumber: state.serialNumber,
  };
  await device.authenticate(said);
  await device.tokenUpdate(isMac ? {} : { UnlockToken: state.unlockToken });
  if (enrollmentKind !== undefined) {
    await world.query('update apple_channels set enrollment_kind = $2 where device_id = $1', [
      deviceId,
      enrollmentKind,
    ]);
  }
  state.profiles.set('net.gatehouse.enrollment', {
    identifier: 'net.gatehouse.enrollment',
    uuid: 'UUID',
    displayName: 'Management',
    removalDisallowed: false,
    managed: true,
    payloads: [],
  });
  const target = {
    platform: isMac ? 'macOS' : 'iOS',
    osVersion: state.systemVersion,
    supervised: state.supervised,
    enrollmentKind: enrollmentKind ?? 'device',
    channel: 'device',
    accessRights,
  } as const;
  const reach = {
    installProfile: () => Promise.resolve(),
    removeProfile: (identifier: string) => Promise.resolve(state.profiles.delete(identifier)),
    synchronize: () => Promise.resolve(),
  };
  async function talk(): Promise<readonly AppleCommand[]> {
    const asked: AppleCommand[] = [];
    let reply = await device.poll();
    while (reply.status === 200 && reply.body.length > 0) {
      const command = commandIn(reply);
      const { requestType, payload, commandUuid } = command;
      const problems = validateCommand({ ...payload, RequestType: requestType }, target);
      assert.ok(!hasErrors(problems), `${requestType}: ${JSON.stringify(problems)}`);
      asked.push(command);
      const outcome = await carryOut(state, command, reach);
      reply = await device.report({
        status: outcome.status,
        commandUuid,
        errorChain: outcome.errors,
        response: outcome.response,
      });
      await outcome.afterwards?.();
      assert.ok(asked.length < 500, 'it never ends');
    }
    return asked;
  }
  return { device, state, deviceId, talk };
}
