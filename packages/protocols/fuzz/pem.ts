/** PEM text. */
import { decodePem, encodePem } from '../src/x509/pem.ts';
import { checkRoundTrip, type FuzzTarget, texts } from './target.ts';

const block = encodePem(
  'CERTIFICATE',
  Uint8Array.from({ length: 100 }, (_, index) => index),
);

export const pem: FuzzTarget = {
  name: 'pem',
  seeds: texts(
    block,
    `${block}text\n${block}`,
    block.replaceAll('\n', '\r\n'),
    encodePem('X509 CRL', Uint8Array.of(1, 2)) + block,
  ),
  dictionary: texts(
    '-----BEGIN CERTIFICATE-----',
    '-----END CERTIFICATE-----',
    '-----',
    '=',
    '==',
    '\n',
    '\r',
  ),
  run(bytes) {
    checkRoundTrip(
      bytes,
      (input) =>
        decodePem('CERTIFICATE', Buffer.from(input).toString('latin1')).map((der) => new Uint8Array(der)),
      (blocks) => Buffer.from(blocks.map((der) => encodePem('CERTIFICATE', der)).join('')),
    );
  },
};
