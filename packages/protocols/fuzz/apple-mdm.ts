/** Check-ins and results of Apple devices, and what devices read of ours. */
import {
  decodeCheckIn,
  decodeCommand,
  decodeErrorBody,
  decodeReport,
  encodeCheckIn,
  encodeCommand,
  encodeReport,
} from '../src/apple-mdm/index.ts';
import { checkRoundTrip, type FuzzTarget, texts } from './target.ts';

const identity = { kind: 'user', deviceKey: 'U', channel: 'X', userId: 'X', userShortName: 'anna' } as const;
const other = { New: 1 };

const dictionary = texts(
  'MessageType',
  'Authenticate',
  'TokenUpdate',
  'CheckOut',
  'GetToken',
  'UDID',
  'EnrollmentID',
  'UserID',
  'EnrollmentUserID',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  'Status',
  'Idle',
  'NotNow',
  'CommandUUID',
  'ErrorChain',
  'ErrorCode',
  '__proto__',
  '<array/>',
  '<dict/>',
  '<data/>',
  '<true/>',
  '<integer>1</integer>',
  '<key>',
  '</key>',
  '<string>',
  '</string>',
  'bplist00',
);

export const appleCheckIn: FuzzTarget = {
  name: 'apple-check-in',
  seeds: (['xml', 'binary'] as const).flatMap((format) => [
    encodeCheckIn(
      {
        type: 'TokenUpdate',
        identity,
        fields: { Topic: 't', PushMagic: 'm', Token: Buffer.from('token'), AwaitingConfiguration: true },
        other,
      },
      format,
    ),
    encodeCheckIn(
      { type: 'GetToken', identity, fields: { TokenServiceType: 's', TokenParameters: { a: 'b' } }, other },
      format,
    ),
  ]),
  dictionary,
  run: (bytes) => void checkRoundTrip(bytes, decodeCheckIn, (message) => encodeCheckIn(message)),
};

export const appleReport: FuzzTarget = {
  name: 'apple-report',
  seeds: (['xml', 'binary'] as const).map((format) =>
    encodeReport(
      {
        identity,
        status: 'Error',
        commandUuid: 'C',
        errorChain: [{ code: 1, domain: 'D', description: 'd', englishDescription: 'e' }],
        response: { list: [1, 'a'] },
      },
      format,
    ),
  ),
  dictionary,
  run: (bytes) => void checkRoundTrip(bytes, decodeReport, (report) => encodeReport(report, 'binary')),
};

export const appleCommand: FuzzTarget = {
  name: 'apple-command',
  seeds: [encodeCommand({ commandUuid: 'C', requestType: 'DeviceLock', payload: { PIN: '123456' } })],
  dictionary,
  run: (bytes) => void checkRoundTrip(bytes, decodeCommand, encodeCommand),
};

export const appleErrorBody: FuzzTarget = {
  name: 'apple-error-body',
  seeds: texts('{"code":"com.apple.unrecognized.device","details":{}}'),
  dictionary: texts('"code"', '"details"', '[', '{', 'null', '"__proto__"'),
  run: (bytes) => void decodeErrorBody({ contentType: 'application/json', body: bytes }),
};
