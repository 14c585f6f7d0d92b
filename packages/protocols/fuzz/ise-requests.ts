/** Bodies that ISE sends. */
import { deepStrictEqual } from 'node:assert/strict';
import { decodeBatch, encodeBatch } from '../src/cisco-ise/batch.ts';
import {
  decodeActionBody,
  decodeMessageBody,
  encodeActionBody,
  encodeMessageBody,
} from '../src/cisco-ise/orders.ts';
import { checkRoundTrip, type FuzzTarget, inflateText, texts } from './target.ts';
import { xmlDictionary } from './xml.ts';

const xml = 'application/xml';
const form = 'application/x-www-form-urlencoded';
const multipart = 'multipart/form-data; boundary=XyZ';
const action =
  '<ise_api><identifier><macaddress>A1B2C3D4E5F6</macaddress><guid>6f0c2c1e-6b3b</guid></identifier></ise_api>';
const upload = `--XyZ\r\nContent-Disposition: form-data; name="f"\r\n\r\n${action}\r\n--XyZ--\r\n`;
const dictionary = [
  ...xmlDictionary,
  ...texts(
    '<identifier>',
    '</identifier>',
    '<guid>',
    '</guid>',
    '<value>',
    '</value>',
    '--XyZ',
    '--XyZ--',
    '\r\n\r\n',
    'value=',
    '%',
    '+',
    ',',
  ),
];
const inflate = inflateText('<ise_api>', '</ise_api>');

export const iseAction: FuzzTarget = {
  name: 'ise-action',
  seeds: texts(action, upload),
  dictionary,
  inflate,
  run(bytes) {
    const type = bytes[0] === 0x2d ? multipart : xml;
    const identifiers = decodeActionBody(type, bytes);
    deepStrictEqual(
      decodeActionBody(xml, encodeActionBody(identifiers)),
      identifiers,
      'encode and decode disagree',
    );
  },
};

export const iseMessage: FuzzTarget = {
  name: 'ise-message',
  seeds: [
    encodeMessageBody({
      identifiers: [{ kind: 'guid', value: 'g' }],
      type: 'Alert',
      header: 'Update',
      body: 'Now & <then>',
    }),
  ],
  dictionary: [...dictionary, ...texts('<message>', '</message>', '<message_body>', '</message_body>')],
  inflate,
  run: (bytes) => void checkRoundTrip(bytes, (input) => decodeMessageBody(xml, input), encodeMessageBody),
};

export const iseBatch: FuzzTarget = {
  name: 'ise-batch',
  seeds: [
    encodeBatch(['A1B2C3D4E5F6', 'A1B2C3D4E5F7']),
    ...texts('value=A1B2C3D4E5F6&value=A1B2C3D4E5F7,A1B2C3D4E5F8'),
  ],
  dictionary,
  inflate,
  run(bytes) {
    const found = decodeBatch(bytes[0] === 0x3c ? xml : form, bytes, 'macaddress');
    const macs = found.filter(({ kind }) => kind === 'macaddress');
    deepStrictEqual(
      decodeBatch(xml, encodeBatch(macs.map(({ value }) => value)), 'macaddress'),
      macs,
      'encode and decode disagree',
    );
  },
};
