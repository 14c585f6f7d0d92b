// Which organization a credential belongs to. Its id names one row for ever, so the answer may be remembered; whether it is
// still good is read every time, inside the organization. A remembered answer saves a round trip and decides nothing.
import type { Database } from '../../kernel/db/database.ts';
import { type CredentialToken, hashSecret, sameHash } from './credential-token.ts';
import { locateCredential } from './credential-queries.ts';

export type LocateCredential = (credential: CredentialToken) => Promise<string | undefined>;

const remembered = 50_000;

/** One per process: it remembers. */
export function createCredentialLocator(database: Database): LocateCredential {
  const organizations = new Map<string, string>();
  return async (credential) => {
    const { kind, id, secret } = credential;
    const hash = hashSecret(secret);
    // By the secret too: two organizations might hold the same id, and a wrong secret must not evict a right one.
    const key = `${kind}_${id}_${hash.toString('base64')}`;
    const known = organizations.get(key);
    if (known !== undefined) return known;
    const rows = await database.withSystem('find-credential', (tx) => locateCredential(tx, kind, id));
    const found = rows.find((row) => sameHash(row.secret_hash, hash))?.organization_id;
    if (found === undefined) return undefined;
    if (organizations.size >= remembered) organizations.clear();
    organizations.set(key, found);
    return found;
  };
}
