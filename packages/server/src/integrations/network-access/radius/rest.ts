// What RADIUS servers ask through rlm_rest: who asks, and the answers. A server that cannot be answered in time is told so at once,
// because it waits with a person at the door (RAD-07).
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Reply } from '@gatehouse/core/network-access/reply-rules.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { decodeRestRequest, encodeRestReply, type RestRequest } from '@gatehouse/protocols/radius/index.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import {
  authenticateToken,
  type AuthenticateTokenDeps,
  type Passwords,
} from '../../../modules/administrators/index.ts';
import { createAccounts, principalOf, signInFirst } from '../cisco-ise/accounts.ts';
import { readAccount } from '../cisco-ise/queries.ts';
import type { GateDeps } from '../gate-deps.ts';
import { type AccountingDeps, recordAccounting } from './accounting.ts';
import { answerRadius } from './answer.ts';

export interface RadiusRestDeps extends GateDeps, AuthenticateTokenDeps {
  readonly passwords: Pick<Passwords, 'verify'>;
  readonly findOrganization: (slug: string) => Promise<{ readonly organizationId: string } | undefined>;
  readonly wakeTeller: (organizationId: string) => void;
  count(question: string, outcome: string): void;
}

export interface RadiusCaller {
  readonly instance: string;
  readonly authorization: string | undefined;
  readonly address: string;
  readonly requestId: string;
}

export interface RadiusAnswer {
  readonly status: number;
  /** JSON; absent: no body. */
  readonly body?: Uint8Array;
}

export interface RadiusRest {
  /** @throws DomainError `unauthenticated`, `forbidden`, `too-many-requests` or `unavailable` */
  admit(caller: RadiusCaller): Promise<TenantPrincipal>;
  /** For `authorize` and `post-auth`. @throws DomainError */
  decide(
    principal: TenantPrincipal,
    question: 'authorize' | 'post-auth',
    body: Uint8Array,
  ): Promise<RadiusAnswer>;
  /** @throws DomainError */
  account(principal: TenantPrincipal, body: Uint8Array): Promise<RadiusAnswer>;
}

export function createRadiusRest(deps: RadiusRestDeps): RadiusRest {
  const accounts = createAccounts(deps);
  const foreign = new Set<string>();

  async function byPassword({ instance, authorization, address, requestId }: RadiusCaller) {
    const known = accounts.recall(authorization, instance);
    const proof = known ?? (await accounts.prove(authorization, { instance, address, requestId }));
    const principal = principalOf(proof, await readAccount(deps.database, proof), requestId);
    if (principal === undefined) {
      // The account has changed since its password was checked.
      accounts.forget(proof);
      throw signInFirst();
    }
    if (proof.slug !== instance) throw noSuchInstance();
    return principal;
  }

  async function byToken(token: string, { instance, requestId }: RadiusCaller): Promise<TenantPrincipal> {
    const principal = await authenticateToken(deps, token);
    const organization = await deps.findOrganization(instance);
    if (organization === undefined || organization.organizationId !== principal.organizationId)
      throw noSuchInstance();
    return { ...principal, organizationId: organization.organizationId, requestId };
  }

  return {
    admit(caller) {
      const token = /^Bearer ([\w-]{1,200})$/.exec(caller.authorization ?? '')?.[1];
      return token === undefined ? byPassword(caller) : byToken(token, caller);
    },
    async decide({ organizationId }, question, body) {
      const reply = await answerRadius(deps, organizationId, read(body));
      deps.count(question, reply.kind);
      return toAnswer(reply);
    },
    async account({ organizationId }, body) {
      const wake: AccountingDeps = { ...deps, wakeTeller: () => deps.wakeTeller(organizationId) };
      const request = read(body);
      const outcome = await recordAccounting(wake, organizationId, request);
      deps.count('accounting', outcome);
      if (outcome === 'foreign-nas') sayOnce(organizationId, request);
      return { status: 204 };
    },
  };

  function sayOnce(organizationId: string, request: RestRequest): void {
    const address = request.get('NAS-IP-Address')?.[0] ?? request.get('NAS-IPv6-Address')?.[0] ?? 'unnamed';
    const key = `${organizationId} ${address}`;
    if (foreign.has(key) || foreign.size >= 1_000) return;
    foreign.add(key);
    deps.log.warn(
      { organizationId, nas: address.slice(0, 45) },
      'sessions of a network device that the organization does not have are not believed',
    );
  }
}

function read(body: Uint8Array): RestRequest {
  try {
    return decodeRestRequest(body);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DomainError(error.reason === 'too-large' ? 'too-large' : 'invalid-input', error.message, {
      reason: error.reason,
    });
  }
}

/** rlm_rest reads a body of 2xx and 401 alone: 401 refuses, 404 leaves it to the server's own policy. */
function toAnswer(reply: Reply): RadiusAnswer {
  switch (reply.kind) {
    case 'accept':
      return reply.attributes.length === 0
        ? { status: 204 }
        : { status: 200, body: encodeRestReply(reply.attributes) };
    case 'reject':
      return {
        status: 401,
        body: encodeRestReply(reply.message === '' ? [] : [{ name: 'Reply-Message', value: reply.message }]),
      };
    case 'not-found':
      return { status: 404 };
    default:
      return reply satisfies never;
  }
}

/**
 * The same for a tenant that does not exist and for one that is not the account's. Not 404: to the RADIUS server that would mean
 * an unknown device, which its own policy may admit.
 */
function noSuchInstance(): DomainError {
  return new DomainError('forbidden', 'There is no such instance for this account');
}
