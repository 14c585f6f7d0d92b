// The ISE interface from the request line to the answer's bytes; the surface gives it HTTP. In two steps, because between
// them stands the surface's permission check: admission says who calls and has read, in the same round trip, what a device
// query asks for; the answer is written afterwards. Who cannot show who he is learns nothing else, not even whether his
// question was well-formed or the tenant in the address exists.
import { DomainError } from '@gatehouse/core/errors.ts';
import { customRoleId } from '@gatehouse/core/permissions/roles.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import { type Accounts, principalOf, signInFirst } from './accounts.ts';
import { answerBatch, askForDevice, askForList, type QueryDeps } from './answer-query.ts';
import { instanceIn, parseCall } from './calls.ts';
import type { Proof } from './check-credentials.ts';
import { answerDiscovery } from './discovery.ts';
import { type OrderDeps, runAction, sendMessage } from './orders.ts';
import { readAccount, type Standing } from './queries.ts';

export interface IseRequest {
  readonly id: string;
  readonly method: string;
  /** The request target as it was sent. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  /** The client's address. */
  readonly address: string;
}

/** An account that may be here, and the answer to its call. */
export interface Admission {
  readonly principal: TenantPrincipal;
  /** @throws DomainError */
  readonly answer: (body: Uint8Array) => Uint8Array | Promise<Uint8Array>;
}

export interface CiscoIse {
  /** @throws DomainError `unauthenticated`, `too-many-requests` or `unavailable` */
  admit(request: IseRequest): Promise<Admission>;
}

export interface CiscoIseDeps extends Omit<QueryDeps, 'database'>, Omit<OrderDeps, 'database'> {
  readonly database: QueryDeps['database'] & OrderDeps['database'];
  readonly accounts: Accounts;
  readonly publicUrl: URL;
  readonly productVersion: string;
}

interface Prepared {
  readonly account: Standing | undefined;
  readonly answer: (principal: TenantPrincipal, body: Uint8Array) => Uint8Array | Promise<Uint8Array>;
}

export function createCiscoIse(deps: CiscoIseDeps): CiscoIse {
  /** Reads the account and, for device queries, the devices. */
  async function prepare(request: IseRequest, proof: Proof): Promise<Prepared> {
    const instance = instanceIn(request.url);
    if (instance !== undefined && instance !== proof.slug) throw noSuchInstance();
    const call = parseCall(request.method, request.url);
    if (call.kind === 'single') return askForDevice(deps, proof, call);
    if (call.kind === 'list') return askForList(deps, proof, call);
    const account = await readAccount(deps.database, proof);
    const { contentType } = request;
    switch (call.kind) {
      case 'discovery':
        return {
          account,
          answer: ({ permissions }) =>
            answerDiscovery({
              version: call.version,
              instance,
              slug: proof.slug,
              publicUrl: deps.publicUrl,
              productVersion: deps.productVersion,
              messaging: permissions.has('nac.message'),
            }),
        };
      case 'batch':
        return { account, answer: (_, body) => answerBatch(deps, proof, call, contentType, body) };
      case 'action':
        return { account, answer: (actor, body) => runAction(deps, proof, actor, call, contentType, body) };
      case 'message':
        return { account, answer: (actor, body) => sendMessage(deps, proof, actor, call, contentType, body) };
      default:
        return call satisfies never;
    }
  }

  /** @returns undefined when the account has changed since its password was checked. */
  async function admitProven(request: IseRequest, proof: Proof): Promise<Admission | undefined> {
    let prepared: Prepared;
    try {
      prepared = await prepare(request, proof);
    } catch (error) {
      // What is wrong with the question is told to those who may ask.
      const refuse = () => {
        throw error;
      };
      prepared = { account: await readAccount(deps.database, proof), answer: refuse };
    }
    let { account } = prepared;
    // What a custom role permits stands apart: few accounts have one, and every question would pay for it.
    if (account !== undefined && customRoleId(account.role) !== undefined) {
      account = await readAccount(deps.database, proof);
    }
    const principal = principalOf(proof, account, request.id);
    return principal && { principal, answer: (body) => prepared.answer(principal, body) };
  }

  return {
    async admit(request) {
      const { authorization } = request;
      const instance = instanceIn(request.url);
      const known = deps.accounts.recall(authorization, instance);
      const admission = known && (await admitProven(request, known));
      if (admission) return admission;
      if (known) deps.accounts.forget(known);
      const proof = await deps.accounts.prove(authorization, {
        instance,
        address: request.address,
        requestId: request.id,
      });
      const proven = await admitProven(request, proof);
      if (!proven) throw signInFirst();
      return proven;
    },
  };
}

/** The same for a tenant that does not exist and for one that is not the account's (ISE-06). */
function noSuchInstance(): DomainError {
  return new DomainError('not-found', 'There is no such instance');
}
