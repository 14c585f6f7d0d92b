/**
 * What an outside look at a mail server means (EAS-08, GAP-13): whether mail can be had round the gateway, way by way, with the reason. Pure, and told
 * nothing but what was seen, so that whoever looked, from wherever, the judgement is the same.
 */

/** Ways by which mail leaves a mail server; the first three are what phones use and the gateway stands for. */
export const probeWays = [
  'activesync',
  'activesync-plain',
  'autodiscover',
  'exchange-services',
  'outlook',
  'webmail',
  'traveler',
  'jmap',
  'imap',
  'pop',
  'submission',
] as const;
export type ProbeWay = (typeof probeWays)[number];

export const sights = [
  'refused',
  'silent',
  'mute',
  'no-address',
  'forbidden-address',
  'no-tls',
  'not-understood',
  'greeting',
  'mail-service',
  'asks-password',
  'gateway',
  'denied',
  'absent',
  'page',
  'sign-in-page',
  'elsewhere',
  'secure-only',
  'trouble',
  'odd',
  'names',
] as const;
export type Sight = (typeof sights)[number];

export interface ProbeSight {
  readonly way: ProbeWay;
  /** What was asked, as a URL. */
  readonly address: string;
  readonly seen: Sight;
  readonly status?: number;
  /** A host, with its port where that is unusual. */
  readonly host?: string;
  readonly everywhere?: true;
}

export type ProbeVerdict = 'open' | 'closed' | 'unclear';

/** From where it was looked: like any phone, or from an address that the mail server may let in because it is the gateway's. */
export type Vantage = 'outside' | 'gateway';

export type ProbeReason =
  | 'phones-served'
  | 'asks-password'
  | 'sign-in-page'
  | 'greets'
  | 'sends-phones-past'
  | 'is-gateway'
  | 'sends-to-gateway'
  | 'refused'
  | 'silent'
  | 'denied'
  | 'absent'
  | 'secure-only'
  | 'seen-from-gateway'
  | 'password-everywhere'
  | 'page'
  | 'page-everywhere'
  | 'elsewhere'
  | 'directions-hidden'
  | 'no-address'
  | 'forbidden-address'
  | 'no-tls'
  | 'mute'
  | 'trouble'
  | 'not-understood';

export interface ProbeJudgement {
  readonly verdict: ProbeVerdict;
  readonly because: ProbeReason;
}

export interface ProbeView {
  readonly vantage: Vantage;
  /** Names by which phones reach the gateway, in lower case, without ports. */
  readonly gatewayHosts: readonly string[];
}

export function judgeSight(sight: ProbeSight, view: ProbeView): ProbeJudgement {
  const judged = judgeFromOutside(sight, view);
  // The gateway is let in to the web server where phones are not, so what it reaches there proves nothing about them; what it cannot
  // reach, they hardly can.
  return judged.verdict === 'open' &&
    view.vantage === 'gateway' &&
    sight.address.startsWith('https:') &&
    sight.way !== 'autodiscover'
    ? { verdict: 'unclear', because: 'seen-from-gateway' }
    : judged;
}

const open = (because: ProbeReason): ProbeJudgement => ({ verdict: 'open', because });
const closed = (because: ProbeReason): ProbeJudgement => ({ verdict: 'closed', because });
const unclear = (because: ProbeReason): ProbeJudgement => ({ verdict: 'unclear', because });

function judgeFromOutside(sight: ProbeSight, { gatewayHosts }: ProbeView): ProbeJudgement {
  const { way, seen, everywhere } = sight;
  const toGateway = gatewayHosts.includes(nameOf(sight.host));
  switch (seen) {
    case 'gateway':
      return closed('is-gateway');
    case 'mail-service':
      return open('phones-served');
    case 'greeting':
      return open('greets');
    case 'names':
      return toGateway ? closed('sends-to-gateway') : open('sends-phones-past');
    case 'elsewhere':
      return toGateway ? closed('sends-to-gateway') : unclear('elsewhere');
    case 'asks-password':
      if (way === 'autodiscover') return unclear('directions-hidden');
      return everywhere ? unclear('password-everywhere') : open('asks-password');
    case 'sign-in-page':
      // A page is no answer of this protocol, whatever it shows.
      if (way === 'activesync' || way === 'activesync-plain' || way === 'autodiscover')
        return unclear('page');
      return everywhere ? unclear('page-everywhere') : open('sign-in-page');
    case 'page':
      return unclear(everywhere ? 'page-everywhere' : 'page');
    case 'no-address':
    case 'forbidden-address':
    case 'no-tls':
    case 'mute':
    case 'trouble':
      return unclear(seen);
    case 'refused':
    case 'silent':
    case 'denied':
    case 'absent':
    case 'secure-only':
      return closed(seen);
    case 'not-understood':
    case 'odd':
      return unclear('not-understood');
  }
}

/** Of a host as it was seen, without its port, in lower case. */
function nameOf(host: string | undefined): string {
  return (host ?? '').replace(/:\d+$/, '').toLowerCase();
}

export interface JudgedSight extends ProbeSight, ProbeJudgement {}

export interface ProbeSummary {
  /** open: some way is, that nobody has accepted. unclear: none is, but of the ways of phones not all are known to be closed. */
  readonly verdict: ProbeVerdict;
  readonly openWays: readonly ProbeWay[];
  /** Open too, and known to be. */
  readonly acceptedWays: readonly ProbeWay[];
}

const waysOfPhones: readonly ProbeWay[] = ['activesync', 'activesync-plain', 'autodiscover'];

/** @param accepted ways that the organization leaves open on purpose, such as webmail for computers */
export function summarizeProbe(sights: readonly JudgedSight[], accepted: readonly ProbeWay[]): ProbeSummary {
  const openOnes = probeWays.filter((way) =>
    sights.some((each) => each.way === way && each.verdict === 'open'),
  );
  const openWays = openOnes.filter((way) => !accepted.includes(way));
  const acceptedWays = openOnes.filter((way) => accepted.includes(way));
  const doubt = sights.some(
    ({ way, verdict }) => verdict === 'unclear' && waysOfPhones.includes(way) && !accepted.includes(way),
  );
  const verdict = openWays.length > 0 ? 'open' : doubt || sights.length === 0 ? 'unclear' : 'closed';
  return { verdict, openWays, acceptedWays };
}

/** Whether phones themselves get past the gateway, which is graver than a way for computers. */
export function letsPhonesPast(ways: readonly ProbeWay[]): boolean {
  return ways.some((way) => waysOfPhones.includes(way));
}
