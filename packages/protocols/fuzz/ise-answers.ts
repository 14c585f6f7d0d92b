/** Answers, as the client direction reads them. */
import {
  decodeCoaAnswer,
  decodeSessionServer,
  encodeCoaAnswer,
  encodeSessionServer,
} from '../src/cisco-ise/change-of-authorization.ts';
import { decodeDevicesAnswer, encodeDevicesAnswer } from '../src/cisco-ise/devices-answer.ts';
import { decodeDiscovery, encodeDiscovery } from '../src/cisco-ise/discovery.ts';
import { decodeFailure, encodeFailure } from '../src/cisco-ise/failure.ts';
import { decodeOrderAnswer, encodeOrderAnswer } from '../src/cisco-ise/orders.ts';
import { checkRoundTrip, type FuzzTarget, inflateText, texts } from './target.ts';
import { xmlDictionary } from './xml.ts';

const inflate = inflateText('<ise_api>', '</ise_api>');
const dictionary = [
  ...xmlDictionary,
  ...texts(
    '<device>',
    '</device>',
    '<guid>g</guid>',
    '<attributes/>',
    '<model>',
    'true',
    'false',
    '<api_version>4</api_version>',
  ),
];

export const iseDiscovery: FuzzTarget = {
  name: 'ise-discovery',
  seeds: [
    encodeDiscovery({
      version: 3,
      apiPath: '/acme/ciscoise/mdmapi/v3',
      redirectUrl: 'https://mdm.acme.example/',
      queryMaxSize: 1000,
      messagingSupport: true,
      vendor: 'Gatehouse',
      productName: 'Gatehouse',
      productVersion: '1',
    }),
  ],
  dictionary,
  inflate,
  run: (bytes) => void checkRoundTrip(bytes, decodeDiscovery, encodeDiscovery),
};

export const iseDevices: FuzzTarget = {
  name: 'ise-devices',
  seeds: [
    encodeDevicesAnswer({
      version: 3,
      pagingInfo: '17',
      devices: [
        {
          identifier: { kind: 'guid', value: '6f0c2c1e-6b3b-4a52-9f0e-0d6b7b7f1a01' },
          attributes: {
            register_status: true,
            compliance: { status: false, failure_reason: 'a & b', remediation: '<c>' },
            model: 'X1',
            lastCheckinTimeStamp: 1_763_740_800_000,
            macaddresses: ['A1B2C3D4E5F6', 'A1B2C3D4E5F7'],
          },
        },
        { identifier: { kind: 'macaddress', value: 'A1B2C3D4E5F6' }, attributes: {} },
      ],
    }),
  ],
  dictionary,
  inflate,
  // An answer of an older version may not carry the newer attributes, so writing it again may lose some: only reading is checked.
  run: (bytes) => void decodeDevicesAnswer(bytes),
};

export const iseOrderAnswer: FuzzTarget = {
  name: 'ise-order-answer',
  seeds: [
    encodeOrderAnswer('action', {
      version: 3,
      results: [
        { identifier: { kind: 'guid', value: 'g' }, accepted: false, failureReason: 'Unknown device' },
      ],
    }),
  ],
  dictionary,
  inflate,
  run: (bytes) =>
    void checkRoundTrip(
      bytes,
      (input) => decodeOrderAnswer('action', input),
      (answer) => encodeOrderAnswer('action', answer),
    ),
};

export const iseFailure: FuzzTarget = {
  name: 'ise-failure',
  seeds: [encodeFailure({ code: 404, description: 'No such instance' })],
  dictionary,
  inflate,
  run: (bytes) => void checkRoundTrip(bytes, decodeFailure, encodeFailure),
};

export const iseCoaAnswer: FuzzTarget = {
  name: 'ise-coa-answer',
  seeds: [encodeCoaAnswer({ requestType: 'reauth', results: true })],
  dictionary: [...dictionary, ...texts('<results>', '</results>', 'requestType="')],
  inflate: inflateText('<remoteCoA>', '</remoteCoA>'),
  run: (bytes) => void checkRoundTrip(bytes, decodeCoaAnswer, encodeCoaAnswer),
};

export const iseSession: FuzzTarget = {
  name: 'ise-session',
  seeds: [encodeSessionServer('psn-1')],
  dictionary: [...dictionary, ...texts('<acs_server>', '</acs_server>')],
  inflate: inflateText('<sessionParameters>', '</sessionParameters>'),
  run: (bytes) => void decodeSessionServer(bytes),
};
