// `gatehouse webhook …` and `signal-stream …`: who outside is told of what happens.
import type { CliCommand } from '../command.ts';

const id = (what: string) => [{ name: 'ID', description: what }] as const;
const ofWebhook = id('the webhook');
const ofStream = id('the stream');
const listOf = (text: string | undefined) =>
  text
    ?.split(',')
    .map((each) => each.trim())
    .filter(Boolean);

function setState(verb: 'enable' | 'disable', summary: string): CliCommand {
  return {
    words: ['webhook', verb],
    summary,
    positionals: ofWebhook,
    run: ({ api, positionals }) =>
      api().request('PATCH', `/webhooks/${positionals[0]}`, { body: { state: `${verb}d` } }),
  };
}

function setStream(verb: 'pause' | 'disable' | 'enable', summary: string): CliCommand {
  return {
    words: ['signal-stream', verb],
    summary,
    positionals: ofStream,
    run: ({ api, positionals }) =>
      api().request('PATCH', `/signals/streams/${positionals[0]}`, { body: { status: `${verb}d` } }),
  };
}

export const webhookCommands: readonly CliCommand[] = [
  {
    words: ['webhook', 'create'],
    summary: 'Make a webhook. Prints its secret, once.',
    options: {
      name: { required: true, description: 'what people call it', placeholder: 'TEXT' },
      url: { required: true, description: 'where to: https://HOST/PATH', placeholder: 'URL' },
      events: { required: true, description: 'names of events, with commas between', placeholder: 'NAMES' },
    },
    run: ({ api, options }) =>
      api().request('POST', '/webhooks', {
        body: { name: options['name'], url: options['url'], events: listOf(options['events']) },
      }),
  },
  { words: ['webhook', 'list'], summary: 'List webhooks.', run: ({ api }) => api().list('/webhooks', {}) },
  {
    words: ['webhook', 'delete'],
    summary: 'Delete a webhook with all that waits for it.',
    positionals: ofWebhook,
    run: ({ api, positionals }) => api().request('DELETE', `/webhooks/${positionals[0]}`),
  },
  setState('enable', 'Send again what happens from now on.'),
  setState('disable', 'Send nothing more.'),
  {
    words: ['webhook', 'rotate-secret'],
    summary: 'Give a webhook another secret; both sign for a day.',
    positionals: ofWebhook,
    run: ({ api, positionals }) => api().request('POST', `/webhooks/${positionals[0]}/secret`),
  },
  {
    words: ['webhook', 'ping'],
    summary: 'Send a message that means nothing, to try the receiver.',
    positionals: ofWebhook,
    run: ({ api, positionals }) => api().request('POST', `/webhooks/${positionals[0]}/ping`),
  },
  {
    words: ['webhook', 'deliveries'],
    summary: 'List the messages of a webhook, the newest first.',
    positionals: ofWebhook,
    run: ({ api, positionals }) => api().list(`/webhooks/${positionals[0]}/deliveries`, {}),
  },
  {
    words: ['webhook', 'retry'],
    summary: 'Send a message once more.',
    positionals: [...ofWebhook, { name: 'DELIVERY', description: 'the message' }],
    run: ({ api, positionals }) =>
      api().request('POST', `/webhooks/${positionals[0]}/deliveries/${positionals[1]}/retry`),
  },
  {
    words: ['webhook', 'replay'],
    summary: 'Send the events of a stretch of time again, from the last thirty days.',
    positionals: ofWebhook,
    options: {
      from: { required: true, description: 'since when, such as 2026-11-20T00:00:00Z', placeholder: 'TIME' },
      until: { description: 'until when; now', placeholder: 'TIME' },
      events: { description: 'only these, with commas between', placeholder: 'NAMES' },
    },
    run: ({ api, positionals, options }) => {
      const { from, until } = options;
      const events = listOf(options['events']);
      return api().request('POST', `/webhooks/${positionals[0]}/replay`, {
        body: {
          from,
          ...(until === undefined ? {} : { until }),
          ...(events === undefined ? {} : { events }),
        },
      });
    },
  },
  {
    words: ['signal-stream', 'list'],
    summary: 'List the streams of Shared Signals, with what waits for their receivers.',
    run: ({ api }) => api().list('/signals/streams', {}),
  },
  setStream('pause', 'Hold what a receiver would be told; of each device the newest.'),
  setStream('disable', 'Tell a receiver nothing more, and hold nothing.'),
  setStream('enable', 'Tell a receiver again.'),
  {
    words: ['signal-stream', 'retry'],
    summary: 'Send the events again that a receiver refused.',
    positionals: ofStream,
    run: ({ api, positionals }) => api().request('POST', `/signals/streams/${positionals[0]}/parked/retry`),
  },
];
