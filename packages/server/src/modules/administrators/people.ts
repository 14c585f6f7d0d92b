// Who stands behind an account or token, and whom of the administrators to tell. What counts is the person, not the credential.
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { isUuid } from '../../kernel/ids.ts';
import { findPeople, findPersonBehindToken } from './people-queries.ts';
import { isServiceAccount, permissionsOf } from './principal.ts';

/**
 * @param reference as in `actorReference`
 * @returns `administrator:…` for an account and for its tokens, whatever else acted as it is; null for a token that stands alone.
 */
export async function personBehind(tx: TenantTx, reference: string): Promise<string | null> {
  if (!reference.startsWith('token:')) return reference;
  const administratorId = await findPersonBehindToken(tx, reference.slice('token:'.length));
  return administratorId === undefined ? null : `administrator:${administratorId}`;
}

export interface PersonToTell {
  readonly administratorId: string;
  readonly email: string;
  readonly displayName: string;
  /** In which to write; null: not said. */
  readonly language: string | null;
  /** How each kind of alert is mailed, as it was chosen; kinds that are not named go out at once. */
  readonly alertMails: Readonly<Record<string, unknown>>;
  /** Up to which alert the last daily mail told. */
  readonly alertDigestNo: string;
}

/** Active administrators who are people. @param having only those who have it; undefined: all. */
export async function administratorsToTell(
  tx: TenantTx,
  having: Permission | undefined,
  only: string | null = null,
): Promise<readonly PersonToTell[]> {
  const rows = await findPeople(tx, only);
  return rows.flatMap((row) => {
    const held = permissionsOf(row.role, row.role_permissions);
    if (isServiceAccount(held) || (having !== undefined && !held.has(having))) return [];
    return [
      {
        administratorId: row.administrator_id,
        email: row.email,
        displayName: row.display_name,
        language: row.language,
        alertMails: row.alert_mails,
        alertDigestNo: row.alert_digest_no,
      },
    ];
  });
}

/** The same for one; undefined when the account is no longer in use. */
export async function administratorToTell(tx: TenantTx, id: string): Promise<PersonToTell | undefined> {
  if (!isUuid(id)) return undefined;
  const [person] = await administratorsToTell(tx, undefined, id);
  return person;
}
