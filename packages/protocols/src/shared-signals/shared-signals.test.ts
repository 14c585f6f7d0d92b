import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { eventTypes, streamSubject } from './event-types.ts';
import { decodeSet, encodeDecodedSet, encodeSet, setClaims, signingInput } from './set.ts';
import {
  decodePollRequest,
  decodePushError,
  decodeStatusRequest,
  decodeStreamRequest,
  decodeSubjectRequest,
  decodeVerificationRequest,
} from './stream-requests.ts';
import { canonicalSubject, type ComplexSubject, matchingSubjects, readSubject } from './subject.ts';
import { specifiedRequests, specifiedSets } from './testdata/specification.ts';

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (header: unknown, claims: unknown) => Buffer.from(`${part(header)}.${part(claims)}.AAAA`);
const pathOf = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error.path ?? '';
  }
  return undefined;
};

suite('tokens as the specifications show them are read and written the same', () => {
  for (const { section, header, claims } of specifiedSets) {
    test(section, () => {
      const decoded = decodeSet(tokenOf(header, claims));
      assert.deepEqual(decoded.claims, claims);
      assert.deepEqual(decodeSet(encodeDecodedSet(decoded)), decoded);
    });
  }
});

test('a token that is built has exactly the members of the profile, and its signature verifies over what was signed', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const subject = {
    format: 'complex',
    device: { format: 'iss_sub', iss: 'https://mdm.example.org/ssf/acme', sub: 'd1' },
  } as const;
  const claims = setClaims(
    {
      issuer: 'https://mdm.example.org/ssf/acme',
      audience: 'https://nac.example',
      jti: 'j',
      issuedAt: 1_763_740_801,
      transaction: 't',
    },
    {
      type: eventTypes.deviceComplianceChange,
      subject,
      claims: {
        previous_status: 'compliant',
        current_status: 'not-compliant',
        event_timestamp: 1_763_740_800,
      },
    },
  );
  const input = signingInput('key-1', claims);
  const token = encodeSet(input, sign('sha256', Buffer.from(input), privateKey));
  const [header = '', body = '', signature = ''] = token.split('.');
  assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), {
    alg: 'RS256',
    typ: 'secevent+jwt',
    kid: 'key-1',
  });
  assert.deepEqual(Object.keys(JSON.parse(Buffer.from(body, 'base64url').toString())).sort(), [
    'aud',
    'events',
    'iat',
    'iss',
    'jti',
    'sub_id',
    'txn',
  ]);
  assert.ok(
    verify('sha256', Buffer.from(`${header}.${body}`), publicKey, Buffer.from(signature, 'base64url')),
  );
  assert.deepEqual(decodeSet(Buffer.from(token)).claims, claims);
  const alone = setClaims(
    { issuer: 'i', audience: 'a', jti: 'j', issuedAt: 1 },
    { type: eventTypes.verification, subject: streamSubject('s'), claims: {} },
  );
  assert.deepEqual(alone.events, { [eventTypes.verification]: {} });
});

test('SSF-04 what is no SET is not read as one: another type, a subject or an end of its own, no or several events', () => {
  const [{ header, claims } = { header: {}, claims: {} }] = specifiedSets;
  for (const [bad, path] of [
    [tokenOf({ ...header, typ: 'JWT' }, claims), 'header.typ'],
    [tokenOf({ alg: 'RS256', kid: 'k' }, claims), 'typ'],
    [tokenOf(header, { ...claims, sub: 'ada' }), 'claims.sub'],
    [tokenOf(header, { ...claims, exp: 1 }), 'claims.exp'],
    [tokenOf(header, { ...claims, events: {} }), 'claims.events'],
    [tokenOf(header, { ...claims, events: { a: {}, b: {} } }), 'claims.events'],
    [tokenOf(header, { ...claims, aud: ['x'] }), 'aud'],
    [Buffer.from('a.b'), ''],
    [Buffer.from('!.!.!'), 'header'],
    [Buffer.alloc(16 * 1024 + 1, 'a'), ''],
  ] as const)
    assert.equal(
      pathOf(() => decodeSet(bad)),
      path,
    );
  assert.doesNotThrow(() => decodeSet(tokenOf({ ...header, typ: 'application/secevent+jwt' }, claims)));
});

test('requests as the specifications show them are understood', () => {
  const sent = (name: keyof typeof specifiedRequests) => bytes(specifiedRequests[name]);
  const created = decodeStreamRequest(sent('SSF 1.0, 8.1.1.1: create'));
  assert.deepEqual(created.delivery, {
    method: 'push',
    endpointUrl: 'https://receiver.example.com/events',
    authorizationHeader: undefined,
  });
  assert.equal(created.eventsRequested?.length, 2);
  const updated = decodeStreamRequest(sent('SSF 1.0, 8.1.1.3: update'));
  assert.deepEqual([updated.streamId, updated.delivery], ['f67e39a0a4d34d56b3aa1bc4cff0069f', undefined]);
  assert.equal(decodeStatusRequest(sent('SSF 1.0, 8.1.2.2: status')).status, 'paused');
  assert.deepEqual(decodeSubjectRequest(sent('SSF 1.0, 8.1.3.2: add subject')).subject, {
    format: 'email',
    email: 'example.user@example.com',
  });
  assert.match(decodeVerificationRequest(sent('SSF 1.0, 8.1.4.2: verify')).state ?? '', /^VGhp/);
  const acknowledged = decodePollRequest(sent('RFC 8936, 2.4.2: acknowledge only'));
  assert.deepEqual(
    [acknowledged.ack.length, acknowledged.maxEvents, acknowledged.returnImmediately],
    [2, 0, false],
  );
  const failing = decodePollRequest(sent('RFC 8936, 2.4.4: poll with errors'));
  assert.equal(failing.setErrs.get('4d3559ec67504aaba65d40b0363faad8')?.err, 'authentication_failed');
  assert.equal(decodePushError(sent('RFC 8935, 2.3: failure')).err, 'invalid_key');
});

