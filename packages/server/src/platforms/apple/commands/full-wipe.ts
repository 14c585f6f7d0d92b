// Back to the factory. The PIN that a Mac asks for afterwards is in escrow before the Mac has it: nobody else has it then.
import { DomainError } from '@gatehouse/core/errors.ts';
import { compareVersions } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { escrowForCommand } from '../../../modules/devices/index.ts';
import { openContent } from '../desired-state/contents.ts';
import { selectItems } from '../desired-state/item-queries.ts';
import { unmetNeed } from './needs.ts';
import { newPin } from './secrets.ts';
import type { AppleTranslator, CommandOf, Preparation } from './translator.ts';
import type { AppleTarget } from '../apple-target.ts';

const obliterations = {
  default: 'Default',
  never: 'DoNotObliterate',
  'with-warning': 'ObliterateWithWarning',
  always: 'Always',
} as const;

const returning = { since: { iOS: '17.0', tvOS: '18.0' } } as const;

export const fullWipe: AppleTranslator<'full-wipe'> = {
  uses: () => ['EraseDevice'],
  refuses({ params }, target) {
    if (params.returnToService !== true) return undefined;
    if (unmetNeed(returning, target) !== undefined) {
      return 'Only iPhones and iPads from version 17 and Apple TVs from version 18 return to service by themselves.';
    }
    return target.enrollmentKind === 'automated'
      ? undefined
      : 'The device did not come under management by automated enrolment: it would come back without any.';
  },
  async steps(command, target, preparation) {
    const payload = target.os === 'macOS' ? macPayload : devicePayload;
    return [{ requestType: 'EraseDevice', payload: await payload(command, target, preparation) }];
  },
};

async function macPayload(
  { params: { pin, obliteration } }: CommandOf<'full-wipe'>,
  { deviceId, osVersion }: AppleTarget,
  { deps, inside, commandId }: Preparation,
): Promise<PlistDictionary> {
  const place = { deviceId, kind: 'erase-pin' } as const;
  const knows = osVersion === undefined || compareVersions(osVersion, '12.0') >= 0;
  return {
    PIN: await inside((tx) => escrowForCommand(deps, tx, place, commandId, () => pin ?? newPin())),
    ...(obliteration === undefined || !knows ? {} : { ObliterationBehavior: obliterations[obliteration] }),
  };
}

async function devicePayload(
  { params: { keepDataPlan, returnToService, returnThroughWifi } }: CommandOf<'full-wipe'>,
  { deviceId, os }: AppleTarget,
  { deps, inside }: Preparation,
): Promise<PlistDictionary> {
  return {
    ...(keepDataPlan === undefined || os !== 'iOS' ? {} : { PreserveDataPlan: keepDataPlan }),
    ...(returnToService === true
      ? {
          ReturnToService: {
            Enabled: true,
            ...(returnThroughWifi === undefined
              ? {}
              : {
                  WiFiProfileData: await inside((tx) => wifiProfile(deps, tx, deviceId, returnThroughWifi)),
                }),
          },
        }
      : {}),
  };
}

/** The network is one that the device is to have anyhow: its profile is the very one that it would be sent. */
async function wifiProfile(
  deps: Preparation['deps'],
  tx: TenantTx,
  deviceId: string,
  resourceId: string,
): Promise<Uint8Array> {
  const item = (await selectItems(tx, [deviceId])).find(
    ({ form, source_kind: kind, source_id: id }) =>
      form === 'profile' && kind === 'resource' && id === resourceId.toLowerCase(),
  );
  const content = typeof item?.wanted === 'string' ? await openContent(deps, tx, item.wanted) : undefined;
  if (content === undefined) {
    throw new DomainError('unprocessable', 'The network is none of those that the device is to have.');
  }
  return content.bytes;
}
