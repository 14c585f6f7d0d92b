/** The discovery answer: where the API is and what it can do. */
import { DecodeError } from '../decode-error.ts';
import { element, findChild, textOf } from '../xml/tree.ts';
import { decodeAnswer, decodeVersion, encodeDocument, readBoolean, requireText } from './documents.ts';
import type { ApiVersion } from './versions.ts';

export interface Discovery {
  readonly version: ApiVersion;
  /** Absolute from the host's root, so it carries the instance prefix itself: `/acme/ciscoise/mdmapi/v3`. */
  readonly apiPath: string;
  /** Where ISE sends end users to enrol. */
  readonly redirectUrl: string;
  /** Most devices in one answer. */
  readonly queryMaxSize: number;
  readonly messagingSupport: boolean;
  /** Mandatory from version 3 on, optional in version 2. */
  readonly vendor?: string;
  readonly productName?: string;
  readonly productVersion?: string;
}

/** Children in the order of Cisco's description; version 1 knows no `api_version`. */
export function encodeDiscovery(discovery: Discovery): Uint8Array {
  const optional = (name: string, value: string | undefined) =>
    value === undefined ? [] : [element(name, value)];
  return encodeDocument(
    element('name', 'mdminfo'),
    ...(discovery.version === 1 ? [] : [element('api_version', String(discovery.version))]),
    element('api_path', discovery.apiPath),
    element('redirect_url', discovery.redirectUrl),
    element('query_max_size', String(discovery.queryMaxSize)),
    element('messaging_support', String(discovery.messagingSupport)),
    ...optional('vendor', discovery.vendor),
    ...optional('product_name', discovery.productName),
    ...optional('product_version', discovery.productVersion),
  );
}

export function decodeDiscovery(bytes: Uint8Array): Discovery {
  const root = decodeAnswer(bytes, 'mdminfo');
  const version = decodeVersion(root);
  const queryMaxSize = requireText(root, 'query_max_size');
  if (!/^\d{1,9}$/.test(queryMaxSize))
    throw new DecodeError('not a number', { path: 'ise_api/query_max_size' });
  const messaging = findChild(root, 'messaging_support');
  if (messaging === undefined) throw new DecodeError('messaging_support is missing', { path: 'ise_api' });
  const optional = (field: string, name: string) => {
    const node = findChild(root, name);
    if (node !== undefined) return { [field]: textOf(node) };
    if (version >= 3) throw new DecodeError(`${name} is missing`, { path: 'ise_api' });
    return {};
  };
  return {
    version,
    apiPath: requireText(root, 'api_path'),
    redirectUrl: requireText(root, 'redirect_url'),
    queryMaxSize: Number(queryMaxSize),
    messagingSupport: readBoolean(messaging),
    ...optional('vendor', 'vendor'),
    ...optional('productName', 'product_name'),
    ...optional('productVersion', 'product_version'),
  };
}