test('a request that is not as it should be is refused with the member at fault', () => {
  for (const [run, path] of [
    [() => decodeStreamRequest(bytes('[]')), ''],
    [() => decodeStreamRequest(bytes({ events_requested: ['a', 1] })), 'events_requested[1]'],
    [() => decodeStreamRequest(bytes({ events_requested: Array(65).fill('a') })), 'events_requested'],
    [() => decodeStreamRequest(bytes({ delivery: { method: 'urn:other' } })), 'delivery.method'],
    [
      () =>
        decodeStreamRequest(
          bytes({ delivery: { method: 'urn:ietf:rfc:8935', authorization_header: 'Bearer é' } }),
        ),
      'delivery.authorization_header',
    ],
    [() => decodeStatusRequest(bytes({ stream_id: 'a', status: 'asleep' })), 'status'],
    [() => decodeStatusRequest(bytes({ status: 'paused' })), 'stream_id'],
    [() => decodeSubjectRequest(bytes({ stream_id: 'a', subject: { format: 'shoe' } })), 'subject.format'],
    [
      () => decodeSubjectRequest(bytes({ stream_id: 'a', subject: { format: 'iss_sub', iss: 'a' } })),
      'subject.sub',
    ],
    [
      () => decodeSubjectRequest(bytes({ stream_id: 'a', subject: { format: 'complex', shoe: {} } })),
      'subject',
    ],
    [
      () =>
        decodeSubjectRequest(
          bytes({ stream_id: 'a', subject: { format: 'complex', user: { format: 'complex' } } }),
        ),
      'subject.user.format',
    ],
    [() => decodeVerificationRequest(bytes({ stream_id: 'a', state: 'x'.repeat(1_025) })), 'state'],
    [() => decodePollRequest(bytes({ maxEvents: -1 })), 'maxEvents'],
    [() => decodePollRequest(bytes({ ack: Array(1_001).fill('a') })), '$.ack'],
    [() => decodePollRequest(bytes({ setErrs: { a: {} } })), 'err'],
  ] as const)
    assert.equal(pathOf(run), path, run.toString());
});

test('a subject is the same in whatever order its members come, and an e-mail address in whatever case', () => {
  const one = readSubject({ format: 'iss_sub', iss: 'a', sub: 'b' });
  const two = readSubject({ sub: 'b', format: 'iss_sub', iss: 'a', more: 1 });
  assert.equal(canonicalSubject(one), canonicalSubject(two));
  assert.equal(
    canonicalSubject({ format: 'email', email: 'Ada@Example.org' }),
    canonicalSubject({ format: 'email', email: 'ada@example.org' }),
  );
  assert.notEqual(
    canonicalSubject({ format: 'uri', uri: 'a' }),
    canonicalSubject({ format: 'account', uri: 'a' }),
  );
});

test('a subject matches what names some of its members and nothing else', () => {
  const device = { format: 'iss_sub', iss: 'i', sub: 'd' } as const;
  const user = { format: 'email', email: 'ada@example.org' } as const;
  const tenant = { format: 'opaque', id: 'acme' } as const;
  const told: ComplexSubject = { format: 'complex', device, user, tenant };
  const matches = new Set(matchingSubjects(told));
  for (const asked of [
    device,
    user,
    { format: 'complex', device },
    { format: 'complex', device, user },
    { format: 'complex', tenant, user, device },
  ] as const)
    assert.ok(matches.has(canonicalSubject(asked)), JSON.stringify(asked));
  for (const other of [
    { format: 'iss_sub', iss: 'i', sub: 'e' },
    { format: 'complex', device: { ...device, sub: 'e' }, user },
    { format: 'complex', user: { format: 'email', email: 'bob@example.org' } },
  ] as const)
    assert.ok(!matches.has(canonicalSubject(other)), JSON.stringify(other));
  assert.equal(matches.size, 7 + 3);
});

const word = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !/\p{Cc}/u.test(text));
const simple = fc.oneof(
  fc.record({ format: fc.constant('email' as const), email: word }),
  fc.record({ format: fc.constant('iss_sub' as const), iss: word, sub: word }),
  fc.record({ format: fc.constant('opaque' as const), id: word }),
);

test('whatever is told of whomever survives the way there', () => {
  fc.assert(
    fc.property(
      fc.oneof(simple, fc.record({ format: fc.constant('complex' as const), device: simple, user: simple })),
      word,
      fc.integer({ min: 0, max: 2 ** 40 }),
      (subject, name, issuedAt) => {
        const claims = setClaims(
          { issuer: name, audience: name, jti: name, issuedAt: Math.min(issuedAt, Number.MAX_SAFE_INTEGER) },
          { type: eventTypes.verification, subject, claims: { state: name } },
        );
        const token = encodeSet(signingInput(name, claims), new Uint8Array([1, 2, 3]));
        assert.deepEqual(decodeSet(Buffer.from(token)).claims, JSON.parse(JSON.stringify(claims)));
      },
    ),
  );
});
