import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import {
  autodiscoverError,
  autodiscoverFailure,
  autodiscoverRedirect,
  autodiscoverRequest,
  autodiscoverSchemas,
  autodiscoverSettings,
  readAutodiscoverAnswer,
  readAutodiscoverRequest,
} from './autodiscover.ts';

const golden = (name: string) => readFileSync(new URL(`testdata/${name}`, import.meta.url));
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
/** Without the white space between elements that makes the file readable. */
const compact = (name: string) =>
  golden(name).toString('utf8').replaceAll(/>\s+</g, '><').replace('?><', '?>\n<').trim();
const user = { displayName: 'Chris Gray', emailAddress: 'chris@woodgrovebank.com' };
const url = 'https://loandept.woodgrovebank.com/Microsoft-Server-ActiveSync';

test('the request of the specification (MS-ASCMD section 4.2.1)', () => {
  assert.deepEqual(readAutodiscoverRequest(golden('autodiscover-request.xml')), {
    emailAddress: 'chris@woodgrovebank.com',
    acceptableResponseSchema: autodiscoverSchemas.response,
  });
  assert.equal(text(autodiscoverRequest('chris@woodgrovebank.com')), compact('autodiscover-request.xml'));
});

test('answers as the specification has them (MS-ASCMD sections 4.2.2 to 4.2.5)', () => {
  assert.equal(text(autodiscoverSettings(user, url)), compact('autodiscover-settings.xml'));
  assert.equal(
    text(autodiscoverRedirect(user, 'chris@loandept.woodgrovebank.com')),
    compact('autodiscover-redirect.xml'),
  );
  assert.equal(
    text(
      autodiscoverError(user, {
        status: 2,
        message: 'The directory service could not be reached',
        debugData: 'MailUser',
      }),
    ),
    compact('autodiscover-error.xml'),
  );
  const at = new Date('2026-11-22T16:56:32.616Z');
  assert.equal(text(autodiscoverFailure(600, at, 1054084152)), compact('autodiscover-failure.xml'));
  assert.match(text(autodiscoverFailure(601, at, 1)), /<ErrorCode>601</);
});

test('what a mail server answers', () => {
  assert.deepEqual(readAutodiscoverAnswer(golden('autodiscover-settings.xml')), { kind: 'settings', url });
  assert.deepEqual(readAutodiscoverAnswer(golden('autodiscover-redirect.xml')), {
    kind: 'redirect',
    emailAddress: 'chris@loandept.woodgrovebank.com',
  });
  assert.deepEqual(readAutodiscoverAnswer(golden('autodiscover-error.xml')), {
    kind: 'error',
    code: 2,
    message: 'The directory service could not be reached',
  });
  assert.deepEqual(readAutodiscoverAnswer(golden('autodiscover-failure.xml')), {
    kind: 'error',
    code: 600,
    message: 'Invalid Request',
  });
});

test('of several servers the one for mail devices is taken', () => {
  const servers = (inner: string) =>
    Buffer.from(
      `<Autodiscover><Response><Action><Settings>${inner}</Settings></Action></Response></Autodiscover>`,
    );
  const enrol =
    '<Server><Type>CertEnroll</Type><Url>https://ca.example</Url><ServerData>x</ServerData></Server>';
  const mail = '<Server><Type>mobilesync</Type><Url>https://mail.example/m</Url></Server>';
  assert.deepEqual(readAutodiscoverAnswer(servers(enrol + mail)), {
    kind: 'settings',
    url: 'https://mail.example/m',
  });
  assert.throws(() => readAutodiscoverAnswer(servers(enrol)), DecodeError);
  assert.throws(() => readAutodiscoverAnswer(Buffer.from('<html/>')), DecodeError);
});

test('any address is written and reads the same', () => {
  fc.assert(
    fc.property(fc.emailAddress(), fc.string({ maxLength: 30 }), (emailAddress, displayName) => {
      assert.equal(readAutodiscoverRequest(autodiscoverRequest(emailAddress)).emailAddress, emailAddress);
      const answer = autodiscoverSettings({ displayName, emailAddress }, `https://x/?a=${displayName}&b`);
      assert.equal(readAutodiscoverAnswer(answer).kind, 'settings');
    }),
  );
});

suite('EAS-T15 a document type, entities and floods are refused', () => {
  const address = '<EMailAddress>a@b</EMailAddress>';
  const schema = `<AcceptableResponseSchema>${autodiscoverSchemas.response}</AcceptableResponseSchema>`;
  const request = (inner: string) => `<Autodiscover><Request>${inner}</Request></Autodiscover>`;
  const cases: Readonly<Record<string, string>> = {
    'a document type': `<!DOCTYPE a>${request(address + schema)}`,
    'an external entity': `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${request(`<EMailAddress>&x;</EMailAddress>${schema}`)}`,
    'an entity that grows': `<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]>${request(`<EMailAddress>&y;</EMailAddress>`)}`,
    'an unknown entity': request(`<EMailAddress>&x;</EMailAddress>${schema}`),
    'a processing instruction': `<?xml-stylesheet href="x"?>${request(address + schema)}`,
    'another root': request(address + schema).replaceAll('Autodiscover', 'Discover'),
    'no request': '<Autodiscover/>',
    'two requests': `<Autodiscover><Request>${address}${schema}</Request><Request/></Autodiscover>`,
    'no address': request(schema),
    'two addresses': request(address + address + schema),
    'an empty address': request(`<EMailAddress/>${schema}`),
    'an address with an element': request(`<EMailAddress>a@b<x/></EMailAddress>${schema}`),
    'an address of 321 characters': request(`<EMailAddress>${'a'.repeat(321)}</EMailAddress>${schema}`),
    'no schema': request(address),
    'nesting of 9': request(`${'<a>'.repeat(7)}${'</a>'.repeat(7)}`),
    'more than 16 KiB': request(address + schema) + ' '.repeat(16 * 1024),
    nothing: '',
    JSON: '{}',
  };
  for (const [what, document] of Object.entries(cases))
    test(what, () => assert.throws(() => readAutodiscoverRequest(Buffer.from(document)), DecodeError));
});
