// Why a device has or lacks access, now or at a moment in the past (idea 2, CMP-21).
import { explain, type Explanation } from '@gatehouse/core/compliance/explain.ts';
import type { Access, Gate } from '@gatehouse/core/compliance/gate.ts';
import { type EvaluationSummary, summarizeStanding } from '@gatehouse/core/compliance/summarize.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { factDefinition, type FactName, isFactName } from '@gatehouse/core/facts/catalogue.ts';
import { permissionToSee } from '@gatehouse/core/facts/fact-rights.ts';
import { selectFacts } from '@gatehouse/core/facts/select.ts';
import type { Language } from '@gatehouse/core/languages.ts';
import type { Telling } from '@gatehouse/core/network-access/explain-telling.ts';
import type { NetworkDecision } from '@gatehouse/core/network-access/reply-rules.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { noSuchDevice } from '../devices/index.ts';
import { resolveForDevice } from '../policies/index.ts';
import { findRuleVersions } from '../rules/index.ts';
import { type ExplainedOrigins, explainOrigins } from './explain-origins.ts';
import { composePosture, contextOf, evaluatedScans, exceptionsOf } from './posture.ts';
import { findChangeAt, loadRows } from './queries.ts';
import { furtherFacts, ruleCache } from './rules-of-devices.ts';

export interface ExplainDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
  /** Absent: nothing is known of mail. */
  readonly explainMail?: ExplainMail;
  /** Absent: nobody on the network is told. */
  readonly explainNetwork?: ExplainNetwork;
}

/** A port: what the mail gate says of the mail clients on a device is known to the right of us. */
export type ExplainMail = (
  tx: TenantTx,
  deviceId: string,
  now: number,
  language: Language,
) => Promise<{
  readonly items: readonly {
    readonly mailDeviceId: string;
    readonly type: string;
    readonly access: Access;
    readonly reason: string | null;
    readonly policyVersion: string | null;
    readonly acknowledgedPolicyVersion: string | null;
  }[];
  /** The same, to be read aloud. */
  readonly text: readonly string[];
}>;

/** A port: whom the network gate has told, and what it answered, is known to the integrations. */
export type ExplainNetwork = (
  tx: TenantTx,
  deviceId: string,
  now: number,
  language: Language,
) => Promise<{
  readonly tellings: readonly Telling[];
  readonly lastAnswer: {
    readonly decision: NetworkDecision;
    readonly rule: string | null;
    readonly at: number;
  } | null;
  /** The same, to be read aloud. */
  readonly text: readonly string[];
}>;

export interface DeviceExplanation extends Explanation, ExplainedOrigins {
  readonly deviceId: string;
  /** The moment that is explained, ms since the epoch. */
  readonly at: number;
  /** The version of policy and schedule that held, and the one the device last said it applies (CMP-11, POL-15). */
  readonly policyVersion: string;
  readonly acknowledgedPolicyVersion: string | null;
  /** What the assigned rules said in the versions that held; nothing for who may not read rules. */
  readonly ruleVersions: Awaited<ReturnType<typeof findRuleVersions>>;
  /** Mail clients on the device and what the mail gate says of each; of the past, and of other gates, nothing. */
  readonly mailClients: Awaited<ReturnType<ExplainMail>>['items'];
  /** Who on the network has been told of the decision, and what RADIUS was answered last; of the past, and of other gates, nothing. */
  readonly network: Omit<Awaited<ReturnType<ExplainNetwork>>, 'text'>;
  /** What the user of the device is told, in the same language. */
  readonly userIsTold: EvaluationSummary;
}

type WithoutVersions = Omit<
  DeviceExplanation,
  'ruleVersions' | 'mailClients' | 'network' | keyof ExplainedOrigins
>;

export interface ExplainQuestion {
  /** Only what concerns this gate. */
  readonly gate?: Gate | undefined;
  /** ms since the epoch; absent: now. */
  readonly at?: number | undefined;
  /** Absent: English. */
  readonly language?: Language | undefined;
}

/** @throws DomainError `not-found` for a device, or a moment before which nothing is recorded of it. */
export async function explainDevice(
  deps: ExplainDeps,
  principal: TenantPrincipal,
  deviceId: string,
  { gate, at, language = 'en' }: ExplainQuestion = {},
): Promise<DeviceExplanation> {
  requirePermission(principal, 'devices.explain');
  const now = deps.clock.now();
  const explanation = await deps.database.withTenant(principal.organizationId, async (tx) => {
    const mayShow = (fact: FactName) =>
      factDefinition(fact).privacy === 'technical' || principal.permissions.has(permissionToSee(fact));
    const explained =
      at === undefined || at >= now
        ? await explainNow(tx, deviceId, now, { mayShow, language })
        : await explainPast(tx, deviceId, at, { mayShow, language });
    await recordDisclosure(tx, principal, deviceId, explained, mayShow);
    const named = explained.rules.flatMap(({ ruleId, ruleVersion: version }) =>
      ruleId === null || version === null ? [] : [{ ruleId, version }],
    );
    const mayRead = principal.permissions.has('rules.read');
    const concerns = (other: Gate) => explained.at === now && (gate === undefined || gate === other);
    const [mail, network, origins] = await Promise.all([
      concerns('mail') ? deps.explainMail?.(tx, deviceId, now, language) : undefined,
      concerns('network') ? deps.explainNetwork?.(tx, deviceId, now, language) : undefined,
      explainOrigins(tx, principal, deviceId, explained),
    ]);
    // That there is none is worth a line to whoever asks about mail.
    const says = mail !== undefined && (gate === 'mail' || mail.items.length > 0) ? mail.text : [];
    return {
      ...explained,
      ...origins,
      text: [...explained.text, ...says, ...(network?.text ?? [])],
      ruleVersions: mayRead ? await findRuleVersions(tx, named) : [],
      mailClients: mail?.items ?? [],
      network: { tellings: network?.tellings ?? [], lastAnswer: network?.lastAnswer ?? null },
    };
  });
  return gate === undefined ? explanation : forGate(explanation, gate);
}

