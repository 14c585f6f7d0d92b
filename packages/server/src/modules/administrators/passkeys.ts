// The passkeys of one's own account: make, name, remove. Others only ever take all factors away (change-administrator.ts).
import type { NewPasskey, Passkey, PasskeyOffer } from '@gatehouse/contracts/admin/passkeys.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { product } from '@gatehouse/core/product.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { readEpoch, readSettings } from '../organizations/index.ts';
import { hashSecret } from './credential-token.ts';
import type { AdministratorDeps } from './deps.ts';
import { requireFreshFactor } from './fresh-factor.ts';
import type { SessionHolder } from './session-holder.ts';
import { checkNewPasskey, passkeyAlgorithms, userHandleOf } from './passkey-ceremony.ts';
import {
  deletePasskeyRow,
  insertPasskey,
  listPasskeyRows,
  type PasskeyRow,
  renamePasskeyRow,
  useChallengeOnce,
} from './passkey-queries.ts';
import { type AdministratorRow, lockAdministrator } from './queries.ts';
import { deleteSession, deleteSessions } from './session-queries.ts';
import { type NewSession, startSession } from './start-session.ts';

const most = 20;

const purposeOf = ({ principal, sessionId }: SessionHolder) =>
  `register ${principal.organizationId} ${principal.id} ${sessionId}` as const;

export async function listPasskeys(deps: AdministratorDeps, holder: SessionHolder): Promise<Passkey[]> {
  const { organizationId, id } = holder.principal;
  const rows = await deps.database.withTenant(organizationId, (tx) => listPasskeyRows(tx, id), {
    readOnly: true,
  });
  return rows.map(presentPasskey);
}

/** Who has a factor shows it first, so that a session left open cannot add one. */
export async function offerPasskey(deps: AdministratorDeps, holder: SessionHolder): Promise<PasskeyOffer> {
  const { organizationId, id } = holder.principal;
  return deps.database.withTenant(organizationId, async (tx) => {
    const account = await ownAccount(deps, tx, holder);
    const rows = await listPasskeyRows(tx, id);
    if (rows.length >= most)
      throw new DomainError('conflict', `An account has at most ${most} passkeys`, { reason: 'too-many' });
    return {
      challenge: deps.passkeyChallenges.issue(purposeOf(holder)),
      site: { id: deps.publicUrl.hostname, name: product.name },
      user: {
        id: userHandleOf(organizationId, id),
        name: account.email,
        displayName: account.display_name === '' ? account.email : account.display_name,
      },
      algorithms: passkeyAlgorithms,
      exclude: rows.map((row) => ({
        id: row.credential_id.toString('base64url'),
        transports: row.transports,
      })),
    };
  });
}

/** The session is replaced by one that has this factor (ADM-02). With the first factor of an account all others end. */
export async function addPasskey(
  deps: AdministratorDeps,
  holder: SessionHolder,
  given: NewPasskey,
): Promise<NewSession> {
  const { principal } = holder;
  const { organizationId, id } = principal;
  const made = await checkNewPasskey(deps, given, purposeOf(holder));
  if (made === undefined) throw refused();
  return deps.database.withTenant(organizationId, async (tx) => {
    const account = await ownAccount(deps, tx, holder);
    const now = deps.clock.now();
    if (!(await useChallengeOnce(tx, hashSecret(Buffer.from(made.challenge)), made.expiresAt)))
      throw refused();
    const added = await insertPasskey(tx, {
      passkey_id: newId(now),
      administrator_id: id,
      credential_id: made.credentialId,
      public_key: made.publicKey,
      counter: made.counter,
      transports: given.transports ?? [],
      name: given.name,
      backed_up: made.backedUp,
      created_at: new Date(now),
    });
    if (!added)
      throw new DomainError('conflict', 'This passkey is registered already', { reason: 'known-passkey' });
    if (hasFactor(account)) await deleteSession(tx, id, holder.sessionId);
    else await deleteSessions(tx, id);
    await recordAudit(tx, {
      actor: principal,
      action: 'administrators.add-passkey',
      target: { kind: 'administrator', id },
      outcome: 'done',
      show: { passkey: added.passkey_id, backedUp: made.backedUp },
    });
    const epoch = await readEpoch(tx);
    return startSession(tx, { administratorId: id, factors: ['passkey'], epoch, now, provenAt: now });
  });
}

export async function renamePasskey(
  deps: AdministratorDeps,
  { principal }: SessionHolder,
  id: string,
  name: string,
): Promise<Passkey> {
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await renamePasskeyRow(tx, principal.id, id, name);
    if (!row) throw noPasskey();
    await recordAudit(tx, {
      actor: principal,
      action: 'administrators.rename-passkey',
      target: { kind: 'administrator', id: principal.id },
      outcome: 'done',
      show: { passkey: id },
    });
    return presentPasskey(row);
  });
}

/** @throws DomainError `conflict`, reason `last-second-factor`, where the organization demands one and there is no other. */
export async function removePasskey(
  deps: AdministratorDeps,
  holder: SessionHolder,
  passkeyId: string,
): Promise<void> {
  const { principal } = holder;
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const account = await ownAccount(deps, tx, holder);
    const { secondFactorRequired } = await readSettings(tx);
    if (!(await deletePasskeyRow(tx, principal.id, passkeyId))) throw noPasskey();
    if (secondFactorRequired && account.totp_secret === null && account.passkeys === 1)
      throw new DomainError(
        'conflict',
        'This is your only second factor, and the organization asks for one. Add another first.',
        { reason: 'last-second-factor' },
      );
    await recordAudit(tx, {
      actor: principal,
      action: 'administrators.remove-passkey',
      target: { kind: 'administrator', id: principal.id },
      outcome: 'done',
      show: { passkey: passkeyId },
    });
  });
}

async function ownAccount(
  deps: AdministratorDeps,
  tx: TenantTx,
  { principal }: SessionHolder,
): Promise<AdministratorRow> {
  const account = await lockAdministrator(tx, principal.id);
  if (!account) throw new DomainError('not-found', 'There is no such administrator');
  if (hasFactor(account)) requireFreshFactor({ provenAt: principal.provenAt ?? null }, deps.clock.now());
  return account;
}

export function hasFactor(account: Pick<AdministratorRow, 'totp_secret' | 'passkeys'>): boolean {
  return account.totp_secret !== null || account.passkeys > 0;
}

function presentPasskey(row: PasskeyRow): Passkey {
  return {
    id: row.passkey_id,
    name: row.name,
    backedUp: row.backed_up,
    createdAt: row.created_at.toISOString(),
    ...(row.last_used_at === null ? {} : { lastUsedAt: row.last_used_at.toISOString() }),
  };
}

const noPasskey = () => new DomainError('not-found', 'There is no such passkey');
const refused = () =>
  new DomainError('invalid-input', 'The passkey could not be checked; begin again', {
    reason: 'passkey-refused',
  });
