import { createReadStream } from 'node:fs';
import type { CliCommand, CommandContext } from '../command.ts';
import { CommandError } from '../command.ts';
import { duration } from '../duration.ts';
import { table } from '../output.ts';

interface ImportReport {
  readonly lines: readonly { line: number; outcome: string; reason?: string }[];
}

const good: ReadonlySet<string> = new Set(['created', 'updated', 'changed', 'unchanged']);

/** A report per line: people see what failed and a count of the rest. */
export function printImport(report: ImportReport): string {
  const counts = new Map<string, number>();
  for (const { outcome } of report.lines) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const failed = report.lines.filter(({ outcome }) => !good.has(outcome));
  const summary = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'nothing to do';
  return failed.length === 0 ? summary : `${table(failed, ['line', 'outcome', 'reason'])}\n\n${summary}`;
}

export async function upload(context: CommandContext, path: string): Promise<unknown> {
  const file = context.positionals[0] ?? '';
  context.progress(`sending ${file} …`);
  return context
    .api()
    .request('POST', path, { upload: { mediaType: 'text/csv', content: createReadStream(file) } });
}

/** A user's id, from an id or an e-mail address. */
export async function findUser(context: CommandContext, name: string): Promise<string> {
  if (!name.includes('@')) return name;
  const users = await context.api().list<{ id: string; email: string }>('/users', { search: name }, 50);
  const user = users.find((candidate) => candidate.email.toLowerCase() === name.toLowerCase());
  if (!user)
    throw new CommandError(
      `There is no user ${name}. Create one with: gatehouse user create --email ${name}`,
    );
  return user.id;
}

export const userCommands: readonly CliCommand[] = [
  {
    words: ['user', 'create'],
    summary: 'Create a user.',
    options: {
      email: { required: true, description: 'e-mail address', placeholder: 'EMAIL' },
      'user-name': {
        description: 'name at the network; default: what stands before the @',
        placeholder: 'NAME',
      },
      name: { description: 'display name', placeholder: 'NAME' },
      language: { description: 'in which the person is written to', placeholder: 'de' },
    },
    run: ({ api, options }) =>
      api().request('POST', '/users', {
        body: {
          email: options['email'],
          ...(options['user-name'] === undefined ? {} : { userName: options['user-name'] }),
          ...(options['name'] === undefined ? {} : { displayName: options['name'] }),
          ...(options['language'] === undefined ? {} : { language: options['language'] }),
        },
      }),
  },
  {
    words: ['user', 'import'],
    summary: 'Import users from CSV: email, user_name, display_name, employee_id, groups.',
    positionals: [{ name: 'FILE', description: 'the CSV file' }],
    run: (context) => upload(context, '/users/import'),
    print: printImport,
  },
  { words: ['user', 'list'], summary: 'List users.', run: ({ api }) => api().list('/users') },
  {
    words: ['user', 'password-link'],
    summary: 'Make a one-time link by which a user chooses a password for the enrolment page.',
    positionals: [{ name: 'USER', description: 'id or e-mail address' }],
    run: async (context) =>
      context
        .api()
        .request('POST', `/users/${await findUser(context, context.positionals[0] ?? '')}/password-link`),
  },
  {
    words: ['user', 'remove-password'],
    summary: 'Take a user’s password away, and the open links to choose one.',
    positionals: [{ name: 'USER', description: 'id or e-mail address' }],
    run: async (context) =>
      context
        .api()
        .request('DELETE', `/users/${await findUser(context, context.positionals[0] ?? '')}/password`),
  },
  {
    words: ['group', 'create'],
    summary: 'Create a group; with an expression, a smart group of the devices of which it holds.',
    options: {
      name: { required: true, description: 'its name', placeholder: 'NAME' },
      expression: { description: 'in CEL, such as \'device.platform == "ios"\'', placeholder: 'EXPRESSION' },
    },
    run: ({ api, options }) =>
      api().request('POST', '/groups', {
        body: {
          name: options['name'],
          ...(options['expression'] === undefined ? {} : { expression: options['expression'] }),
        },
      }),
  },
  { words: ['group', 'list'], summary: 'List groups.', run: ({ api }) => api().list('/groups') },
  {
    words: ['group', 'add'],
    summary: 'Put a user into a group.',
    options: {
      group: { required: true, description: 'the group’s id', placeholder: 'ID' },
      user: { required: true, description: 'the user', placeholder: 'EMAIL|ID' },
    },
    async run(context) {
      const user = await findUser(context, context.options['user'] ?? '');
      await context.api().request('PUT', `/groups/${context.options['group']}/members/${user}`);
      return { id: user };
    },
  },
  {
    words: ['enrollment', 'create'],
    summary: 'Issue an enrolment for a user’s device. The one-time password is shown once.',
    options: {
      user: {
        description: 'whose device; a corporate one may be staged without',
        placeholder: 'EMAIL|ID',
      },
      platform: {
        required: true,
        description: 'what it runs',
        choices: ['linux', 'macos', 'ios', 'android', 'windows'],
      },
      ownership: { description: 'whose property', choices: ['corporate', 'personal', 'unspecified'] },
      expires: { description: 'how long the password is valid, 1h to 14d (default 72h)', placeholder: '72h' },
      replaces: { description: 'the same machine again: it keeps this id', placeholder: 'DEVICE-ID' },
    },
    run: ({ api, options }) =>
      api().request('POST', '/enrollments', {
        body: {
          ...(options['user'] === undefined ? {} : { user: options['user'] }),
          platform: options['platform'],
          ...(options['ownership'] === undefined ? {} : { ownership: options['ownership'] }),
          ...(options['replaces'] === undefined ? {} : { replacesDeviceId: options['replaces'] }),
          ...(options['expires'] === undefined
            ? {}
            : { expiresInHours: Math.ceil(duration(options['expires'], 'expires') / 3_600) }),
        },
      }),
  },
  {
    words: ['enrollment', 'list'],
    summary: 'List enrolments.',
    run: ({ api }) => api().list('/enrollments'),
  },
  {
    words: ['enrollment', 'cancel'],
    summary: 'Cancel an enrolment that has not been used.',
    positionals: [{ name: 'ID', description: 'the enrolment' }],
    run: ({ api, positionals }) => api().request('POST', `/enrollments/${positionals[0]}/cancel`),
  },
];
