import { type CliCommand, UsageError } from '../command.ts';
import { input } from '../input.ts';
import { table } from '../output.ts';

const id = { name: 'ID', description: 'the resource' };
const fields = 'its fields, as JSON or @FILE; `resource kinds` says which';

export const resourceCommands: readonly CliCommand[] = [
  {
    words: ['resource', 'kinds'],
    summary: 'List the kinds of resources with their fields, and the variables that texts may hold.',
    run: ({ api }) => api().request('GET', '/resource-kinds'),
    print(answer: {
      kinds: { kind: string; title: string; fields: Record<string, unknown>[] }[];
      variables: Record<string, unknown>[];
    }) {
      const kinds = answer.kinds.map(
        ({ kind, title, fields: rows }) =>
          `${kind}: ${title}\n${table(rows, ['name', 'required', 'secret', 'variables', 'description'])}`,
      );
      return [...kinds, `variables\n${table(answer.variables, ['name', 'description'])}`].join('\n\n');
    },
  },
  {
    words: ['resource', 'list'],
    summary: 'List resources: networks, accounts, certificates, profiles.',
    options: { kind: { description: 'of one kind only', placeholder: 'KIND' } },
    run: ({ api, options }) => api().list('/resources', { kind: options['kind'] }),
    print: (rows: Record<string, unknown>[]) =>
      table(rows, ['id', 'kind', 'name', 'version', 'secrets', 'updatedAt']),
  },
  {
    words: ['resource', 'show'],
    summary: 'Show a resource, without its secrets.',
    positionals: [id],
    run: ({ api, positionals }) => api().request('GET', `/resources/${positionals[0]}`),
  },
  {
    words: ['resource', 'create'],
    summary: 'Create a resource.',
    options: {
      kind: { required: true, description: 'its kind', placeholder: 'KIND' },
      name: { required: true, description: 'its name', placeholder: 'NAME' },
      description: { description: 'what it is for', placeholder: 'TEXT' },
      fields: { required: true, description: fields, placeholder: `'{"ssid":"Acme","security":"open"}'` },
    },
    run: ({ api, options }) =>
      api().request('POST', '/resources', {
        body: {
          kind: options['kind'],
          name: options['name'],
          ...(options['description'] === undefined ? {} : { description: options['description'] }),
          fields: input.json('fields', options['fields'] ?? ''),
        },
      }),
  },
  {
    words: ['resource', 'update'],
    summary: 'Change a resource. Secrets that are not given stay.',
    positionals: [id],
    options: {
      name: { description: 'its name', placeholder: 'NAME' },
      description: { description: 'what it is for', placeholder: 'TEXT' },
      fields: { description: `all ${fields}`, placeholder: 'JSON' },
    },
    run({ api, positionals, options }) {
      const { name, description, fields: given } = options;
      const body = {
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        ...(given === undefined ? {} : { fields: input.json('fields', given) }),
      };
      if (Object.keys(body).length === 0) throw new UsageError('give --name, --description or --fields');
      return api().request('PATCH', `/resources/${positionals[0]}`, { body });
    },
  },
  {
    words: ['resource', 'versions'],
    summary: 'List the versions of a resource.',
    positionals: [id],
    run: ({ api, positionals }) => api().list(`/resources/${positionals[0]}/versions`),
  },
  {
    words: ['resource', 'delete'],
    summary: 'Delete a resource; devices that have it lose it.',
    positionals: [id],
    run: ({ api, positionals }) => api().request('DELETE', `/resources/${positionals[0]}`),
  },
];
