// Whether a mail server takes the password of a mail account, for somebody who enrols with it (EAS-10): the server that the gateway would
// choose, or, where none is chosen, the one that the domain’s own Autodiscover names (ENR-15). It is asked as the gateway asks,
// within the same budget of guesses, and nothing of the password stays.
import type { Clock } from '../../kernel/clock.ts';
import { within } from '../../kernel/within.ts';
import type { MailAccount, MailAccountProof, ProveMailAccount } from '../../modules/enrollment/index.ts';
import type { MailServerProfile } from '../../modules/mail/index.ts';
import { type FindMailServerDeps, findMailServer } from './autodiscover/find-mail-server.ts';
import type { MailServers } from './mail-servers.ts';
import { createProver } from './prove.ts';
import { header } from './server-request.ts';
import type { Attempt, Sprays } from './sprays.ts';
import { nameAtServer } from './who.ts';

export interface AccountProverDeps extends FindMailServerDeps {
  readonly servers: Pick<MailServers, 'find' | 'pool'>;
  readonly sprays: Sprays;
  readonly clock: Clock;
  /** The gateway’s own address, which is nobody’s mail server. */
  readonly publicUrl: URL;
  /** How long somebody waits at most; absent: {@link patienceMs}. */
  readonly patienceMs?: number;
}

const patienceMs = 20_000;

/** How long a server that was found is used, and how long nobody looks again where none was. */
const foundLifeMs = 3_600_000;
const missedLifeMs = 60_000;
const remembered = 1_000;
const noMailServer = 'no-mail-server';
/** What is assumed of a directory that nobody has described: few wrong passwords lock an account. */
const lockout = { attempts: 3, windowMs: 30 * 60_000 };

/** Or why there is none: none is assigned and none may be looked for; none was found; finding it takes the password; it is wrong. */
type Place = MailServerProfile | { readonly none: 'no-server' | 'not-found' | 'asks-password' | 'wrong' };

export function createAccountProver(deps: AccountProverDeps): ProveMailAccount {
  const { servers, sprays, clock } = deps;
  const prover = createProver();
  /** By organization and domain. */
  const places = new Map<string, { readonly place: Place; readonly until: number }>();
  let refusalMs = 30;

  async function placeOf(account: MailAccount): Promise<Place> {
    const { organizationId, server, password, email } = account;
    if (server !== null) return (await servers.find(organizationId, server)) ?? { none: 'no-server' };
    const domain = email?.slice(email.lastIndexOf('@') + 1).toLowerCase();
    if (email === undefined || domain === undefined || !account.discoverIn.includes(domain))
      return { none: 'no-server' };
    const key = `${organizationId} ${domain}`;
    const known = places.get(key);
    let place = known !== undefined && known.until > clock.now() ? known.place : undefined;
    if (place === undefined) keep(key, (place = await look(deps, email, domain)));
    if (!('none' in place) || place.none !== 'asks-password' || password === null) return place;
    place = await look(deps, email, domain, password);
    if (!('none' in place)) keep(key, place);
    return place;
  }

  function keep(key: string, place: Place): void {
    if (places.size >= remembered) places.clear();
    places.set(key, { place, until: clock.now() + ('none' in place ? missedLifeMs : foundLifeMs) });
  }

  /** Whoever has no mail server is refused as somebody who is not known is: after the same question, and not if it has no answer. */
  async function refuseWithout({ organizationId, instead }: MailAccount): Promise<MailAccountProof> {
    const other = instead === null ? undefined : await servers.find(organizationId, instead);
    const proving = other && (await prover.knock(other, servers.pool(other)));
    return proving?.is === 'unknown' ? { is: 'away', why: proving.why } : { is: 'wrong', why: noMailServer };
  }

  async function ask(account: MailAccount): Promise<MailAccountProof> {
    const { name, login, password, email } = account;
    const place = await placeOf(account);
    if ('none' in place) {
      if (place.none === 'no-server') return refuseWithout(account);
      if (place.none === 'not-found')
        return { is: 'away', why: 'The domain names no mail server of its own' };
      return { is: 'wrong', why: 'wrong-password' };
    }
    const pool = servers.pool(place);
    const user = nameAtServer(place, login, email) ?? name;
    const credentials = Buffer.from(`${user}:${password ?? ''}`, 'utf8').toString('base64');
    const proving = await (password === null
      ? prover.knock(place, pool)
      : prover.prove(place, pool, header('Authorization', `Basic ${credentials}`)));
    switch (proving.is) {
      case 'right':
        return { is: 'right', server: place.name };
      case 'wrong':
        return { is: 'wrong', why: 'wrong-password' };
      case 'refused':
        return { is: 'wrong', why: 'mail-server-refuses' };
      case 'unknown':
        return { is: 'away', why: proving.why };
      default:
        return proving satisfies never;
    }
  }

  return async (account) => {
    const { organizationId, login, password, address, browser } = account;
    const server = account.server ?? account.instead;
    const profile = server === null ? undefined : await servers.find(organizationId, server);
    const bearable = profile?.lockout ?? lockout;
    const guess: Attempt = {
      organizationId,
      login: login.name,
      address,
      deviceKey: browser ?? '',
      isKnownPair: browser !== undefined,
      lockoutAttempts: bearable.attempts,
      lockoutMs: bearable.windowMs,
    };
    const ruling = sprays.begin(guess);
    if (!ruling.goes) return { is: 'throttled', retryAfterSeconds: ruling.retryAfterSeconds };
    if (ruling.afterMs > 0) await pause(ruling.afterMs);
    const began = performance.now();
    const asked = ask(account).then((proof) => {
      if (proof.is !== 'wrong') sprays.takeBack(guess);
      return proof;
    });
    // What was asked goes on: a guess that the directory has seen counts, also if nobody waits for the answer any more.
    const proof = await within<MailAccountProof>(deps.patienceMs ?? patienceMs, asked, () => ({
      is: 'away',
      why: 'The mail server has not answered in time',
    }));
    const took = performance.now() - began;
    if (proof.is !== 'wrong') return proof;
    // Whoever cannot be let in anyhow is refused no faster.
    if (password === null || proof.why === noMailServer) await pause(Math.max(0, refusalMs - took));
    else refusalMs = Math.min(2_000, refusalMs * 0.8 + took * 0.2);
    return proof;
  };
}

/** Asks without a password first, so that one that is not needed is shown to nobody. */
async function look(
  deps: AccountProverDeps,
  address: string,
  domain: string,
  password?: string,
): Promise<Place> {
  const { url: found, steps } = await findMailServer(deps, {
    address,
    ...(password === undefined ? {} : { credentials: { userName: address, password }, onlyOnce: true }),
    confirmed: [],
  });
  if (found === undefined) {
    const asks = steps.some(({ outcome }) => outcome === 'asks-password');
    return { none: asks ? (password === undefined ? 'asks-password' : 'wrong') : 'not-found' };
  }
  const url = new URL(found);
  // What Autodiscover names is where the password goes next: the domain’s own hosts alone, others are an administrator’s to name.
  const isOwn = url.hostname === domain || url.hostname.endsWith(`.${domain}`);
  if (!isOwn || url.host === deps.publicUrl.host) return { none: 'not-found' };
  return {
    serverId: 'discovered',
    version: 0,
    name: url.host,
    url,
    trust: undefined,
    loginForm: 'address',
    windowsDomain: undefined,
    protocolVersions: undefined,
    redirectHosts: [url.hostname],
    autodiscoverUrl: undefined,
    lockout,
    timeoutMs: 15_000,
    vouching: undefined,
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
