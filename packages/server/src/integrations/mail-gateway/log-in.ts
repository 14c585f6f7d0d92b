// Whether a client is who it says: remembered for some minutes, else asked of the mail server, or of the stand-in for whoever has none. Requests
// that come together with the same credentials ask once. Guesses are slowed and stopped before the directory behind the mail server is.
import type { MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import { type Credentials, readCredentials } from '@gatehouse/protocols/activesync/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { MailServerProfile } from '../../modules/mail/index.ts';
import type { MailServers } from './mail-servers.ts';
import type { Proofs } from './proofs.ts';
import { createProver, type Proving, type ServerOffer } from './prove.ts';
import type { Attempt, Sprays } from './sprays.ts';
import type { StandIn } from './stand-in-port.ts';
import type { Shape, Visit } from './visit.ts';
import { identityAt, notTaken } from './identity.ts';

export interface LogIn {
  /** It was proved, and nothing has happened since. */
  isProved(shape: Shape, profile: MailServerProfile | undefined, standing: MailStanding): boolean;
  /** @returns false: the visit is answered. */
  prove(visit: Visit, shape: Shape, standing: MailStanding): Promise<boolean>;
  /** What the mail server offers, as it said last; asked if that is long ago. undefined: the visit is answered. */
  offerTo(visit: Visit, shape: Shape, profile: MailServerProfile): Promise<ServerOffer | undefined>;
  /** The mail server says that they are wrong. */
  forget(shape: Shape): void;
  /** How long a refusal takes: log-ins that belong to nobody are refused no faster. */
  refusalMs(): number;
}

export interface LogInDeps {
  readonly proofs: Proofs;
  readonly servers: MailServers;
  readonly standIn: StandIn;
  readonly sprays: Sprays;
  readonly clock: Clock;
  readonly addressOf: (visit: Visit) => string;
}

type Outcome = Proving | { readonly is: 'throttled'; readonly retryAfterSeconds: number };

const offerLifeMs = 300_000;
const standInProof = 'stand-in';
const proofOf = (profile: MailServerProfile | undefined) =>
  profile === undefined ? standInProof : `${profile.serverId} ${profile.version}`;

export function createLogIn({ proofs, servers, standIn, sprays, clock, addressOf }: LogInDeps): LogIn {
  const prover = createProver();
  const underWay = new Map<string, Promise<Outcome>>();
  const offers = new WeakMap<MailServerProfile, { readonly offer: ServerOffer; readonly until: number }>();
  let refusalMs = 30;
  let requests = 0;

  function isProved(shape: Shape, profile: MailServerProfile | undefined, standing: MailStanding): boolean {
    // By its certificate, which is looked up with each request; where the server takes our word, or there is none.
    if (shape.isVouched) return profile === undefined || profile.vouching !== undefined;
    const by = proofOf(profile);
    const since = standing.user?.passwordSetAt ?? null;
    if (proofs.isLive(shape.proof, by, clock.now(), since)) return true;
    shape.proof = proofs.find(shape.proofKey);
    return proofs.isLive(shape.proof, by, clock.now(), since);
  }

  function forget(shape: Shape): void {
    proofs.forget(shape.proofKey);
    shape.proof = undefined;
  }

  async function ask(
    visit: Visit,
    shape: Shape,
    credentials: Credentials | undefined,
    standing: MailStanding,
    wasRight: boolean,
  ): Promise<Proving> {
    const { profile } = visit;
    if (profile !== undefined) {
      const { lines } = identityAt(profile, visit, shape);
      const proving = await prover.prove(profile, servers.pool(profile), lines);
      if (proving.is === 'right')
        offers.set(profile, { offer: proving.offer, until: performance.now() + offerLifeMs });
      return proving;
    }
    requests += 1;
    const right =
      credentials?.scheme === 'basic' &&
      (await standIn.prove({
        organizationId: shape.organizationId,
        login: shape.login.name,
        password: credentials.password,
        standing,
        requestId: `mail-${process.pid}-${requests}`,
        address: addressOf(visit),
        wasRight,
      }));
    return right
      ? { is: 'right', offer: { versions: [], commands: [], product: undefined } }
      : { is: 'wrong' };
  }

  async function attempt(
    visit: Visit,
    shape: Shape,
    credentials: Credentials,
    standing: MailStanding,
  ): Promise<Outcome> {
    const { profile } = visit;
    if (proofs.wasRight(shape.proofKey, clock.now())) return ask(visit, shape, credentials, standing, true);
    const guess: Attempt = {
      organizationId: shape.organizationId,
      login: shape.login.name,
      address: addressOf(visit),
      deviceKey: shape.client.deviceText,
      isKnownPair: standing.mailDevice !== null,
      lockoutAttempts: profile?.lockout.attempts ?? Number.MAX_SAFE_INTEGER,
      lockoutMs: profile?.lockout.windowMs ?? 0,
    };
    const ruling = sprays.begin(guess);
    if (!ruling.goes) return { is: 'throttled', retryAfterSeconds: ruling.retryAfterSeconds };
    if (ruling.afterMs > 0) await pause(ruling.afterMs);
    const began = performance.now();
    const proving = await ask(visit, shape, credentials, standing, false);
    if (proving.is === 'wrong')
      refusalMs = Math.min(2_000, refusalMs * 0.8 + (performance.now() - began) * 0.2);
    else sprays.takeBack(guess);
    return proving;
  }

  async function prove(visit: Visit, shape: Shape, standing: MailStanding): Promise<boolean> {
    const { profile } = visit;
    if (isProved(shape, profile, standing)) return true;
    const credentials = readCredentials(visit.headers.authorization);
    if (credentials === undefined || (profile === undefined && credentials.scheme !== 'basic')) {
      visit.challenge();
      return false;
    }
    const by = proofOf(profile);
    const key = `${by} ${shape.proofKey}`;
    let asking = underWay.get(key);
    if (asking === undefined) {
      asking = attempt(visit, shape, credentials, standing).finally(() => underWay.delete(key));
      underWay.set(key, asking);
    }
    const outcome = await asking;
    switch (outcome.is) {
      case 'right':
        if (!isProved(shape, profile, standing))
          shape.proof = proofs.remember(shape.proofKey, by, clock.now());
        return true;
      case 'wrong':
        forget(shape);
        visit.challenge();
        return false;
      case 'throttled':
        visit.later('throttled', outcome.retryAfterSeconds);
        return false;
      case 'refused':
        visit.answer('server-refused', outcome.status);
        return false;
      case 'unknown':
        visit.later('server-failed', 30, outcome.why);
        return false;
      default:
        return outcome satisfies never;
    }
  }

  return {
    isProved,
    prove,
    forget,
    refusalMs: () => refusalMs,
    async offerTo(visit, shape, profile) {
      const known = offers.get(profile);
      if (known !== undefined && performance.now() <= known.until) return known.offer;
      const credentials = readCredentials(visit.headers.authorization);
      const { standing } = shape.client;
      if ((credentials === undefined && !shape.isVouched) || standing === undefined) {
        visit.challenge();
        return undefined;
      }
      const proving = await ask(visit, shape, credentials, standing, true);
      if (proving.is === 'right') return proving.offer;
      if (shape.isVouched && proving.is !== 'unknown') {
        visit.error = notTaken;
        visit.answer('server-refused', 403);
      } else if (proving.is === 'wrong') {
        forget(shape);
        visit.challenge();
      } else visit.later('server-failed', 30);
      return undefined;
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
