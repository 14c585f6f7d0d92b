// A form of the page as a browser posts it: few fields, short, each once, save where several are meant. And the token that
// shows that it was our page which posted it (ADM-03).
import { createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FastifyRequest } from 'fastify';
import { formatCredential, newCredential, parseCredential } from '../../modules/administrators/index.ts';
import { readCookie } from '../admin/cookies.ts';

export const formType = 'application/x-www-form-urlencoded';
export const visitCookie = '__Host-gh_enroll';
const mostFields = 20;

export interface Form {
  /** '' when it is not there. @throws DomainError when it is there twice or longer than `most`. */
  field(name: string, most?: number): string;
  all(name: string): string[];
}

export function readForm({ body }: FastifyRequest): Form {
  const fields = new Map<string, string[]>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(Buffer.isBuffer(body) ? body.toString('utf8') : '')) {
    count += 1;
    if (count > mostFields) throw bad();
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return {
    field(name, most = 300) {
      const values = fields.get(name) ?? [];
      const [value = ''] = values;
      if (values.length > 1 || value.length > most) throw bad();
      return value;
    },
    all: (name) => fields.get(name) ?? [],
  };
}

const bad = () => new DomainError('invalid-input', 'The form is not one of ours', { reason: 'bad-form' });

/** The browser's cookie: a visit's, or one that only binds forms to this browser until there is a visit. */
export function cookieOf(request: FastifyRequest): string | undefined {
  const value = readCookie(request.headers.cookie, visitCookie);
  return value !== undefined && parseCredential(value, 'enr') ? value : undefined;
}

export const newCookie = (): string => formatCredential(newCredential('enr'));

export function setVisitCookie(value: string): string {
  return `${visitCookie}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=7200`;
}

/** Derived from the cookie, which no other page can read. */
export function formToken(cookie: string): string {
  return createHmac('sha256', cookie).update('gh-enroll-form-1').digest('base64url');
}

/**
 * Whether the form comes from a page that this server gave to this very browser. Browsers say `Origin: null` for it, because
 * the page asks them to send no referrer; so the token decides, and the headers may only speak against it.
 * @throws DomainError `forbidden` (`form-expired`, `cross-origin`)
 */
export function requireOwnForm(request: FastifyRequest, form: Form, publicUrl: URL): string {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const foreign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && origin !== 'null' && origin !== publicUrl.origin);
  if (foreign) {
    throw new DomainError('forbidden', 'The request comes from another origin', { reason: 'cross-origin' });
  }
  const cookie = cookieOf(request);
  const given = Buffer.from(form.field('form'));
  const expected = Buffer.from(formToken(cookie ?? newCookie()));
  const same = given.length === expected.length && timingSafeEqual(given, expected);
  if (cookie === undefined || !same) {
    throw new DomainError('forbidden', 'The form has expired', { reason: 'form-expired' });
  }
  return cookie;
}
