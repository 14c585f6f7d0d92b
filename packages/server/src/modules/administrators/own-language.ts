// In which language an administrator is written to: what the console was set to, kept with the account so that mails know it.
import { type Language, languageFor } from '@gatehouse/core/languages.ts';
import type { Principal } from '@gatehouse/core/actor.ts';
import { recordAudit } from '../audit/index.ts';
import type { AdministratorDeps } from './deps.ts';
import { selectLanguage, writeLanguage } from './people-queries.ts';
import type { SessionHolder } from './session-holder.ts';

type Deps = Pick<AdministratorDeps, 'database'>;

/** @returns null: never said. undefined: of a caller that is no person. */
export async function readOwnLanguage(
  { database }: Deps,
  { kind, id, organizationId }: Principal,
): Promise<Language | null | undefined> {
  if (kind !== 'administrator' || organizationId === null) return undefined;
  const kept = await database.withTenant(organizationId, (tx) => selectLanguage(tx, id), { readOnly: true });
  return kept === null ? null : languageFor(kept);
}

export async function chooseOwnLanguage(
  { database }: Deps,
  { principal }: SessionHolder,
  language: Language | null,
): Promise<void> {
  await database.withTenant(principal.organizationId, async (tx) => {
    if (!(await writeLanguage(tx, principal.id, language))) return;
    await recordAudit(tx, {
      actor: principal,
      action: 'administrators.choose-language',
      target: { kind: 'administrator', id: principal.id },
      outcome: 'done',
      show: { language },
    });
  });
}
