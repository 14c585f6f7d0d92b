// What administrators and their programs looked at or did, from the audit record: the person's side of the same entries.
import type { LedgerDeed } from '@gatehouse/contracts/my/ledger.ts';
import type { Language } from '@gatehouse/core/languages.ts';
import { deedIn } from '@gatehouse/core/portal/deed-words.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type PageAnswer, pageOfRows, type PageRequest } from '../../kernel/http/route.ts';
import { isUuid } from '../../kernel/ids.ts';
import { readSettings } from '../organizations/index.ts';
import type { Person, PortalDeps } from './portal-deps.ts';
import {
  type DeedRow,
  selectDeeds,
  selectDetails,
  selectOwnDevices,
  selectWatchers,
  type WatcherRow,
} from './queries.ts';

/** Of what happens by itself, what the person notices; the rest is the reaction to what the device reports. */
const systemActions = [
  'devices.lock-device',
  'devices.selective-wipe',
  'devices.full-wipe',
  'devices.send-message',
];
/** Whose they are is told by the list of orders; these say it a second time. */
const without = ['devices.register'];

/** Newest first. */
export async function listDeeds(
  deps: Pick<PortalDeps, 'database'>,
  { principal, language }: Person,
  page: PageRequest,
): Promise<PageAnswer<LedgerDeed>> {
  const after = page.after ? ([String(page.after[0]), String(page.after[1])] as const) : undefined;
  const read = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const devices = await selectOwnDevices(tx, principal.id);
      const person = await selectDetails(tx, principal.id);
      const about = [
        ...devices.map((row) => ({ id: row.device_id, since: row.user_since })),
        ...(person === undefined ? [] : [{ id: principal.id, since: person.created_at }]),
      ];
      const rows = await selectDeeds(tx, about, { systemActions, without }, { after, limit: page.limit + 1 });
      return { rows, whoIs: await watchersOf(tx, rows, language), devices };
    },
    { readOnly: true },
  );
  const names = new Map(read.devices.map(({ device_id: id, name }) => [id, name]));
  return pageOfRows(
    read.rows,
    page.limit,
    (row) => presentDeed(row, read.whoIs, names, language),
    (row) => [row.created, row.entry_id],
  );
}

type WhoIs = (actor: DeedRow['content']['actor']) => string | null;

const roleWords: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  'help-desk': { en: 'The help desk', de: 'Die Benutzerbetreuung' },
  auditor: { en: 'An auditor', de: 'Die Revision' },
};
const anAdministrator = { en: 'An administrator', de: 'Die Administration' };
const aProgram = { en: 'A program of the organization', de: 'Ein Programm der Organisation' };
const theOperator = { en: 'The operator of this server', de: 'Der Betreiber dieses Servers' };

/** By name only where the organization wants it so; else people are told which role looked. */
async function watchersOf(tx: TenantTx, rows: readonly DeedRow[], language: Language): Promise<WhoIs> {
  const { portal } = await readSettings(tx);
  const ids = rows.flatMap(({ content: { actor } }) =>
    actor.kind === 'administrator' && isUuid(actor.id) ? [actor.id] : [],
  );
  const watchers = new Map<string, WatcherRow>(
    (await selectWatchers(tx, [...new Set(ids)])).map((row) => [row.administrator_id, row]),
  );
  return ({ kind, id }) => {
    if (kind === 'system') return null;
    if (kind === 'token') return aProgram[language];
    if (kind === 'local') return theOperator[language];
    const watcher = watchers.get(id);
    if (portal.names && watcher !== undefined) return watcher.display_name || watcher.email;
    return (roleWords[watcher?.role ?? ''] ?? anAdministrator)[language];
  };
}

function presentDeed(
  { content, target }: DeedRow,
  whoIs: WhoIs,
  devices: ReadonlyMap<string, string>,
  language: Language,
): LedgerDeed {
  const { kind, text } = deedIn(language, content.action, content.show);
  const name = devices.get(target);
  const refused = content.outcome === 'refused';
  // Reasons of orders are the organization's own; why somebody looked is owed to the person.
  const owed = kind === 'location' || kind === 'look';
  return {
    at: content.time,
    who: whoIs(content.actor),
    kind,
    text,
    reason: owed && !refused ? content.reason : null,
    refused,
    device: name === undefined ? null : { id: target, name },
  };
}
