/** Security event tokens, and what receivers of Shared Signals ask. */
import { deepStrictEqual } from 'node:assert/strict';
import {
  canonicalSubject,
  decodePollRequest,
  decodePushError,
  decodeSet,
  decodeStatusRequest,
  decodeStreamRequest,
  decodeSubjectRequest,
  decodeVerificationRequest,
  encodeDecodedSet,
  matchingSubjects,
} from '../src/shared-signals/index.ts';
import { specifiedRequests, specifiedSets } from '../src/shared-signals/testdata/specification.ts';
import { checkRoundTrip, type FuzzTarget, inflateText, texts } from './target.ts';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export const securityEventToken: FuzzTarget = {
  name: 'set',
  seeds: specifiedSets.map(({ header, claims }) => Buffer.from(`${part(header)}.${part(claims)}.AAAA`)),
  dictionary: texts('.', 'eyJ', part({ alg: 'none' }), part({ sub: 'a', exp: 1 }), '=', '-_'),
  run(bytes) {
    const { claims } = checkRoundTrip(bytes, decodeSet, encodeDecodedSet);
    if (claims.sub_id.format === 'complex') matchingSubjects(claims.sub_id);
  },
};

function requests(
  name: string,
  seed: keyof typeof specifiedRequests,
  run: (bytes: Uint8Array) => void,
): FuzzTarget {
  return {
    name,
    seeds: texts(specifiedRequests[seed]),
    dictionary: texts(
      '"stream_id":',
      '"subject":{"format":"complex"',
      '"__proto__":',
      'null',
      '[',
      '1e9',
      '"ack":[',
    ),
    inflate: inflateText('{"subject":', '}'),
    run,
  };
}

export const signalRequests: readonly FuzzTarget[] = [
  requests('ssf-stream', 'SSF 1.0, 8.1.1.1: create', (bytes) => {
    const { delivery } = decodeStreamRequest(bytes);
    if (delivery?.authorizationHeader !== undefined && /[\r\n]/.test(delivery.authorizationHeader))
      throw new Error('a header came through with a line break');
  }),
  requests('ssf-status', 'SSF 1.0, 8.1.2.2: status', decodeStatusRequest),
  requests('ssf-subject', 'SSF 1.0, 8.1.3.2: add subject', (bytes) => {
    const { subject } = decodeSubjectRequest(bytes);
    deepStrictEqual(canonicalSubject(structuredClone(subject)), canonicalSubject(subject));
  }),
  requests('ssf-verification', 'SSF 1.0, 8.1.4.2: verify', decodeVerificationRequest),
  requests('ssf-poll', 'RFC 8936, 2.4.4: poll with errors', decodePollRequest),
  requests('ssf-push-error', 'RFC 8935, 2.3: failure', decodePushError),
];
