// How people and their devices are brought in: invitations, and the terms that they agree to.
import { createReadStream, readFileSync } from 'node:fs';
import { platforms } from '@gatehouse/core/devices/device.ts';
import type { CliCommand, CommandContext } from '../command.ts';
import { CommandError, UsageError } from '../command.ts';
import { duration } from '../duration.ts';
import { table } from '../output.ts';

interface Report {
  readonly lines: readonly {
    readonly line?: number;
    readonly user: string;
    readonly outcome: string;
    readonly reason?: string;
    readonly link?: string;
  }[];
}

/** With links they are the point; without, what failed is. */
function printReport({ lines }: Report): string {
  const failed = lines.filter(({ outcome }) => outcome === 'failed').length;
  const summary = `${lines.length - failed} invited, ${failed} failed`;
  const given = lines.some(({ link }) => link !== undefined);
  if (!given && failed === 0) return summary;
  const columns = ['line', 'user', 'outcome', ...(given ? ['link'] : []), ...(failed > 0 ? ['reason'] : [])];
  const shown = given ? lines : lines.filter(({ outcome }) => outcome === 'failed');
  const used = shown.some(({ line }) => line !== undefined) ? columns : columns.slice(1);
  return `${table(shown as never, used)}\n\n${summary}`;
}

const choices = {
  platform: { description: 'what the device runs', choices: platforms },
  ownership: { description: 'whose property', choices: ['corporate', 'personal', 'unspecified'] },
  link: { flag: true, description: 'print links to give out instead of sending mail' },
  language: { description: 'of the mail (default: the user’s)', placeholder: 'en' },
} as const;

function chosen({ options, flags }: CommandContext): Record<string, string> {
  return {
    ...(options['platform'] === undefined ? {} : { platform: options['platform'] }),
    ...(options['ownership'] === undefined ? {} : { ownership: options['ownership'] }),
    ...(options['language'] === undefined ? {} : { language: options['language'] }),
    ...(flags.has('link') ? { delivery: 'link' } : {}),
  };
}

const invitationCommands: readonly CliCommand[] = [
  {
    words: ['invite'],
    summary:
      'Invite users to enrol a device: by mail, or with links to give out. Also a whole group, or a CSV file.',
    options: {
      user: { description: 'whom: e-mail addresses with commas between', placeholder: 'EMAIL[,EMAIL]' },
      group: { description: 'everybody in this group', placeholder: 'ID' },
      file: {
        description: 'a CSV file: email, and platform and ownership where they differ',
        placeholder: 'FILE',
      },
      ...choices,
      expires: {
        description: 'how long the one-time password is valid, 1h to 14d (default 72h)',
        placeholder: '72h',
      },
      'password-link': {
        flag: true,
        description: 'the mail also lets the user choose a password of their own',
      },
    },
    async run(context) {
      const { api, options, flags } = context;
      const { user, group, file, expires } = options;
      if ([user, group, file].filter((each) => each !== undefined).length !== 1) {
        throw new UsageError('Name one of --user, --group and --file');
      }
      if (file !== undefined) {
        context.progress(`sending ${file} …`);
        return api().request('POST', '/invitations/import', {
          query: chosen(context),
          upload: { mediaType: 'text/csv', content: createReadStream(file) },
        });
      }
      if (options['platform'] === undefined) throw new UsageError('Name the --platform');
      return api().request('POST', '/invitations', {
        body: {
          ...(user === undefined
            ? { groupId: group }
            : { users: user.split(',').map((each) => each.trim()) }),
          ...chosen(context),
          ...(expires === undefined
            ? {}
            : { expiresInHours: Math.ceil(duration(expires, 'expires') / 3_600) }),
          ...(flags.has('password-link') ? { withPasswordLink: true } : {}),
        },
      });
    },
    print: printReport as never,
  },
  {
    words: ['invitation', 'list'],
    summary: 'List invitations.',
    run: ({ api }) => api().list('/invitations'),
    print: (rows: Record<string, unknown>[]) =>
      table(rows, [
        'id',
        'userId',
        'delivery',
        'state',
        'enrollmentState',
        'attempts',
        'problem',
        'createdAt',
      ]),
  },
  {
    words: ['invitation', 'resend'],
    summary: 'Send an invitation again, with another one-time password.',
    positionals: [{ name: 'ID', description: 'the invitation' }],
    run: ({ api, positionals }) => api().request('POST', `/invitations/${positionals[0]}/resend`),
  },
];

const terms = { name: 'ID', description: 'the version' } as const;

const termsCommands: readonly CliCommand[] = [
  {
    words: ['terms', 'create'],
    summary: 'Write a new version of the acceptable-use policy or the licence, from a text file.',
    positionals: [{ name: 'FILE', description: 'its text; # begins a heading, - an entry of a list' }],
    options: {
      kind: { required: true, description: 'what it is', choices: ['acceptable-use', 'licence'] },
      title: { required: true, description: 'its title', placeholder: 'TEXT' },
      language: { description: 'default en', placeholder: 'en' },
      publish: { flag: true, description: 'publish it at once' },
    },
    run: ({ api, options, flags, positionals }) =>
      api().request('POST', '/terms', {
        body: {
          kind: options['kind'],
          title: options['title'],
          text: readText(positionals[0] ?? ''),
          ...(options['language'] === undefined ? {} : { language: options['language'] }),
          ...(flags.has('publish') ? { publish: true } : {}),
        },
      }),
  },
  {
    words: ['terms', 'list'],
    summary: 'List the versions of acceptable-use policy and licence.',
    run: ({ api }) => api().list('/terms'),
    print: (rows: Record<string, unknown>[]) =>
      table(rows, ['id', 'kind', 'language', 'version', 'title', 'state', 'publishedAt']),
  },
  {
    words: ['terms', 'publish'],
    summary: 'Publish a draft: it takes the place of the version before.',
    positionals: [terms],
    run: ({ api, positionals }) => api().request('POST', `/terms/${positionals[0]}/publish`),
  },
  {
    words: ['terms', 'withdraw'],
    summary: 'Withdraw the published version: nobody is asked for it any more.',
    positionals: [terms],
    run: ({ api, positionals }) => api().request('POST', `/terms/${positionals[0]}/withdraw`),
  },
  {
    words: ['terms', 'accepted'],
    summary: 'List who agreed to which version, when and in which language.',
    options: {
      user: { description: 'of this user only', placeholder: 'ID' },
      device: { description: 'of this device only', placeholder: 'ID' },
    },
    run: ({ api, options }) =>
      api().list('/terms-acceptances', { userId: options['user'], deviceId: options['device'] }),
    print: (rows: Record<string, unknown>[]) =>
      table(rows, ['kind', 'version', 'language', 'userId', 'deviceId', 'acceptedAt']),
  },
];

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

export const enrollmentCommands: readonly CliCommand[] = [...invitationCommands, ...termsCommands];
