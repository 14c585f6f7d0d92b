// The push certificate of Apple devices: ask, sign, upload, show.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { signPushRequest } from '@gatehouse/protocols/apple-push/index.ts';
import { decodePem } from '@gatehouse/protocols/x509/index.ts';
import { type CliCommand, CommandError } from '../command.ts';

const path = '/apple/push-certificate';

function read(file: string | undefined): string {
  try {
    return readFileSync(file ?? '', 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

export const applePushCommands: readonly CliCommand[] = [
  {
    words: ['apple', 'push-certificate', 'request'],
    summary: 'Print the request for a push certificate, for a vendor to sign.',
    options: { anew: { flag: true, description: 'drop the request that waits, with its key' } },
    run: ({ api, flags }) =>
      api().request('POST', `${path}/request`, { body: flags.has('anew') ? { anew: true } : {} }),
    print: ({ csr }: { csr: string }) => csr.trimEnd(),
  },
  {
    words: ['apple', 'push-certificate', 'sign'],
    summary:
      'Sign a request as an MDM vendor; needs no server. Prints the file for identity.apple.com/pushcert.',
    options: {
      csr: { required: true, description: 'file of the request, PEM', placeholder: 'FILE' },
      chain: {
        required: true,
        description: 'file of the vendor’s certificate, Apple’s intermediate and root, PEM',
        placeholder: 'FILE',
      },
      key: { required: true, description: 'file of the vendor’s private key, PEM', placeholder: 'FILE' },
      passphrase: { description: 'file of the key’s passphrase', placeholder: 'FILE' },
    },
    async run({ options }) {
      const [request] = decodePem('CERTIFICATE REQUEST', read(options['csr']));
      if (request === undefined) throw new CommandError('There is no certificate request in the file.');
      const passphrase = options['passphrase'] && read(options['passphrase']).replace(/\r?\n$/, '');
      const key = createPrivateKey({ key: read(options['key']), ...(passphrase ? { passphrase } : {}) });
      return { signed: signPushRequest(request, decodePem('CERTIFICATE', read(options['chain'])), key) };
    },
    print: ({ signed }: { signed: string }) => signed,
  },
  {
    words: ['apple', 'push-certificate', 'upload'],
    summary: 'Take a push certificate into use.',
    options: {
      certificate: {
        required: true,
        description: 'file of the certificate from Apple, PEM',
        placeholder: 'FILE',
      },
      key: { description: 'file of its key, when it was not requested here', placeholder: 'FILE' },
      account: { description: 'the Apple account that it was made with', placeholder: 'EMAIL' },
      'confirm-topic': {
        description: 'the new topic, typed out: devices bound to another are lost',
        placeholder: 'TOPIC',
      },
    },
    run: ({ api, options }) =>
      api().request('PUT', path, {
        body: {
          certificate: read(options['certificate']),
          ...(options['key'] === undefined ? {} : { key: read(options['key']) }),
          ...(options['account'] === undefined ? {} : { account: options['account'] }),
          ...(options['confirm-topic'] === undefined ? {} : { confirmTopic: options['confirm-topic'] }),
        },
      }),
  },
  {
    words: ['apple', 'push-certificate', 'show'],
    summary: 'Show the push certificate, its end, and what keeps pushes from working.',
    run: ({ api }) => api().request('GET', path),
  },
];
