// The privacy ledger: every fact that is held about a person's devices, with where it comes from, what needs it, and what is not
// collected. Facts of whoever had a device before are not the person's to see (POR-03).
import type { Ledger, LedgerDevice } from '@gatehouse/contracts/my/ledger.ts';
import { ruleKinds } from '@gatehouse/core/compliance/rule-kind.ts';
import { narratorIn } from '@gatehouse/core/compliance/wording/narrate.ts';
import { factDefinition, type FactName, factNames } from '@gatehouse/core/facts/catalogue.ts';
import { type CollectionPolicy, mayCollect } from '@gatehouse/core/facts/privacy.ts';
import { selectFacts } from '@gatehouse/core/facts/select.ts';
import { factAreas, factAreaWords, factWords } from '@gatehouse/core/portal/fact-words.ts';
import { explainDevice } from '../compliance/index.ts';
import { factHistoryLength, readCollectionPolicy, selectCollection } from '../devices/index.ts';
import { readOrganizationName } from '../organizations/index.ts';
import { type Person, type PortalDeps, withRights } from './portal-deps.ts';
import { type HeldFactsRow, type OwnDeviceRow, selectHeldFacts, selectOwnDevices } from './queries.ts';

export async function readLedger(deps: PortalDeps, person: Person): Promise<Ledger> {
  const { principal } = person;
  const read = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const { name } = await readOrganizationName(tx);
      const policy = readCollectionPolicy(await selectCollection(tx));
      const rows = await selectOwnDevices(tx, principal.id);
      const held: { row: OwnDeviceRow; facts: HeldFactsRow[] }[] = [];
      for (const row of rows)
        held.push({ row, facts: await selectHeldFacts(tx, principal.id, row.device_id) });
      return { name, policy, held };
    },
    { readOnly: true },
  );
  const devices: LedgerDevice[] = [];
  for (const { row, facts } of read.held) {
    const needs = await needsOf(deps, person, row.device_id);
    devices.push(presentDevice(person, row, facts, needs, read.policy));
  }
  const newest = read.held.flatMap(({ facts }) => facts.map(({ received_at: at }) => at.getTime()));
  return {
    organization: read.name,
    madeAt: new Date(deps.clock.now()).toISOString(),
    changedAt: newest.length === 0 ? null : new Date(Math.max(...newest)).toISOString(),
    devices,
    kept: { changesPerDevice: factHistoryLength },
  };
}

const explaining = new Set(['devices.explain'] as const);

/** Which requirements rest on which fact: what each asks for, not what the administrator called it. */
async function needsOf(
  deps: PortalDeps,
  person: Person,
  deviceId: string,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { language } = person;
  const { rules } = await explainDevice(deps, withRights(person, explaining), deviceId, { language });
  const narrator = narratorIn(language);
  const needs = new Map<string, Set<string>>();
  for (const kind of ruleKinds) {
    const title = narrator.title({ rule: kind, name: null });
    for (const { evidence } of rules.filter((each) => each.rule === kind)) {
      for (const { fact } of evidence) needs.set(fact, (needs.get(fact) ?? new Set()).add(title));
    }
  }
  return needs;
}

function presentDevice(
  { language }: Person,
  row: OwnDeviceRow,
  held: readonly HeldFactsRow[],
  needs: ReadonlyMap<string, ReadonlySet<string>>,
  policy: CollectionPolicy,
): LedgerDevice {
  const facts = selectFacts(
    held.map(({ source, facts: values, observed_at: at }) => ({
      source,
      facts: values ?? {},
      observedAt: at.getTime(),
    })),
  );
  const known = factNames.flatMap((name) => {
    const fact = facts.get(name);
    if (fact === undefined) return [];
    const { unit = null, privacy, scan } = factDefinition(name);
    const { area, text } = factWords(name, language);
    const shown = {
      text,
      value: fact.value,
      unit,
      privacy,
      source: fact.source,
      at: new Date(fact.observedAt).toISOString(),
      neededFor: [...(needs.get(name) ?? [])],
      history: scan === 'device-information' || scan === 'security',
    };
    return [{ area, shown }];
  });
  return {
    id: row.device_id,
    name: row.name,
    ownership: row.ownership,
    since: row.user_since.toISOString(),
    areas: factAreas.flatMap((area) => {
      const inArea = known.filter((each) => each.area === area).map(({ shown }) => shown);
      return inArea.length === 0 ? [] : [{ area, title: factAreaWords(area, language), facts: inArea }];
    }),
    notCollected: factNames
      .filter((name) => !mayCollect(name, row.ownership, policy))
      .map((name) => notCollected(name, row, policy, language)),
  };
}

function notCollected(
  name: FactName,
  { ownership }: OwnDeviceRow,
  policy: CollectionPolicy,
  language: Person['language'],
): LedgerDevice['notCollected'][number] {
  const { area, text } = factWords(name, language);
  const elsewhere = ownership !== 'corporate' && mayCollect(name, 'corporate', policy);
  return {
    title: factAreaWords(area, language),
    text,
    because: elsewhere ? 'private-device' : 'setting',
  };
}
