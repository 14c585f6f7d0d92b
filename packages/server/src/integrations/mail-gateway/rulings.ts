// What is decided about a visit, and what follows from it for the client: refusals in the words of its protocol, grants for the time when nothing
// can be decided, patience for clients that go round in circles.
import { isDomainError } from '@gatehouse/core/errors.ts';
import {
  decideMailAccess,
  type MailDecision,
  type MailStanding,
} from '@gatehouse/core/mail/decide-mail-access.ts';
import { type CommandRequest, statusOfRequestError } from '@gatehouse/protocols/activesync/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import type { MailServerProfile } from '../../modules/mail/index.ts';
import type { MailGatewayDeps } from './gateway-deps.ts';
import { createGrants, type GrantFor } from './grants.ts';
import { refusalFor } from './refusal-words.ts';
import type { Shape, Visit } from './visit.ts';

const loopLimits = {
  /** Fetches of a policy by one client, and demands of the mail server for its own, before it is slowed down. */
  fetches: 10,
  serverDemands: 6,
  withinMs: 600_000,
  slowSeconds: 900,
};

export interface Rulings {
  decide(shape: Shape, standing: MailStanding): MailDecision;
  refuse(visit: Visit, request: CommandRequest, decision: Exclude<MailDecision, { effect: 'pass' }>): void;
  /** Something threw. */
  fail(visit: Visit, error: unknown): void;
  renewGrant(shape: Shape, standing: MailStanding, profile: MailServerProfile): void;
  checkGrant(shape: Shape, standing: MailStanding, profile: MailServerProfile): 'live' | 'none' | 'forged';
  /** @returns true: it asks for the same again and again, and the visit is answered. */
  loops(visit: Visit, shape: Shape, what: 'fetches' | 'serverDemands', command: string): boolean;
}

export function createRulings({
  books,
  clock,
  log,
}: Pick<MailGatewayDeps, 'books' | 'clock' | 'log'>): Rulings {
  const grants = createGrants();

  function grantOf(
    { organizationId, client }: Shape,
    { policy }: MailStanding,
    profile: MailServerProfile,
  ): GrantFor {
    return {
      organizationId,
      login: client.login,
      deviceKey: client.deviceText,
      policyVersion: policy?.version ?? '',
      serverId: profile.serverId,
    };
  }

  function decide(shape: Shape, standing: MailStanding): MailDecision {
    const { request } = shape;
    const carriesNone =
      request.kind === 'options' || request.command === 'Ping' || request.command === 'Provision';
    return decideMailAccess({
      standing,
      presentedKey: carriesNone ? 'not-needed' : (request.policyKey ?? 'absent'),
      now: clock.now(),
    });
  }

  function renewGrant(shape: Shape, standing: MailStanding, profile: MailServerProfile): void {
    const now = clock.now();
    const { grant } = shape.client;
    if (
      grant !== undefined &&
      grant.expiresAt - now > 540_000 &&
      grant.of.serverId === profile.serverId &&
      grant.of.policyVersion === (standing.policy?.version ?? '')
    )
      return;
    shape.client.grant = grants.issue(grantOf(shape, standing, profile), now);
  }

  function refuse(
    visit: Visit,
    request: CommandRequest,
    decision: Exclude<MailDecision, { effect: 'pass' }>,
  ): void {
    const { outcome, refusal: words } = refusalFor(request, decision);
    visit.refuse(outcome, words);
  }

  function fail(visit: Visit, error: unknown): void {
    if (error instanceof DecodeError) {
      visit.error = `${error.path ?? 'The request'}: ${error.reason ?? 'malformed'}`;
      visit.answer('malformed', statusOfRequestError(error));
      return;
    }
    if (isDomainError(error, 'unavailable')) {
      visit.later('undecided', 15);
      return;
    }
    log.error({ err: error }, 'a request for mail failed');
    visit.answer('undecided', 500);
  }

  function loops(visit: Visit, shape: Shape, what: 'fetches' | 'serverDemands', command: string): boolean {
    const times = shape.client[what];
    const most = loopLimits[what];
    const now = performance.now();
    while (times.length > 0 && (times[0] ?? 0) <= now - loopLimits.withinMs) times.shift();
    times.push(now);
    if (times.length <= most) return false;
    const mailDeviceId = shape.client.standing?.mailDevice?.mailDeviceId;
    // Told once, and while it goes on, no more often than it is counted anew.
    if (times.length === most + 1 && mailDeviceId !== undefined)
      void books
        .noteLoop(shape.organizationId, mailDeviceId, {
          command,
          times: most,
          withinMs: loopLimits.withinMs,
        })
        .catch((error: unknown) => log.warn({ err: error }, 'a looping mail client could not be reported'));
    if (times.length > most * 2) times.splice(1, 1);
    visit.later('throttled', loopLimits.slowSeconds);
    return true;
  }

  return {
    decide,
    refuse,
    fail,
    renewGrant,
    checkGrant: (shape, standing, profile) =>
      grants.check(shape.client.grant, grantOf(shape, standing, profile), clock.now()),
    loops,
  };
}
