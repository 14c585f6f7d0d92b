// `gatehouse mail-probe`: looks from here for ways to mail that lead round the gateway. It needs no server and no account, so that anybody can run it in
// any network; the other commands have the server look, and keep what was seen.
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { judgeSight, type ProbeWay, probeWays, summarizeProbe } from '@gatehouse/core/mail/probe-result.ts';
import { parseTarget, probeDirections, probeHost } from '@gatehouse/protocols/mail-probe/index.ts';
import { type CliCommand, CommandError, UsageError } from '../command.ts';
import { conversations, findServices } from '../mail-probe/converse.ts';
import { describeProbe, type ProbedHost } from '../mail-probe/describe.ts';

interface Discovery {
  readonly url: string | null;
  readonly steps: readonly { readonly asked: string; readonly outcome: string; readonly host?: string }[];
  readonly toConfirm: readonly string[];
}

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

const ofServer = [{ name: 'SERVER', description: 'the id of the mail server' }] as const;

/** What a report holds: what was seen, without our judgement. */
function seenOnly({ hosts }: { readonly hosts: readonly ProbedHost[] }) {
  return hosts.flatMap(({ sights }) =>
    sights.map(({ verdict: _verdict, because: _because, ...seen }) => seen),
  );
}

export const mailProbeCommands: readonly CliCommand[] = [
  {
    words: ['mail-probe', 'run'],
    summary: 'Have the server look at a mail server now.',
    positionals: ofServer,
    run: ({ api, positionals }) =>
      api().request('POST', '/mail-probes', { body: { mailServerId: positionals[0] } }),
    print: ({ id }: { readonly id: string }) => `It is looked; then: gatehouse mail-probe show ${id}`,
  } as CliCommand,
  {
    words: ['mail-probe', 'list'],
    summary: 'List looks at mail servers, the newest first.',
    options: { 'mail-server': { description: 'of this mail server', placeholder: 'ID' } },
    run: ({ api, options }) => api().list('/mail-probes', { mailServerId: options['mail-server'] }),
  },
  {
    words: ['mail-probe', 'show'],
    summary: 'Show a look at a mail server: each way, what it means, what to do.',
    positionals: [{ name: 'ID', description: 'the look' }],
    options: { all: { flag: true, description: 'show what is closed, too' } },
    run: ({ api, positionals }) => api().request('GET', `/mail-probes/${positionals[0]}`),
    print: (probe: ProbedHost & { readonly state: string; readonly mailServerId: string }, { flags }) =>
      probe.state === 'waiting'
        ? 'waiting'
        : describeProbe([{ ...probe, host: probe.mailServerId }], flags.has('all')),
  } as CliCommand,
  {
    words: ['mail-probe', 'plan'],
    summary: 'Show or change where and how often the server looks at a mail server.',
    positionals: ofServer,
    options: {
      hosts: { description: 'public names and addresses, with commas between', placeholder: 'HOSTS' },
      domains: { description: 'mail domains, with commas between', placeholder: 'DOMAINS' },
      accept: { description: 'ways that stay open on purpose; none', placeholder: 'WAYS' },
      every: { description: 'minutes; 0: only when asked for', placeholder: 'MINUTES' },
      'let-in': { description: 'the mail server lets our addresses in', choices: ['yes', 'no'] },
    },
    run: ({ api, positionals, options }) => {
      const path = `/mail-servers/${positionals[0]}/probe-plan`;
      const { hosts, domains, accept, every } = options;
      const minutes = Number(every);
      const body = {
        ...(hosts === undefined ? {} : { hosts: listOf(hosts) }),
        ...(domains === undefined ? {} : { domains: listOf(domains) }),
        ...(accept === undefined ? {} : { acceptedWays: accept === 'none' ? [] : readWays(accept) }),
        ...(every === undefined ? {} : { everyMinutes: minutes === 0 ? null : minutes }),
        ...(options['let-in'] === undefined ? {} : { letIn: options['let-in'] === 'yes' }),
      };
      return Object.keys(body).length === 0
        ? api().request('GET', path)
        : api().request('PATCH', path, { body });
    },
  },
  {
    words: ['mail-server', 'discover'],
    summary: 'Find the mail server of a domain by its Autodiscover, asked by the server.',
    positionals: [{ name: 'ADDRESS', description: 'the mail address of anybody there' }],
    options: {
      user: {
        description: 'whose answer it is, where a password is wanted; the address',
        placeholder: 'NAME',
      },
      'password-stdin': {
        flag: true,
        description: 'read a password from standard input; it is sent once and kept nowhere',
      },
      confirm: {
        description: 'hosts outside of the domain that may be asked, with commas between',
        placeholder: 'HOSTS',
      },
    },
    async run({ api, positionals, options, flags, readStandardInput }) {
      const password = flags.has('password-stdin')
        ? (await readStandardInput()).replace(/\r?\n$/, '')
        : undefined;
      const { user, confirm } = options;
      return api().request('POST', '/mail-servers/discover', {
        body: {
          address: positionals[0],
          ...(user === undefined ? {} : { userName: user }),
          ...(password === undefined ? {} : { password }),
          ...(confirm === undefined ? {} : { confirmedHosts: listOf(confirm) }),
        },
      });
    },
    print: ({ url, steps, toConfirm }: Discovery) =>
      [
        ...steps.map(
          ({ asked, outcome, host }) => `${asked}  ${outcome}${host === undefined ? '' : ` ${host}`}`,
        ),
        ...(toConfirm.length === 0 ? [] : [`to go on: --confirm ${toConfirm.join(',')}`]),
        url ?? 'not found',
      ].join('\n'),
  } as CliCommand,
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
      report: {
        description: 'tell the server what was seen, for the mail server of this id',
        placeholder: 'ID',
      },
      place: { description: 'with --report: from where it was looked', placeholder: 'TEXT' },
      seconds: { description: 'how long to wait for each answer; 8', placeholder: 'N' },
      all: { flag: true, description: 'show what is closed, too' },
      'fail-if-open': { flag: true, description: 'end with status 1 when something is open' },
    },
    async run({ positionals, options, flags, progress, api }) {
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
      if (options['report'] !== undefined)
        await api().request('POST', '/mail-probes/reports', {
          body: {
            mailServerId: options['report'],
            place: options['place'] ?? hostname(),
            sights: seenOnly({ hosts }),
          },
        });
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
