/** What people type or paste: code and address. */
import { formatEnrollmentCode, parseEnrollmentCode } from '../src/agent-enrollment/code.ts';
import { enrollmentUrl as toUrl, parseEnrollmentUrl } from '../src/agent-enrollment/enrollment-url.ts';
import { checkRoundTrip, type FuzzTarget, texts } from './target.ts';

const code = formatEnrollmentCode({ bytes: Uint8Array.from({ length: 15 }, (_, index) => index * 17) });

export const enrollmentCode: FuzzTarget = {
  name: 'enrollment-code',
  seeds: texts(code, code.toLowerCase(), code.replaceAll('-', ''), code.replaceAll('0', 'O')),
  dictionary: texts('O', 'I', 'l', 'U', '-', ' ', '\u2013', 'İ', 'ß', '0', '1'),
  run(bytes) {
    checkRoundTrip(
      bytes,
      (input) => parseEnrollmentCode(Buffer.from(input).toString('utf8')),
      (parsed) => Buffer.from(formatEnrollmentCode(parsed)),
    );
  },
};

export const enrollmentUrl: FuzzTarget = {
  name: 'enrollment-url',
  seeds: texts(
    'https://mdm.acme.example:8443/agent/v1/enroll/acme',
    `https://mdm.acme.example/agent/v1/enroll/acme#${code}`,
  ),
  dictionary: texts(
    'https://',
    'http://',
    '//',
    '#',
    '?',
    '@',
    '%',
    '%2f',
    '..',
    '/',
    ':443',
    '[::1]',
    'xn--',
    '\\',
    '\t',
  ),
  run(bytes) {
    checkRoundTrip(
      bytes,
      (input) => {
        const { codeText: _, ...address } = parseEnrollmentUrl(Buffer.from(input).toString('utf8'));
        return address;
      },
      (address) => Buffer.from(toUrl(address.origin, address.organizationSlug)),
    );
  },
};
