// One-time links by which an administrator chooses a password and a second factor. The secret stands in the fragment of the
// address, which browsers do not send: it reaches no server log and no proxy.
import type { SetupLink } from '@gatehouse/contracts/admin/administrators.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { formatCredential, hashSecret, newCredential } from './credential-token.ts';
import type { AdministratorDeps } from './deps.ts';
import { dropOpenSetupLinks, insertSetupLink } from './queries.ts';

const lifeMs = 72 * 3_600_000;

/** Replaces the links that the account has. */
export async function makeSetupLink(
  deps: Pick<AdministratorDeps, 'clock' | 'publicUrl'>,
  tx: TenantTx,
  administratorId: string,
): Promise<SetupLink> {
  const credential = newCredential('inv');
  const expiresAt = new Date(deps.clock.now() + lifeMs);
  await dropOpenSetupLinks(tx, administratorId);
  await insertSetupLink(tx, {
    id: credential.id,
    administratorId,
    secretHash: hashSecret(credential.secret),
    expiresAt,
  });
  const url = new URL('/setup', deps.publicUrl);
  url.hash = formatCredential(credential);
  return { setupUrl: url.href, setupExpiresAt: expiresAt.toISOString() };
}