type MayShow = (fact: FactName) => boolean;

/** Who reads the explanation: what he may see, and in which language. */
interface Reader {
  readonly mayShow: MayShow;
  readonly language: Language;
}

/** A reading of what concerns a person leaves a trace (ADM-18), also when it is read as evidence. */
async function recordDisclosure(
  tx: TenantTx,
  principal: TenantPrincipal,
  deviceId: string,
  { rules }: Pick<Explanation, 'rules'>,
  mayShow: MayShow,
): Promise<void> {
  const facts = rules.flatMap(({ evidence }) =>
    evidence.flatMap(({ fact, value }) => (isFactName(fact) && value !== 'not shown' ? [fact] : [])),
  );
  const personal = [...new Set(facts)].filter(
    (fact) => factDefinition(fact).privacy !== 'technical' && mayShow(fact),
  );
  if (personal.length === 0) return;
  await recordAudit(tx, {
    actor: principal,
    action: 'devices.read-private-facts',
    target: { kind: 'device', id: deviceId },
    outcome: 'done',
    show: { classes: [...new Set(personal.map((fact) => factDefinition(fact).privacy))], facts: personal },
  });
}

/** Evaluated afresh from what is stored, so that evidence has its present age; the verdicts are those of the stored row. */
async function explainNow(
  tx: TenantTx,
  deviceId: string,
  now: number,
  reader: Reader,
): Promise<WithoutVersions> {
  const [rows, policy] = await Promise.all([
    loadRows(tx, [deviceId], evaluatedScans, { lock: false }),
    resolveForDevice(tx, deviceId),
  ]);
  const [[device], [contact], [before]] = [rows.devices, rows.contacts, rows.postures];
  if (!device || !contact || !before) throw noSuchDevice();
  const rulesFor = ruleCache();
  const further = await furtherFacts(tx, [device], new Map([[deviceId, policy]]), rulesFor);
  const { subject } = composePosture({
    device: contextOf(device, contact, policy),
    exceptions: exceptionsOf(device),
    rules: rulesFor(policy, device.platform),
    facts: selectFacts([...(rows.facts.get(deviceId) ?? []), ...(further.get(deviceId) ?? [])]),
    lastCheckInAt: contact.last_check_in_at?.getTime() ?? null,
    previous: before.evaluation,
    now,
  });
  return {
    deviceId,
    at: now,
    policyVersion: policy.version,
    acknowledgedPolicyVersion: contact.acknowledged_policy_version,
    userIsTold: summarizeStanding(
      { state: device.state, barred: device.bar?.cause ?? null },
      subject.evaluation ?? before.evaluation,
      reader.language,
    ),
    ...explain({ subject: { ...subject, bar: device.bar }, resolved: policy.resolved, now, ...reader }),
  };
}

async function explainPast(
  tx: TenantTx,
  deviceId: string,
  at: number,
  reader: Reader,
): Promise<WithoutVersions> {
  const [change, policy] = await Promise.all([
    findChangeAt(tx, deviceId, new Date(at)),
    resolveForDevice(tx, deviceId),
  ]);
  if (!change) {
    throw new DomainError('not-found', 'Nothing is recorded of this device at that time.', {
      reason: 'before-the-record',
    });
  }
  const { registered, blocked, bar, evaluation } = change;
  // Settings that have changed since are not passed off as the ones that held then.
  const resolved =
    policy.version === change.policy_version
      ? policy.resolved
      : { values: {}, origins: {}, version: change.policy_version };
  return {
    deviceId,
    at,
    policyVersion: change.policy_version,
    acknowledgedPolicyVersion: null,
    userIsTold: summarizeStanding(
      { state: registered ? (blocked ? 'blocked' : 'registered') : 'unmanaged', barred: bar?.cause ?? null },
      evaluation,
      reader.language,
    ),
    ...explain({ subject: { registered, blocked, bar, evaluation }, resolved, now: at, ...reader }),
  };
}

function forGate(explanation: DeviceExplanation, gate: Gate): DeviceExplanation {
  const rules = explanation.rules.filter(
    (rule) => rule.gates.includes(gate) || rule.effects[gate] !== 'allow',
  );
  return { ...explanation, rules, gates: { ...explanation.gates, [gate]: explanation.gates[gate] } };
}
