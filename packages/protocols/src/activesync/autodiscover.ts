/**
 * Autodiscover for mail devices (MS-ASCMD section 2.2.1.1): the request, our answers, and a mail server's answer. No document
 * type, as in all XML read here (security rule EAS-T15).
 */
import { DecodeError } from '../decode-error.ts';
import { readXml, type XmlLimits } from '../xml/read-xml.ts';
import {
  elementsOf,
  element,
  findChild,
  textOf,
  withAttributes,
  type XmlElement,
  type XmlNode,
} from '../xml/tree.ts';
import { writeXml } from '../xml/write-xml.ts';

const schemas = 'http://schemas.microsoft.com/exchange/autodiscover';
export const autodiscoverSchemas = {
  request: `${schemas}/mobilesync/requestschema/2006`,
  response: `${schemas}/mobilesync/responseschema/2006`,
  failure: `${schemas}/responseschema/2006`,
} as const;

export const autodiscoverContentType = 'text/xml; charset=utf-8';

const limits: XmlLimits = {
  maxBytes: 16 * 1024,
  maxDepth: 8,
  maxElements: 200,
  maxAttributes: 16,
  maxText: 4096,
};

export interface AutodiscoverRequest {
  readonly emailAddress: string;
  /** What the client can read; only `autodiscoverSchemas.response` is answered here, another with failure 601. */
  readonly acceptableResponseSchema: string;
}

/** @throws DecodeError; what answers it is `autodiscoverFailure(600)` */
export function readAutodiscoverRequest(bytes: Uint8Array): AutodiscoverRequest {
  const root = readXml(bytes, limits);
  if (root.name !== 'Autodiscover') throw refuse('root Autodiscover is expected', root.name);
  const requests = elementsOf(root);
  const [request] = requests;
  if (request?.name !== 'Request' || requests.length !== 1)
    throw refuse('exactly one Request is expected', 'Autodiscover');
  return {
    emailAddress: only(request, 'EMailAddress', 320),
    acceptableResponseSchema: only(request, 'AcceptableResponseSchema', 256),
  };
}

function only(parent: XmlElement, name: string, mostCharacters: number): string {
  const found = elementsOf(parent).filter((child) => child.name === name);
  const path = `Autodiscover/Request/${name}`;
  const [node] = found;
  if (node === undefined || found.length > 1) throw refuse('exactly one is expected', path);
  const text = textOf(node);
  if (text === '' || text.length > mostCharacters || elementsOf(node).length > 0)
    throw refuse(`text of up to ${mostCharacters} characters is expected`, path);
  return text;
}

export function autodiscoverRequest(emailAddress: string): Uint8Array {
  return writeXml(
    withAttributes(
      element(
        'Autodiscover',
        element(
          'Request',
          element('EMailAddress', emailAddress),
          element('AcceptableResponseSchema', autodiscoverSchemas.response),
        ),
      ),
      { xmlns: autodiscoverSchemas.request },
    ),
  );
}

export interface AutodiscoverUser {
  readonly displayName?: string;
  readonly emailAddress: string;
}

/** Where the device finds its mail: the address of `/Microsoft-Server-ActiveSync` of ours. */
export function autodiscoverSettings(user: AutodiscoverUser, url: string): Uint8Array {
  return answer(
    user,
    element(
      'Settings',
      element('Server', element('Type', 'MobileSync'), element('Url', url), element('Name', url)),
    ),
  );
}

/** Start over with the domain of another address. */
export function autodiscoverRedirect(user: AutodiscoverUser, emailAddress: string): Uint8Array {
  return answer(user, element('Redirect', emailAddress));
}

/** 2: protocol error. */
export function autodiscoverError(
  user: AutodiscoverUser,
  {
    status,
    message,
    debugData,
  }: { readonly status: 2; readonly message: string; readonly debugData: string },
): Uint8Array {
  return answer(
    user,
    element(
      'Error',
      element('Status', String(status)),
      element('Message', message),
      element('DebugData', debugData),
    ),
  );
}

function answer({ displayName, emailAddress }: AutodiscoverUser, action: XmlElement): Uint8Array {
  const user: XmlNode[] = displayName === undefined ? [] : [element('DisplayName', displayName)];
  return document(
    autodiscoverSchemas.response,
    element('Culture', 'en:us'),
    element('User', ...user, element('EMailAddress', emailAddress)),
    element('Action', action),
  );
}

const failureMessages = { 600: 'Invalid Request', 601: 'Provider is not available' } as const;

/** 600: not a request as above; 601: an answer of another schema was asked for. `id` is any number that finds it in a log. */
export function autodiscoverFailure(code: 600 | 601, at: Date, id: number): Uint8Array {
  const error = element(
    'Error',
    element('ErrorCode', String(code)),
    element('Message', failureMessages[code]),
    element('DebugData'),
  );
  return document(
    autodiscoverSchemas.failure,
    withAttributes(error, { Time: at.toISOString().slice(11, 23), Id: String(id) }),
  );
}

/** The root is in the general namespace, `Response` in that of its schema. */
function document(namespace: string, ...children: readonly XmlElement[]): Uint8Array {
  return writeXml(
    withAttributes(
      element('Autodiscover', withAttributes(element('Response', ...children), { xmlns: namespace })),
      { xmlns: autodiscoverSchemas.failure },
    ),
  );
}

export type AutodiscoverAnswer =
  | { readonly kind: 'settings'; readonly url: string }
  | { readonly kind: 'redirect'; readonly emailAddress: string }
  | { readonly kind: 'error'; readonly code: number | undefined; readonly message: string };

/** What a mail server answers. @throws DecodeError */
export function readAutodiscoverAnswer(bytes: Uint8Array): AutodiscoverAnswer {
  const root = readXml(bytes, { ...limits, maxBytes: 64 * 1024 });
  const response = findChild(root, 'Response');
  if (root.name !== 'Autodiscover' || response === undefined)
    throw refuse('Autodiscover with a Response is expected', root.name);
  const action = findChild(response, 'Action') ?? response;
  const redirect = findChild(action, 'Redirect');
  if (redirect !== undefined) return { kind: 'redirect', emailAddress: textOf(redirect) };
  const error = findChild(action, 'Error');
  if (error !== undefined) return readError(error);
  const servers = findChild(action, 'Settings');
  const mobile = (servers === undefined ? [] : elementsOf(servers)).find(
    (server) => textAt(server, 'Type').toLowerCase() === 'mobilesync',
  );
  const url = mobile === undefined ? '' : textAt(mobile, 'Url');
  if (url === '') throw refuse('no MobileSync server is named', 'Autodiscover/Response/Action/Settings');
  return { kind: 'settings', url };
}

function readError(error: XmlElement): AutodiscoverAnswer {
  const code = textAt(error, 'ErrorCode') || textAt(error, 'Status');
  return {
    kind: 'error',
    code: /^\d{1,6}$/.test(code) ? Number(code) : undefined,
    message: textAt(error, 'Message'),
  };
}

function textAt(parent: XmlElement, name: string): string {
  const node = findChild(parent, name);
  return node === undefined ? '' : textOf(node);
}

function refuse(message: string, path: string): DecodeError {
  return new DecodeError(message, { path, reason: 'bad-value' });
}
