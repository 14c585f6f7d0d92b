// What the organization knows of the person, whom to ask for help, and what the person agreed to.
import type { MyTerms } from '@gatehouse/contracts/my/devices.ts';
import type { MyDetails } from '@gatehouse/contracts/my/session.ts';
import { type Platform, platforms } from '@gatehouse/core/devices/device.ts';
import { languageFor } from '@gatehouse/core/languages.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { effectiveSettings } from '../organizations/index.ts';
import { userPasswordLength } from '../users/index.ts';
import type { Person, PortalDeps } from './portal-deps.ts';
import { selectDetails, selectTermsOfPerson } from './queries.ts';

export async function readOwnDetails(deps: PortalDeps, { principal }: Person): Promise<MyDetails> {
  const row = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectDetails(tx, principal.id),
    { readOnly: true },
  );
  if (row === undefined) throw new DomainError('unauthenticated', 'The session has ended; sign in again');
  const support = (row.settings['support'] ?? {}) as Readonly<Record<string, unknown>>;
  const line = (name: string) => (typeof support[name] === 'string' ? support[name] : null);
  return {
    displayName: row.display_name,
    userName: row.user_name,
    domain: row.email.slice(row.email.lastIndexOf('@') + 1),
    email: row.email,
    employeeId: row.employee_id,
    language: row.language,
    organization: { slug: row.slug, name: row.organization },
    support: { text: line('text'), email: line('email'), phone: line('phone') },
    mayEnrol: effectiveSettings(row.settings).portal.enrol ? waysIn(deps) : [],
    passwordLength: userPasswordLength,
  };
}

const waysIn = ({ ways }: Pick<PortalDeps, 'ways'>): Platform[] =>
  platforms.filter((platform) => ways[platform] !== undefined);

/** Agreed to, and what applies and was not agreed to: of the latter in the person's language, as far as there is one. */
export async function listOwnTerms(deps: PortalDeps, { principal, language }: Person): Promise<MyTerms[]> {
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectTermsOfPerson(tx, principal.id),
    { readOnly: true },
  );
  const accepted = rows.filter((row) => row.accepted_at !== null);
  const open = rows.filter((row) => row.accepted_at === null);
  const kinds = [...new Set(open.map(({ kind }) => kind))];
  const missing = kinds.flatMap((kind) => {
    const ofKind = open.filter((row) => row.kind === kind);
    // Agreed to in one language is agreed to.
    if (accepted.some((row) => row.kind === kind && ofKind.some(({ version }) => version <= row.version)))
      return [];
    const own = ofKind.find(
      (row) => languageFor(row.language) === language && row.language.startsWith(language),
    );
    return [own ?? ofKind.find((row) => row.language === 'en') ?? ofKind[0]].filter(
      (row) => row !== undefined,
    );
  });
  return [...missing, ...accepted].map((row) => ({
    kind: row.kind,
    title: row.title,
    text: row.body,
    version: row.version,
    language: row.language,
    acceptedAt: row.accepted_at?.toISOString() ?? null,
  }));
}
