/** Asks everywhere that phones ask where a domain's mail server is, and sees where they are sent: to the gateway, or past it. */
import { autodiscoverRequest } from '../activesync/autodiscover.ts';
import { observeWeb } from './observe.ts';
import { answerIsThere, type Converse, type Finding } from './probe-host.ts';
import { autodiscoverPath, encodeQuestion } from './ways.ts';

export interface Service {
  readonly host: string;
  readonly port: number;
}

/**
 * @param services what the DNS names for `_autodiscover._tcp.DOMAIN` (RFC 2782)
 * @returns nothing for places that do not exist: a domain needs none of them
 */
export async function probeDirections(
  domain: string,
  services: readonly Service[],
  converse: Converse,
): Promise<Finding[]> {
  const secure = [
    { host: domain, port: 443 },
    { host: `autodiscover.${domain}`, port: 443 },
    ...services.slice(0, 4),
  ];
  const asked = await Promise.all([
    ...secure.map((each) => ask(each, domain, false, converse)),
    // Phones that follow this send no password with it, but they go where it says.
    ask({ host: `autodiscover.${domain}`, port: 80 }, domain, true, converse),
  ]);
  return asked.filter(({ seen }) => seen !== 'no-address');
}

async function ask(
  { host, port }: Service,
  domain: string,
  plain: boolean,
  converse: Converse,
): Promise<Finding> {
  const place = port === (plain ? 80 : 443) ? host : `${host}:${port}`;
  const question = plain
    ? encodeQuestion({ method: 'GET', path: autodiscoverPath }, place)
    : encodeQuestion({ method: 'POST', path: autodiscoverPath }, place, {
        type: 'text/xml; charset=utf-8',
        // Nobody: the answer is to be had without a password, or not at all.
        content: autodiscoverRequest(`gatehouse-mail-probe@${domain}`),
      });
  const heard = await converse({ host, port, tls: !plain }, question, answerIsThere);
  const observation = observeWeb(
    heard,
    { way: 'autodiscover', path: autodiscoverPath, ...(plain ? { plain } : {}) },
    { host, port },
  );
  return {
    way: 'autodiscover',
    address: `${plain ? 'http' : 'https'}://${place}${autodiscoverPath}`,
    ...observation,
  };
}
