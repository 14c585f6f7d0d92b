// What policies mean for a mail client, kept by the version of all that applies to a device: made when somebody first asks, in the
// statement of everybody afterwards. Documents are named by their content, so a process may remember them for good.
import { mailPolicy, type MailPolicy, mailPolicyVersion } from '@gatehouse/core/mail/mail-policy.ts';
import { platformOfMailDevice } from '@gatehouse/core/mail/link-evidence.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import { type EffectivePolicy, resolveForDevice, resolveForUser } from '../policies/index.ts';
import {
  insertMailPolicy,
  selectMailPolicy,
  selectPolicyOfSource,
  selectPolicySubject,
  updatePolicySource,
} from './mail-policy-queries.ts';

export interface NamedMailPolicy {
  readonly version: string;
  readonly document: MailPolicy;
}

export interface PolicyMemory {
  /** @param of `version` as the statement found it; null: it must be made, or looked up again. */
  find(
    organizationId: string,
    of: {
      readonly mailDeviceId: string;
      /** The enrolled device that it is, and the version of all that applies to that. */
      readonly link: { readonly deviceId: string; readonly source: string } | null;
      readonly version: string | null;
    },
  ): Promise<NamedMailPolicy | null>;
}

const remembered = 2_000;
const awaitedMs = 5_000;

/** One per process. */
export function createPolicyMemory(deps: {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
}): PolicyMemory {
  const documents = new Map<string, MailPolicy>();
  const remember = (policy: NamedMailPolicy): NamedMailPolicy => {
    if (documents.size >= remembered) documents.clear();
    documents.set(policy.version, policy.document);
    return policy;
  };
  const inTenant = <T>(organizationId: string, work: (tx: TenantTx) => Promise<T>) =>
    deps.database.withTenant(organizationId, work);

  async function make(
    organizationId: string,
    mailDeviceId: string,
    deviceId: string | null,
  ): Promise<NamedMailPolicy | null> {
    const made = await inTenant(organizationId, (tx) =>
      makeMailPolicy(tx, { mailDeviceId, deviceId }, new Date(deps.clock.now())),
    );
    return made === null ? null : remember(made);
  }

  /** A change of policies brings all devices back at once, most with one source: one of them makes it, the others read it. */
  const making = new Map<string, Promise<unknown>>();

  /**
   * While a device still has to be evaluated after a change, the version that is stored of it is one that nothing has any more. What was
   * found for it holds for some seconds.
   */
  const awaited = new Map<string, { readonly policy: NamedMailPolicy; readonly until: number }>();

  async function ofLink(
    organizationId: string,
    mailDeviceId: string,
    link: { readonly deviceId: string; readonly source: string },
  ): Promise<NamedMailPolicy | null> {
    const key = `${link.deviceId} ${link.source}`;
    const known = awaited.get(key);
    const now = deps.clock.now();
    if (known !== undefined && now < known.until) return known.policy;
    const policy = await makeOnce(organizationId, mailDeviceId, link);
    if (awaited.size >= remembered) awaited.clear();
    if (policy !== null) awaited.set(key, { policy, until: now + awaitedMs });
    return policy;
  }

  async function makeOnce(
    organizationId: string,
    mailDeviceId: string,
    { deviceId, source }: { readonly deviceId: string; readonly source: string },
  ): Promise<NamedMailPolicy | null> {
    const key = `${organizationId} ${source}`;
    const under = making.get(key);
    if (under !== undefined) {
      await under.catch(() => undefined);
      const stored = await inTenant(organizationId, (tx) => selectPolicyOfSource(tx, source));
      if (stored !== undefined) return remember(stored);
    }
    const made = make(organizationId, mailDeviceId, deviceId);
    if (under === undefined) {
      const settled = made.finally(() => making.delete(key));
      settled.catch(() => undefined);
      making.set(key, settled);
    }
    return made;
  }

  return {
    async find(organizationId, { mailDeviceId, link, version }) {
      if (version !== null) {
        const document = documents.get(version);
        if (document !== undefined) return { version, document };
        const stored = await inTenant(organizationId, (tx) => selectMailPolicy(tx, version));
        if (stored !== undefined) return remember({ version, document: stored });
      }
      return link === null
        ? make(organizationId, mailDeviceId, null)
        : ofLink(organizationId, mailDeviceId, link);
    },
  };
}

async function makeMailPolicy(
  tx: TenantTx,
  { mailDeviceId, deviceId }: { readonly mailDeviceId: string; readonly deviceId: string | null },
  now: Date,
): Promise<NamedMailPolicy | null> {
  if (deviceId !== null) return store(tx, await resolveForDevice(tx, deviceId), now);
  const subject = await selectPolicySubject(tx, mailDeviceId);
  if (subject === undefined) return null;
  const platform = platformOfMailDevice({ deviceType: subject.device_type, userAgent: subject.user_agent });
  const effective = await resolveForUser(tx, subject.user_id, platform ?? null);
  await updatePolicySource(tx, mailDeviceId, effective.version, subject.policy_epoch);
  return store(tx, effective, now);
}

async function store(tx: TenantTx, effective: EffectivePolicy, now: Date): Promise<NamedMailPolicy> {
  const document = mailPolicy(effective.resolved.values);
  const version = mailPolicyVersion(document);
  await insertMailPolicy(tx, { sourceVersion: effective.version, version, document, at: now });
  return { version, document };
}
