// What a device may still do while the database does not answer: nobody is let in then but who was let in a moment ago, by a grant that
// is bound to organization, account, device, policy and mail server and that nobody outside of this process can make (EAS-T03). Grants
// are kept in memory alone: a process that starts while the database is away lets nobody through.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface GrantFor {
  readonly organizationId: string;
  readonly login: string;
  readonly deviceKey: string;
  readonly policyVersion: string;
  readonly serverId: string;
}

export interface Grant {
  readonly of: GrantFor;
  /** ms since the epoch */
  readonly expiresAt: number;
  /** As text, which takes a fifth of the memory: each client has one. */
  readonly seal: string;
}

export const grantLifeMs = 10 * 60_000;

export interface Grants {
  issue(of: GrantFor, now: number): Grant;
  check(grant: Grant | undefined, of: GrantFor, now: number): 'live' | 'none' | 'forged';
}

export function createGrants(key: Uint8Array = randomBytes(32)): Grants {
  const seal = (of: GrantFor, expiresAt: number) =>
    createHmac('sha256', key)
      .update(
        JSON.stringify([of.organizationId, of.login, of.deviceKey, of.policyVersion, of.serverId, expiresAt]),
      )
      .digest('base64');
  return {
    issue(of, now) {
      const expiresAt = now + grantLifeMs;
      return { of, expiresAt, seal: seal(of, expiresAt) };
    },
    check(grant, of, now) {
      if (grant === undefined || grant.expiresAt <= now) return 'none';
      // A clock that was set back must not make one live longer.
      if (grant.expiresAt > now + grantLifeMs) return 'none';
      const good = isSame(grant.seal, seal(of, grant.expiresAt));
      return good ? 'live' : 'forged';
    },
  };
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
