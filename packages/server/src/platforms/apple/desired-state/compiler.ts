// Compiles for many devices: what several of them have alike is built once.
import type { ResolvedResources } from '@gatehouse/core/resources/resolve.ts';
import type { VariableValues } from '@gatehouse/core/resources/variables.ts';
import type { Settings } from '@gatehouse/core/settings/catalogue.ts';
import { compareVersions } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { EffectivePolicy } from '../../../modules/policies/index.ts';
import { compileResource, compileSettings } from './compile.ts';
import type { CompileInput, CompileTarget, Desired, OpenResource } from './desired.ts';
import type { DeviceRow } from './device-queries.ts';
import { targetOf, variablesOf } from './device-target.ts';
import { resourceIdentifier } from './identifiers.ts';
import type { ItemRow } from './item-queries.ts';
import { merge } from './merge.ts';
import { namedIn, type Opened } from './open-resources.ts';
import { demandedVersion, systemUpdateIdentifier } from './settings-items.ts';

const leastMinutesToUpdate = 24 * 60;

/** What several devices have alike is compiled once: settings by policy and kind of device, a resource unless it is personal. */
export class Compiler {
  readonly #common: Pick<CompileInput, 'hash' | 'assetUrl' | 'escrow'>;
  readonly #open: Opened;
  readonly #known = new Map<string, Desired>();

  constructor(common: Pick<CompileInput, 'hash' | 'assetUrl' | 'escrow'>, open: Opened) {
    this.#common = common;
    this.#open = open;
  }

  compile(
    device: DeviceRow,
    policy: EffectivePolicy | undefined,
    resolved: ResolvedResources | undefined,
    had: readonly ItemRow[],
    now: number,
  ): Desired {
    const target = targetOf(device);
    const { organization } = device;
    const input = { ...this.#common, target, organization };
    const { values, updateBy, order } = withOrderedUpdate(
      target,
      policy?.resolved.values ?? {},
      updateTime(target, policy, had, now),
      device.ordered_update ?? undefined,
    );
    const kind = JSON.stringify(target);
    const name = `settings/${policy?.resolved.version ?? ''}/${order}/${updateBy ?? 0}/${kind}`;
    const settings = this.#once(name, () => compileSettings({ ...input, settings: values, updateBy }));
    const why = whyWithheld(device);
    const parts = (resolved?.resources ?? []).flatMap(({ resourceId, name }) => {
      if (why !== undefined) return [withheld(resourceId, name, why)];
      const resource = this.#open.byId.get(resourceId);
      if (resource === undefined) return [];
      const named = this.#named(resource);
      const personal = [resourceId, ...named.keys()].some((id) => this.#open.personal.has(id));
      const build = (variables: VariableValues) => compileResource({ ...input, named, variables }, resource);
      return [personal ? build(variablesOf(device)) : this.#once(`${resourceId}/${kind}`, () => build({}))];
    });
    return merge([settings, ...parts]);
  }

  #named({ fields }: OpenResource): ReadonlyMap<string, OpenResource> {
    return new Map(
      namedIn(fields).flatMap((id) => {
        const found = this.#open.byId.get(id);
        return found ? [[id, found] as const] : [];
      }),
    );
  }

  #once(key: string, build: () => Desired): Desired {
    const known = this.#known.get(key) ?? build();
    this.#known.set(key, known);
    return known;
  }
}

/** What one device was ordered to have beside what its policy demands: the newer of the two, by the earlier time. */
function withOrderedUpdate(
  { os, osVersion }: CompileTarget,
  values: Settings,
  updateBy: number | undefined,
  ordered: { readonly version: string; readonly by: number } | undefined,
): { readonly values: Settings; readonly updateBy: number | undefined; readonly order: string } {
  const unchanged = { values, updateBy, order: '' };
  if (ordered === undefined || osVersion === undefined || compareVersions(osVersion, ordered.version) >= 0)
    return unchanged;
  const demanded = demandedVersion(values, os);
  if (demanded !== undefined && compareVersions(demanded, ordered.version) >= 0)
    return { ...unchanged, updateBy: Math.min(updateBy ?? ordered.by, ordered.by) };
  const name = os === 'macOS' ? 'os.minimum-version.macos' : 'os.minimum-version.ios';
  return { values: { ...values, [name]: ordered.version }, updateBy: ordered.by, order: ordered.version };
}

/** When the time to mend it is over, nothing of the organization stays on the device (PWD-04); what comes back needs no order. */
function whyWithheld({ removal, secured }: DeviceRow): string | undefined {
  if (secured) return 'the device is in the secured group; when it leaves that, this comes back';
  if (removal === null) return undefined;
  if (removal.rule === 'passcode' && removal.name === null)
    return 'the device has no passcode as its policy demands; with one this comes back';
  return `the rule “${removal.name ?? removal.rule}” is broken; when it is met again, this comes back`;
}

function withheld(resourceId: string, name: string, why: string): Desired {
  const source = { kind: 'resource', id: resourceId, name } as const;
  const identifier = resourceIdentifier(resourceId);
  return { items: [], withheld: [{ channel: 'device', form: 'profile', identifier, source, why }] };
}

/** Counted from the moment in which the device was first asked for this version; at least a day is left to its user. */
function updateTime(
  { os, osVersion }: CompileTarget,
  policy: EffectivePolicy | undefined,
  had: readonly ItemRow[],
  now: number,
): number | undefined {
  const settings = policy?.resolved.values ?? {};
  const version = demandedVersion(settings, os);
  if (version === undefined || osVersion === undefined || compareVersions(osVersion, version) >= 0)
    return undefined;
  const identifier = systemUpdateIdentifier(version);
  const since = had.find((row) => row.identifier === identifier)?.wanted_since?.getTime() ?? now;
  const minutes = Math.max(leastMinutesToUpdate, settings['os.grace-minutes'] ?? 0);
  return Math.ceil(since / 60_000) * 60_000 + minutes * 60_000;
}
