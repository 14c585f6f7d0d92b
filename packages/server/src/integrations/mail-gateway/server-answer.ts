// What a mail server’s answer is, by its head alone: mail that passes, or something that the gateway has to do with. Mail servers answer
// with pages for people, send clients elsewhere, ask for passwords and policies; a client gets none of that unread.
import {
  type CommandRequest,
  formatList,
  isAtLeast,
  isProtocolVersion,
  type ProtocolVersion,
  protocolVersions,
  readVersionList,
} from '@gatehouse/protocols/activesync/index.ts';
import type { MailServerProfile } from '../../modules/mail/index.ts';
import { answerHeaders } from './answer-headers.ts';
import { headerOf, type ResponseHead } from './upstream/response-head.ts';

export type AnswerReading =
  | {
      readonly is: 'mail';
      readonly headers: string[] /** So small that it may be a Status and nothing else. */;
      readonly mayBeStatus: boolean;
    }
  /** Said by its status alone. */
  | { readonly is: 'bare'; readonly status: number; readonly headers: string[] }
  | { readonly is: 'wrong-credentials' }
  /** It wants its own policy to be fetched, or has a wipe to order. */
  | { readonly is: 'demands-policy' }
  | { readonly is: 'moved'; readonly to: URL }
  | { readonly is: 'nonsense'; readonly why: string };

/** Statuses of the protocol that say everything by themselves; pages that come with them stay here. */
const bareStatuses: ReadonlySet<number> = new Set([400, 403, 404, 456, 457, 500, 501, 503, 505, 507]);
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308, 451]);
/** A root with nothing but a Status. */
export const statusOnlyBytes = 64;

/** What versions we let this server’s clients speak. */
export function versionsOf({ protocolVersions: allowed }: MailServerProfile): readonly ProtocolVersion[] {
  return allowed === undefined ? protocolVersions : allowed.filter(isProtocolVersion);
}

export function readAnswer(
  head: ResponseHead,
  request: CommandRequest,
  profile: MailServerProfile,
): AnswerReading {
  const { status } = head;
  if (status === 200) return readMail(head, request, profile);
  if (status === 401) return { is: 'wrong-credentials' };
  if (status === 449) return { is: 'demands-policy' };
  if (redirects.has(status)) return readRedirect(head, profile);
  if (bareStatuses.has(status)) return { is: 'bare', status, headers: bareHeaders(head, profile) };
  return { is: 'nonsense', why: `The mail server answered with status ${status}` };
}

function readMail(head: ResponseHead, request: CommandRequest, profile: MailServerProfile): AnswerReading {
  const type = headerOf(head, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isEmpty = head.body === 0;
  const isProtocol = type.startsWith('application/vnd.ms-sync');
  // Attachments of old versions come as what they are.
  if (!isProtocol && !isEmpty && request.command !== 'GetAttachment')
    return { is: 'nonsense', why: `The mail server answered ${request.command} with ${shortType(type)}` };
  return {
    is: 'mail',
    headers: answerHeaders(head.headers, narrowed(profile)),
    mayBeStatus:
      isProtocol &&
      isAtLeast(request.version, '14.0') &&
      (typeof head.body === 'number' ? head.body > 0 && head.body <= statusOnlyBytes : true) &&
      headerOf(head, 'content-encoding') === undefined,
  };
}

const shortType = (type: string): string =>
  /^[a-z]+\/[a-z0-9.+-]{1,40}$/.test(type) ? type : 'something without a type';

function narrowed(profile: MailServerProfile): (name: string, value: string) => string | undefined {
  return (_name, value) => {
    const versions = readVersionList(value, versionsOf(profile));
    return versions.length === 0 ? undefined : formatList(versions);
  };
}

function bareHeaders(head: ResponseHead, profile: MailServerProfile): string[] {
  const all = answerHeaders(head.headers, narrowed(profile));
  const kept: string[] = [];
  for (let index = 0; index < all.length; index += 2) {
    const name = all[index] ?? '';
    if (!name.startsWith('Content-') || name === 'Content-Security-Policy')
      kept.push(name, all[index + 1] ?? '');
  }
  return kept;
}

/** Only to hosts that the organization has listed for this server (EAS-T10). */
function readRedirect(head: ResponseHead, profile: MailServerProfile): AnswerReading {
  const location = headerOf(head, head.status === 451 ? 'x-ms-location' : 'location') ?? '';
  if (head.status === 451 && location === '') return { is: 'bare', status: 503, headers: [] };
  const to = URL.canParse(location, profile.url.href) ? new URL(location, profile.url.href) : undefined;
  const good =
    to !== undefined &&
    profile.redirectHosts.includes(to.hostname.toLowerCase()) &&
    to.username === '' &&
    to.password === '' &&
    // Never from TLS to without, nor to another service of the same host.
    (to.protocol === 'https:' || (to.protocol === 'http:' && profile.url.protocol === 'http:')) &&
    /^\/microsoft-server-activesync(?:\/default\.eas)?\/?$/i.test(to.pathname);
  if (!good)
    return { is: 'nonsense', why: 'The mail server sends its clients to where it may not send them' };
  to.search = '';
  to.hash = '';
  return { is: 'moved', to };
}
