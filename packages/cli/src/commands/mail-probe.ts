// `gatehouse mail-probe`: looks from here for ways to mail that lead round the gateway. It needs no server and no account, so that anybody can run it in
// any network.
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { judgeSight, type ProbeWay, probeWays, summarizeProbe } from '@gatehouse/core/mail/probe-result.ts';
import { parseTarget, probeDirections, probeHost } from '@gatehouse/protocols/mail-probe/index.ts';
import { type CliCommand, CommandError, UsageError } from '../command.ts';
import { conversations, findServices } from '../mail-probe/converse.ts';
import { describeProbe, type ProbedHost } from '../mail-probe/describe.ts';

const listOf = (text: string | undefined) =>
  (text ?? '')
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter(Boolean);

function readWays(text: string | undefined): ProbeWay[] {
  return listOf(text).map((word) => {
    const way = probeWays.find((each) => each === word);
    if (way === undefined) throw new UsageError(`there is no way ${word}; there are ${probeWays.join(', ')}`);
    return way;
  });
}

export const mailProbeCommands: readonly CliCommand[] = [
  {
    words: ['mail-probe'],
    summary: 'Look from here whether a mail server can be reached round the gateway. Needs no server.',
    positionals: [
      {
        name: 'HOST[:PORT]',
        description: 'a mail server’s public name or address; as many as there are',
        optional: true,
        repeated: true,
      },
    ],
    options: {
      gateway: {
        description: 'names of the gateway, with commas between: what leads there is no way round it',
        placeholder: 'HOSTS',
      },
      domain: {
        description: 'mail domains, with commas between: where does their Autodiscover send phones?',
        placeholder: 'DOMAINS',
      },
      accept: { description: `ways that stay open on purpose: ${probeWays.join(', ')}`, placeholder: 'WAYS' },
      address: {
        description:
          'connect there, whatever the names’ addresses are, such as to a mail server behind another name',
        placeholder: 'IP',
      },
      seconds: { description: 'how long to wait for each answer; 8', placeholder: 'N' },
      all: { flag: true, description: 'show what is closed, too' },
      'fail-if-open': { flag: true, description: 'end with status 1 when something is open' },
    },
    async run({ positionals, options, flags, progress }) {
      const targets = positionals.map((text) => {
        const target = parseTarget(text);
        if (target === undefined) throw new UsageError(`${text} is not HOST or HOST:PORT`);
        return { text, target };
      });
      const domains = listOf(options['domain']);
      const wrong = domains.find((each) => !/^(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}$/.test(each));
      if (wrong !== undefined) throw new UsageError(`${wrong} is no mail domain`);
      if (targets.length + domains.length === 0) throw new UsageError('HOST[:PORT] or --domain is missing');
      const { address } = options;
      if (address !== undefined && isIP(address) === 0) throw new UsageError('--address is an IP address');
      const seconds = Number(options['seconds'] ?? 8);
      if (!(seconds >= 1 && seconds <= 60)) throw new UsageError('--seconds is from 1 to 60');
      const accepted = readWays(options['accept']);
      const view = { vantage: 'outside', gatewayHosts: listOf(options['gateway']) } as const;
      const converse = conversations({ address, totalMs: seconds * 1_000 });
      const hosts: ProbedHost[] = [];
      for (const { text, target } of targets) {
        progress(`asking ${text} …`);
        const found = await probeHost(target, `/${randomBytes(9).toString('hex')}`, converse);
        const sights = found.map((sight) => ({ ...sight, ...judgeSight(sight, view) }));
        hosts.push({ host: text, ...summarizeProbe(sights, accepted), sights });
      }
      for (const domain of domains) {
        progress(`asking where phones of ${domain} are sent …`);
        const found = await probeDirections(
          domain,
          await findServices(domain),
          conversations({ totalMs: seconds * 1_000 }),
        );
        const sights = found.map((sight) => ({ ...sight, ...judgeSight(sight, view) }));
        hosts.push({ host: domain, ...summarizeProbe(sights, accepted), sights });
      }
      if (flags.has('fail-if-open') && hosts.some(({ verdict }) => verdict === 'open'))
        throw new CommandError(
          `mail can be had round the gateway\n\n${describeProbe(hosts, flags.has('all'))}`,
          {
            hosts,
          },
        );
      return { hosts };
    },
    print: ({ hosts }: { hosts: ProbedHost[] }, { flags }) => describeProbe(hosts, flags.has('all')),
  } as CliCommand,
];
