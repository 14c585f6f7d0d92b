// A Cisco ISE as the MDM server sees it: discovery, questions at each new session, polling for devices that are out of
// compliance, and orders. It takes `api_path` from discovery word for word, as ISE does.
import {
  type ActionType,
  type ApiVersion,
  type AttributeFilter,
  type DeviceIdentifier,
  type DeviceQuery,
  type DeviceSelection,
  type DevicesAnswer,
  type Discovery,
  decodeDevicesAnswer,
  decodeDiscovery,
  decodeFailure,
  decodeOrderAnswer,
  encodeActionBody,
  encodeBatch,
  encodeDeviceQuery,
  encodeDeviceQueryPath,
  encodeMessageBody,
  type IdentifierKind,
  normalizeIdentifier,
  type OrderAnswer,
} from '@gatehouse/protocols/cisco-ise/index.ts';
import { type ConnectionTest, testConnection } from './connection-test.ts';
import {
  decideSession,
  type MdmDictionary,
  type NetworkDecision,
  toDictionary,
  unreachable,
} from './dictionary.ts';
import { type CallBody, createTransport, type HttpAnswer, type IseSettings } from './transport.ts';

/** An answer that is none: ISE would show its status and go on as if the server were unreachable. */
export class IseCallFailed extends Error {
  override readonly name = 'IseCallFailed';
  readonly status: number;

  constructor(answer: HttpAnswer) {
    let text = 'no XML';
    try {
      text = decodeFailure(answer.body).description;
    } catch {
      // Whatever it is, the status says enough.
    }
    super(`${answer.status}: ${text}`);
    this.status = answer.status;
  }
}

export interface ListOptions {
  readonly filter?: AttributeFilter;
  readonly deviceIdentifier?: 'guid' | 'macaddress';
}

export interface SimulatedIse {
  testConnection(): Promise<ConnectionTest>;
  discover(): Promise<Discovery>;
  /** One page; `paging` is `0` or what the page before gave. */
  query(
    selection: DeviceSelection,
    options?: ListOptions & { readonly paging?: string },
  ): Promise<DevicesAnswer>;
  /** All pages, as in a polling run; by default the devices out of compliance (NAC-04). */
  poll(selection?: DeviceSelection, options?: ListOptions): Promise<DevicesAnswer['devices']>;
  batch(criteria: IdentifierKind, values: readonly string[]): Promise<DevicesAnswer>;
  act(
    action: ActionType,
    identifiers: readonly DeviceIdentifier[],
    as?: 'xml' | 'multipart',
  ): Promise<OrderAnswer>;
  sendMessage(
    identifiers: readonly DeviceIdentifier[],
    message: { readonly header: string; readonly body: string },
  ): Promise<OrderAnswer>;
  /** What the policy would see when this device opens a session (NAC-05), and what it would do. */
  openSession(mac: string): Promise<{ dictionary: MdmDictionary; decision: NetworkDecision }>;
  /** Any call with these credentials, for tests of the wire. */
  call(method: 'GET' | 'POST' | 'PUT', path: string, body?: CallBody): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** @param version the highest that this ISE speaks: 1 is ISE 1.2, 2 is ISE 1.4, 3 is ISE 3.1 */
export function createSimulatedIse(settings: IseSettings, version: ApiVersion = 3): SimulatedIse {
  const transport = createTransport(settings);
  const prefix = settings.instance === undefined || settings.instance === '' ? '' : `/${settings.instance}`;
  let discovered: Promise<Discovery> | undefined;

  const discoveryPath = `${prefix}/ciscoise/mdminfo${version === 1 ? '' : `/?ise_api_version=${version}`}`;

  async function succeed(method: 'GET' | 'POST' | 'PUT', path: string, body?: CallBody): Promise<Uint8Array> {
    const answer = await transport.call(method, path, body);
    if (answer.status !== 200) throw new IseCallFailed(answer);
    return answer.body;
  }

  async function discover(): Promise<Discovery> {
    return decodeDiscovery(await succeed('GET', discoveryPath));
  }

  /** Learnt once; ISE keeps it until somebody tests the connection again. */
  async function apiPath(): Promise<string> {
    discovered ??= discover();
    return (await discovered).apiPath;
  }

  async function query(
    selection: DeviceSelection,
    { paging = '0', filter = 'all', deviceIdentifier }: ListOptions & { readonly paging?: string } = {},
  ): Promise<DevicesAnswer> {
    const asked: DeviceQuery = {
      paging,
      selection,
      filter,
      ...(deviceIdentifier === undefined ? {} : { deviceIdentifier }),
    };
    const path = version === 1 ? encodeDeviceQueryPath(asked) : encodeDeviceQuery(asked);
    return decodeDevicesAnswer(await succeed('GET', `${await apiPath()}/devices/${path}`));
  }

  return {
    testConnection: () => testConnection(() => transport.call('GET', discoveryPath)),
    discover,
    query,
    async poll(selection = { kind: 'compliance', value: false }, options = {}) {
      const devices = [];
      for (let paging = '0'; ; ) {
        const page = await query(selection, { ...options, paging });
        devices.push(...page.devices);
        if (page.pagingInfo === '0') return devices;
        paging = page.pagingInfo;
      }
    },
    async batch(criteria, values) {
      const path = `${await apiPath()}/batchdevices/?paging=0&querycriteria=${criteria}&filter=all`;
      const body = { contentType: 'application/xml', bytes: encodeBatch(values) };
      return decodeDevicesAnswer(await succeed('POST', path, body));
    },
    async act(action, identifiers, as = 'xml') {
      const bytes = encodeActionBody(identifiers);
      const body = as === 'xml' ? { contentType: 'application/xml', bytes } : asUpload(bytes);
      const path = `${await apiPath()}/action/actionType=${action}`;
      return decodeOrderAnswer('action', await succeed('POST', path, body));
    },
    async sendMessage(identifiers, { header, body }) {
      const bytes = encodeMessageBody({ identifiers, type: 'Alert', header, body });
      const path = `${await apiPath()}/sendmessage`;
      return decodeOrderAnswer(
        'message',
        await succeed('PUT', path, { contentType: 'application/xml', bytes }),
      );
    },
    async openSession(mac) {
      let dictionary: MdmDictionary;
      try {
        dictionary = toDictionary(await query(normalizeIdentifier('macaddress', mac)), Date.now());
      } catch {
        dictionary = unreachable;
      }
      return { dictionary, decision: decideSession(dictionary) };
    },
    call: (method, path, body) => transport.call(method, path, body),
    close: () => transport.close(),
  };
}

/** The XML as an uploaded file of a form (RFC 7578), as one vendor documents it. */
function asUpload(xml: Uint8Array): CallBody {
  const boundary = '----ise7d1b3f0a';
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="action.xml"\r\n` +
    'Content-Type: application/xml\r\n\r\n';
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat([Buffer.from(head), xml, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
