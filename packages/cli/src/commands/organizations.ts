import type { ApiClient } from '../api-client.ts';
import type { CliCommand } from '../command.ts';
import { CommandError } from '../command.ts';
import { duration } from '../duration.ts';
import { input } from '../input.ts';

async function findAdministrator(api: ApiClient, email: string): Promise<string> {
  const all = await api.list<{ id: string; email: string }>('/administrators', {}, 10_000);
  const found = all.find((candidate) => candidate.email.toLowerCase() === email.toLowerCase());
  if (!found) throw new CommandError(`There is no administrator ${email}.`);
  return found.id;
}

export const organizationCommands: readonly CliCommand[] = [
  {
    words: ['org', 'create'],
    summary: 'Create an organization.',
    options: {
      slug: {
        required: true,
        description: 'its short name in addresses: letters, digits, dashes',
        placeholder: 'acme',
      },
      name: { required: true, description: 'its name for people', placeholder: '"Acme"' },
    },
    run: ({ api, options }) =>
      api().request('POST', '/organizations', { body: { slug: options['slug'], name: options['name'] } }),
  },
  {
    words: ['org', 'list'],
    summary: 'List the organizations.',
    run: ({ api }) => api().list('/organizations'),
  },
  {
    words: ['org', 'settings'],
    summary: 'Show the organization’s settings, or change them with --set.',
    options: {
      set: { description: 'settings to change, as JSON', placeholder: `'{"nac":{"fullWipe":true}}'` },
    },
    async run({ api, options }) {
      const changes = options['set'];
      if (changes === undefined) return api().request('GET', '/organization/settings');
      return api().request('PATCH', '/organization/settings', { body: input.json('set', changes) });
    },
  },
  {
    words: ['admin', 'create'],
    summary: 'Create an administrator; prints a one-time set-up link, unless the password is given.',
    options: {
      email: {
        required: true,
        description: 'e-mail address, also the name at sign-in',
        placeholder: 'EMAIL',
      },
      role: {
        required: true,
        description: 'org-admin, help-desk, auditor, nac-service, or custom:ID',
        placeholder: 'ROLE',
      },
      name: { description: 'display name', placeholder: 'NAME' },
      'password-stdin': {
        flag: true,
        description: 'read the password from standard input (service accounts)',
      },
    },
    async run({ api, options, flags, readStandardInput }) {
      const password = flags.has('password-stdin')
        ? (await readStandardInput()).replace(/\r?\n$/, '')
        : undefined;
      return api().request('POST', '/administrators', {
        body: {
          email: options['email'],
          role: options['role'],
          ...(options['name'] === undefined ? {} : { displayName: options['name'] }),
          ...(password === undefined ? {} : { password }),
        },
      });
    },
  },
  {
    words: ['admin', 'list'],
    summary: 'List administrators.',
    run: ({ api }) => api().list('/administrators'),
  },
  {
    words: ['admin', 'disable'],
    summary: 'Disable an administrator: sessions and tokens end at once.',
    positionals: [{ name: 'ID', description: 'the administrator' }],
    run: ({ api, positionals }) =>
      api().request('PATCH', `/administrators/${positionals[0]}`, { body: { state: 'disabled' } }),
  },
  {
    words: ['admin', 'invite'],
    summary:
      'Make a new set-up link for an administrator: one whose link ran out, or who forgot the password.',
    positionals: [{ name: 'ADMINISTRATOR', description: 'id or e-mail address' }],
    async run({ api, positionals }) {
      const [name = ''] = positionals;
      const id = name.includes('@') ? await findAdministrator(api(), name) : name;
      return api().request('POST', `/administrators/${id}/setup-link`);
    },
  },
  {
    words: ['role', 'list'],
    summary: 'List built-in and custom roles.',
    run: ({ api }) => api().list('/roles'),
  },
  {
    words: ['role', 'create'],
    summary: 'Create a custom role.',
    options: {
      name: { required: true, description: 'its name', placeholder: 'NAME' },
      permissions: {
        required: true,
        description: 'permissions with commas between',
        placeholder: 'nac.query,devices.read',
      },
    },
    run: ({ api, options }) =>
      api().request('POST', '/roles', {
        body: {
          name: options['name'],
          permissions: (options['permissions'] ?? '').split(',').map((text) => text.trim()),
        },
      }),
  },
  {
    words: ['token', 'create'],
    summary: 'Create an API token. It is shown once.',
    options: {
      role: { required: true, description: 'what it may do', placeholder: 'org-admin' },
      expires: { description: 'how long it lives, at most 1y (default 30d)', placeholder: '30d' },
      name: { description: 'what it is for', placeholder: 'TEXT' },
    },
    run: ({ api, options }) =>
      api().request('POST', '/tokens', {
        body: {
          role: options['role'],
          name: options['name'] ?? 'command line',
          expiresInSeconds: duration(options['expires'] ?? '30d', 'expires'),
        },
      }),
  },
  { words: ['token', 'list'], summary: 'List API tokens.', run: ({ api }) => api().list('/tokens') },
  {
    words: ['token', 'revoke'],
    summary: 'Revoke an API token.',
    positionals: [{ name: 'ID', description: 'the token' }],
    run: ({ api, positionals }) => api().request('DELETE', `/tokens/${positionals[0]}`),
  },
];
