// What we answer to devices that ask where their mail is (MS-OXDISCO, MS-ASCMD): our own address, to everybody and for every name alike, so that no device
// learns of a way round the gateway and nobody learns who there is (EAS-T14). No password is needed for it, none is looked at,
// and nobody is asked.
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  autodiscoverFailure,
  autodiscoverSchemas,
  autodiscoverSettings,
  readAutodiscoverRequest,
} from '@gatehouse/protocols/activesync/index.ts';

export const gatewayPath = '/Microsoft-Server-ActiveSync';

export interface Asked {
  /** Of the gateway, as devices reach it. */
  readonly gateway: URL;
  /** ms since the epoch */
  readonly now: number;
}

/** Of anything that was sent in: settings, 601 for a program that wants another service's, or 600. */
export function answerAutodiscover(body: Uint8Array, { gateway, now }: Asked): Uint8Array {
  const at = new Date(now);
  try {
    const { emailAddress, acceptableResponseSchema } = readAutodiscoverRequest(body);
    return acceptableResponseSchema === autodiscoverSchemas.response
      ? autodiscoverSettings({ emailAddress }, new URL(gatewayPath, gateway).href)
      : autodiscoverFailure(601, at, numberOf(now));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return invalidRequest(now);
  }
}

export const invalidRequest = (now: number): Uint8Array =>
  autodiscoverFailure(600, new Date(now), numberOf(now));

/** Some number: it stands in no log, because nothing went wrong here. */
const numberOf = (now: number) => now % 1_000_000_000;

export interface ServiceAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

/** The newer form, one service at a time: Outlook on phones asks so. */
export function answerForService(protocol: string | undefined, gateway: URL): ServiceAnswer {
  const wanted = protocol?.toLowerCase() ?? '';
  if (wanted === 'activesync')
    return { status: 200, body: { Protocol: 'ActiveSync', Url: new URL(gatewayPath, gateway).href } };
  if (wanted === 'autodiscoverv1')
    return {
      status: 200,
      body: { Protocol: 'AutodiscoverV1', Url: new URL('/autodiscover/autodiscover.xml', gateway).href },
    };
  return {
    status: 400,
    body: {
      ErrorCode: 'InvalidProtocol',
      ErrorMessage: 'The given protocol value is invalid. Supported values are "ActiveSync,AutodiscoverV1".',
    },
  };
}
