/**
 * How a Cisco ISE is told that an endpoint has to be authorized anew: the monitoring node's REST interface (a GET that acts:
 * nobody in between may repeat it), and adaptive network control (ANC) by ERS. Facts: Cisco's “Using Change of Authorization REST
 * APIs” and the ERS reference.
 */
import { DecodeError } from '../decode-error.ts';
import { type JsonValue, readJson } from '../json/read-json.ts';
import { readXml, type XmlLimits } from '../xml/read-xml.ts';
import { descendantsOf, element, findChild, textOf, withAttributes, type XmlElement } from '../xml/tree.ts';
import { writeXml } from '../xml/write-xml.ts';
import { readBoolean } from './documents.ts';

const answerBytes = 64 * 1024;
const limits: XmlLimits = {
  maxBytes: answerBytes,
  maxDepth: 8,
  maxElements: 500,
  maxAttributes: 16,
  maxText: 8 * 1024,
};

export interface ChangeOfAuthorization {
  readonly kind: 'reauthenticate' | 'disconnect';
  /** Name of the policy service node that has the session. */
  readonly psn: string;
  /** 12 hexadecimal digits. */
  readonly mac: string;
  /** Authorized anew: 0 default, 1 last, 2 rerun. Disconnected: 0 default, 1 bounce the port, 2 shut it down. */
  readonly option: 0 | 1 | 2;
}

const words = { reauthenticate: 'Reauth', disconnect: 'Disconnect' } as const;

/** `AA:BB:CC:DD:EE:FF`, as ISE writes it. */
function iseMac(mac: string): string {
  return (mac.toUpperCase().match(/../g) ?? []).join(':');
}

export function encodeCoaPath({ kind, psn, mac, option }: ChangeOfAuthorization): string {
  return `/admin/API/mnt/CoA/${words[kind]}/${encodeURIComponent(psn)}/${iseMac(mac)}/${option}`;
}

/** @returns undefined for a path of something else; for simulators. */
export function decodeCoaPath(path: string): ChangeOfAuthorization | undefined {
  const [, word, psn, mac, option] =
    /^\/admin\/API\/mnt\/CoA\/(Reauth|Disconnect)\/([^/]+)\/((?:[0-9A-F]{2}:){5}[0-9A-F]{2})\/([012])$/.exec(
      path,
    ) ?? [];
  if (psn === undefined || mac === undefined) return undefined;
  return {
    kind: word === 'Reauth' ? 'reauthenticate' : 'disconnect',
    psn: decodeURIComponent(psn),
    mac: mac.replaceAll(':', ''),
    option: Number(option) as 0 | 1 | 2,
  };
}

interface CoaAnswer {
  readonly requestType: string;
  /** Whether a session was found and told. */
  readonly results: boolean;
}

export function encodeCoaAnswer({ requestType, results }: CoaAnswer): Uint8Array {
  return writeXml(withAttributes(element('remoteCoA', element('results', String(results))), { requestType }));
}

/** @throws DecodeError */
export function decodeCoaAnswer(bytes: Uint8Array): CoaAnswer {
  const root = rootNamed(bytes, 'remoteCoA');
  const results = findChild(root, 'results');
  if (results === undefined) throw new DecodeError('results is missing', { path: 'remoteCoA/results' });
  return { requestType: root.attributes.get('requestType') ?? '', results: readBoolean(results) };
}

/** Where the monitoring node tells which policy service node has the session of an endpoint. */
export function encodeSessionPath(mac: string): string {
  return `/admin/API/mnt/Session/MACAddress/${iseMac(mac)}`;
}

/** @returns undefined where the answer names none. @throws DecodeError */
export function decodeSessionServer(bytes: Uint8Array): string | undefined {
  const found = [...descendantsOf(rootNamed(bytes, 'sessionParameters'))].find(
    ({ name }) => name === 'acs_server',
  );
  const text = found === undefined ? '' : textOf(found);
  return /^[\w.-]{1,255}$/.test(text) ? text : undefined;
}

export function encodeSessionServer(server: string): Uint8Array {
  return writeXml(element('sessionParameters', element('acs_server', server)));
}

/** What the monitoring node answers to the question for its version: whether it is one. Total: never throws. */
export function isVersionAnswer(bytes: Uint8Array): boolean {
  try {
    return rootNamed(bytes, 'product').name === 'product';
  } catch {
    return false;
  }
}

function rootNamed(bytes: Uint8Array, name: string): XmlElement {
  const root = readXml(bytes, limits);
  if (root.name !== name) throw new DecodeError(`root ${name} is expected`, { path: root.name });
  return root;
}

// ---------------------------------------------------------------- adaptive network control
export const ancPaths = {
  apply: '/ers/config/ancendpoint/apply',
  clear: '/ers/config/ancendpoint/clear',
} as const;

interface AncOrder {
  readonly mac: string;
  readonly policy: string;
}

export function encodeAncOrder({ mac, policy }: AncOrder): Uint8Array {
  const additionalData = [
    { name: 'macAddress', value: iseMac(mac) },
    { name: 'policyName', value: policy },
  ];
  return Buffer.from(JSON.stringify({ OperationAdditionalData: { additionalData } }));
}

/** @throws DecodeError */
export function decodeAncOrder(bytes: Uint8Array): AncOrder {
  const json = readJson(bytes, { maxBytes: 8_192, maxDepth: 6, maxArray: 16, maxString: 1_024 });
  const list = member(member(json, 'OperationAdditionalData'), 'additionalData');
  if (!Array.isArray(list))
    throw new DecodeError('additionalData is missing', { path: 'OperationAdditionalData' });
  const find = (name: string) => {
    const value = member(
      list.find((each) => member(each, 'name') === name),
      'value',
    );
    if (typeof value !== 'string') throw new DecodeError(`${name} is missing`, { path: 'additionalData' });
    return value;
  };
  const mac = find('macAddress').replaceAll(':', '').toUpperCase();
  if (!/^[0-9A-F]{12}$/.test(mac)) throw new DecodeError('not a hardware address', { path: 'macAddress' });
  return { mac, policy: find('policyName') };
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value)
    ? value[name]
    : undefined;
}
