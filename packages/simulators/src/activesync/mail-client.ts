/** What a mail client puts on the wire, and what comes back: one request at a time, as its make writes it, habits included. */
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { bodyKind, type CommandName, type ProtocolVersion } from '@gatehouse/protocols/activesync/index.ts';
import { decodeWbxml, type WbxmlElement } from '@gatehouse/protocols/wbxml/index.ts';
import { seededRandom } from '../agent/index.ts';
import { rootStatus } from './answers.ts';
import type { BadHabits } from './bad-habits.ts';
import { type LineAnswer, type LineRequest, MailLine } from './mail-line.ts';
import { type MailClientMake, type MailClientTraits, type MakeName, makes, traitsOf } from './makes.ts';
import { isPacked, writeQuery } from './query.ts';

export interface MailAccount {
  /** As the user has typed it: `ann`, `ann@example.org` or `EXAMPLE\ann`. */
  readonly user: string;
  readonly password: string;
  readonly email: string;
}

export interface MailClientOptions {
  readonly make: MakeName;
  readonly account: MailAccount;
  /** https://HOST[:PORT] */
  readonly server: string;
  /** PEM */
  readonly anchors?: readonly string[];
  /** The same seed makes the same phone. */
  readonly seed: string;
  readonly traits?: Partial<MailClientTraits>;
  readonly serialNumber?: string;
  readonly deviceId?: Uint8Array;
  readonly identity?: { readonly cert: string; readonly key: string };
  /** In place of name and password. */
  readonly bearer?: string;
  readonly habits?: BadHabits;
}

/** What came of one command. */
export interface MailAnswer {
  readonly http: number;
  /** The Status of the root, where there is one. */
  readonly status: number | undefined;
  readonly root: WbxmlElement | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Unpacked where it was gzip. */
  readonly body: Buffer;
}

type Parameters = Readonly<Record<string, string>>;

const path = '/Microsoft-Server-ActiveSync';

export class MailClient {
  readonly make: MailClientMake;
  readonly traits: MailClientTraits;
  readonly account: MailAccount;
  readonly deviceId: Uint8Array;
  readonly line: MailLine;
  /** Without a path; Autodiscover and redirects change it. */
  server: string;
  version: ProtocolVersion = '2.5';
  policyKey = 0;
  habits: BadHabits;
  readonly #options: MailClientOptions;
  #requests = 0;

  constructor(options: MailClientOptions) {
    this.#options = options;
    this.make = makes[options.make];
    this.traits = { ...traitsOf[options.make], ...options.traits };
    this.account = options.account;
    this.server = options.server;
    this.habits = options.habits ?? {};
    const random = seededRandom(`mail ${options.seed}`);
    this.deviceId = options.deviceId ?? this.make.newDeviceId(random, options.serialNumber);
    this.line = new MailLine({
      anchors: options.anchors ?? [],
      keepsConnections: this.make.keepsConnections,
      ...(options.identity === undefined ? {} : { identity: options.identity }),
    });
  }

  askOptions(): Promise<LineAnswer> {
    const { optionsWith, deviceType } = this.make;
    const query =
      optionsWith === 'query'
        ? `?Cmd=Options&User=${encodeURIComponent(this.account.user)}&DeviceId=${this.shownDeviceId}&DeviceType=${deviceType}`
        : '';
    return this.line.ask({
      method: 'OPTIONS',
      url: new URL(`${this.server}${path}${query}`),
      headers: {
        ...this.#headers(),
        ...(optionsWith === 'policy-key' ? { 'X-MS-PolicyKey': '0' } : {}),
      },
    });
  }

  async ask(
    command: CommandName,
    body: Uint8Array | undefined,
    parameters: Parameters,
    signal: AbortSignal | undefined,
  ): Promise<MailAnswer> {
    const request = { ...this.#request(command, body, parameters), signal };
    if (this.habits.hangsUpAfter === this.#requests) {
      const hangUp = new AbortController();
      setTimeout(() => hangUp.abort(), 20);
      await this.line.ask({ ...request, signal: hangUp.signal }).catch(() => undefined);
    }
    if (this.habits.replays === true) await this.line.ask(request);
    const { status: http, headers, body: bytes } = await this.line.ask(request);
    const unpacked = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    const root = decodeAnswer(headers, unpacked);
    return { http, headers, body: unpacked, root, status: rootStatus(command, root) };
  }

  open(command: CommandName, body: Uint8Array | undefined, parameters: Parameters): Promise<IncomingMessage> {
    return this.line.open(this.#request(command, body, parameters));
  }

  /** How servers show an id that is no text. */
  get shownDeviceId(): string {
    const text = Buffer.from(this.deviceId).toString('latin1');
    return /^[\x21-\x7e]+$/.test(text) ? text : Buffer.from(this.deviceId).toString('hex');
  }

  #request(command: CommandName, body: Uint8Array | undefined, parameters: Parameters): LineRequest {
    this.#requests += 1;
    const key = this.habits.wrongPolicyKey === true ? 4_711 : this.policyKey;
    const query = {
      make: this.make,
      version: this.version,
      command,
      user: this.account.user,
      deviceId: this.deviceId,
      // A Ping carries none.
      policyKey: command === 'Ping' ? undefined : key,
      parameters,
      shouts: this.habits.shouts ?? false,
    };
    const isMime = bodyKind(command, this.version) === 'mime';
    return {
      method: 'POST' as const,
      url: new URL(`${this.server}${path}?${writeQuery(query)}`),
      body,
      headers: {
        ...this.#headers(),
        ...(body === undefined ? {} : { 'Content-Type': isMime ? 'message/rfc822' : this.make.contentType }),
        // The compact query says it itself.
        ...(isPacked(query)
          ? {}
          : {
              'MS-ASProtocolVersion': this.version,
              ...(command === 'Ping' ? {} : { 'X-MS-PolicyKey': String(key) }),
            }),
      },
    };
  }

  #headers(): Record<string, string> {
    const agent = this.make.userAgent(this.traits);
    return {
      Authorization: this.authorization(),
      'User-Agent': this.habits.changesUserAgent === true ? `${agent}.${this.#requests}` : agent,
      Accept: '*/*',
      'Accept-Language': 'de-de',
      ...(this.make.acceptsGzip ? { 'Accept-Encoding': 'gzip' } : {}),
    };
  }

  authorization(): string {
    const { bearer } = this.#options;
    if (bearer !== undefined) return `Bearer ${bearer}`;
    return `Basic ${Buffer.from(`${this.account.user}:${this.account.password}`).toString('base64')}`;
  }
}

/** Servers also answer with HTML, and sometimes with what cannot be read: then there is no answer inside. */
function decodeAnswer(
  headers: Readonly<Record<string, string | undefined>>,
  bytes: Uint8Array,
): WbxmlElement | undefined {
  if (bytes.length === 0 || headers['content-type']?.startsWith('application/vnd.ms-sync') !== true)
    return undefined;
  try {
    return decodeWbxml(bytes);
  } catch {
    return undefined;
  }
}
