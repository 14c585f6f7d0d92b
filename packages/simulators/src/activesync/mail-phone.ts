/**
 * A mail client of one account, as a state machine that speaks for itself. It asks OPTIONS, chooses the newest version that both
 * know, provisions when it is told to, lists folders, syncs, sends, and waits for mail; what it is told decides its state:
 *
 * - `new`: it has not asked yet
 * - `ready`: it has its policy, or needs none, and gets mail
 * - `told-to-provision`: it was sent for a policy and has none that is accepted
 * - `refused`: the server wants nothing of it, and says why (an HTTP status, or a Status from 126 on)
 * - `needs-password`: its log-in is not accepted
 * - `put-off`: the server is busy
 * - `wiped`, `account-removed`: it has erased itself, and asks nothing more
 */
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { bodyKind, type CommandName } from '@gatehouse/protocols/activesync/commands.ts';
import { isAtLeast, type ProtocolVersion } from '@gatehouse/protocols/activesync/versions.ts';
import { decodeWbxml, type WbxmlElement } from '@gatehouse/protocols/wbxml/index.ts';
import {
  type MailFolder,
  type MailItem,
  readFolders,
  readPing,
  readProvision,
  type ReadPolicy,
  readSync,
  rootStatus,
} from './answers.ts';
import { autodiscover } from './autodiscover.ts';
import type { BadHabits } from './bad-habits.ts';
import {
  acknowledgePolicyBody,
  acknowledgeWipeBody,
  fetchAttachmentBody,
  fetchPolicyBody,
  fetchWipeBody,
  folderSyncBody,
  pingBody,
  sendMailBody,
  settingsBody,
  syncBody,
} from './bodies.ts';
import { MailLine } from './mail-line.ts';
import { type MailClientMake, type MailClientTraits, type MakeName, makes, traitsOf } from './makes.ts';
import { isPacked, writeQuery } from './query.ts';
import { seededRandom } from '../agent/index.ts';

export type MailPhoneState =
  | 'new'
  | 'ready'
  | 'told-to-provision'
  | 'refused'
  | 'needs-password'
  | 'put-off'
  | 'wiped'
  | 'account-removed';

export interface MailAccount {
  /** As the user has typed it: `ann`, `ann@example.org` or `EXAMPLE\ann`. */
  readonly user: string;
  readonly password: string;
  readonly email: string;
}

export interface MailPhoneOptions {
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
  /** No newer than this one, whatever the server offers. */
  readonly atMost?: ProtocolVersion;
  readonly identity?: { readonly cert: string; readonly key: string };
  /** In place of name and password. */
  readonly bearer?: string;
  readonly habits?: BadHabits;
  readonly onEvent?: (event: MailPhoneEvent) => void;
}

/** What it has seen. */
export type MailPhoneEvent =
  | {
      readonly kind: 'asked';
      readonly command: string;
      readonly http: number;
      readonly status: string | undefined;
    }
  | { readonly kind: 'state'; readonly state: MailPhoneState; readonly because: string }
  | { readonly kind: 'policy'; readonly policy: ReadPolicy }
  | { readonly kind: 'moved'; readonly to: string }
  | { readonly kind: 'mail'; readonly subject: string };

/** What came of one command. */
export interface MailAnswer {
  readonly http: number;
  /** The Status of the root, where there is one. */
  readonly status: string | undefined;
  readonly root: WbxmlElement | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** A client that is told the same again and again gives up for now. */
const mostProvisionings = 3;
const path = '/Microsoft-Server-ActiveSync';
const denied: ReadonlySet<string> = new Set(['126', '127', '128', '129', '130', '131', '141', '177']);

export class MailPhone {
  readonly make: MailClientMake;
  readonly traits: MailClientTraits;
  readonly account: MailAccount;
  readonly deviceId: Uint8Array;
  /** Without a path; Autodiscover and redirects change it. */
  server: string;
  version: ProtocolVersion = '2.5';
  state: MailPhoneState = 'new';
  /** What the server said when it refused. */
  because = '';
  policyKey = 0;
  policy: ReadPolicy | undefined;
  folders: readonly MailFolder[] = [];
  /** Commands that the server says it knows. */
  commands: readonly string[] = [];
  habits: BadHabits;
  /** How often it was given a policy to apply. */
  provisionings = 0;
  readonly #options: MailPhoneOptions;
  readonly #line: MailLine;
  readonly #syncKeys = new Map<string, string>();
  #folderKey = '0';
  #requests = 0;
  #sent = 0;
  #pinged = false;

  constructor(options: MailPhoneOptions) {
    const random = seededRandom(`mail ${options.seed}`);
    this.#options = options;
    this.make = makes[options.make];
    this.traits = { ...traitsOf[options.make], ...options.traits };
    this.account = options.account;
    this.server = options.server;
    this.habits = options.habits ?? {};
    this.deviceId = options.deviceId ?? this.make.newDeviceId(random, options.serialNumber);
    this.#line = new MailLine({
      anchors: options.anchors ?? [],
      keepsConnections: this.make.keepsConnections,
      ...(options.identity === undefined ? {} : { identity: options.identity }),
    });
  }

  /** Asks the domain of the mail address, or another host in its place, where the server is. */
  async discover(at: string): Promise<void> {
    const found = await autodiscover(this.#line, at, this.account, this.#authorization());
    this.server = new URL(found).origin;
  }

  /** From nothing to a list of folders, by way of a policy if one is asked for. */
  async connect(): Promise<MailPhoneState> {
    if (!(await this.askOptions())) return this.state;
    const speaksSettings = isAtLeast(this.version, '12.0');
    if (this.make.firstCommand === 'Provision') await this.provision();
    else if (this.make.firstCommand === 'Settings' && speaksSettings) await this.tellSettings();
    if (this.#isOver()) return this.state;
    await this.listFolders();
    return this.state;
  }

  /** @returns whether the versions are known now */
  async askOptions(): Promise<boolean> {
    const { optionsQuery, deviceType } = this.make;
    const query = optionsQuery
      ? `?Cmd=Options&User=${encodeURIComponent(this.account.user)}&DeviceId=${this.shownDeviceId}&DeviceType=${deviceType}`
      : '';
    const answer = await this.#line.ask({
      method: 'OPTIONS',
      url: new URL(`${this.server}${path}${query}`),
      headers: {
        ...this.#headers(),
        ...(this.#options.make === 'ios-mail' ? { 'X-MS-PolicyKey': '0' } : {}),
      },
    });
    this.#tell({ kind: 'asked', command: 'OPTIONS', http: answer.status, status: undefined });
    if (answer.status === 451 && this.#follow(answer.headers['x-ms-location'])) return this.askOptions();
    if (answer.status !== 200) {
      this.#judge('OPTIONS', { ...answer, http: answer.status, status: undefined, root: undefined });
      return false;
    }
    const offered = answer.headers['ms-asprotocolversions'] ?? '';
    this.commands = (answer.headers['ms-asprotocolcommands'] ?? '').split(',').filter(Boolean);
    const version = this.#choose(offered.split(',').map((text) => text.trim()));
    if (version === undefined) {
      this.#become('refused', `it speaks none of ${offered}`);
      return false;
    }
    this.version = version;
    return true;
  }

  /** Fetches the policy and says that it applies it. @returns whether it has a key now, or needs none */
  async provision(): Promise<boolean> {
    const { habits } = this;
    this.provisionings += 1;
    const information = isAtLeast(this.version, '14.1') ? this.#information() : undefined;
    this.policyKey = 0;
    const first = await this.command('Provision', fetchPolicyBody(this.version, information));
    if (first.http !== 200) return false;
    const offered = readProvision(first.root);
    if (offered.wipe !== undefined) return this.#wipe(offered.wipe);
    // 2: the server has no policy for it. SOGo says so always.
    if (offered.policyStatus === '2' && (offered.status ?? '1') === '1') {
      this.#become('ready', 'the server has no policy');
      return true;
    }
    if (offered.policyKey === undefined) return false;
    this.policy = offered.policy;
    if (offered.policy !== undefined) this.#tell({ kind: 'policy', policy: offered.policy });
    if (habits.neverAcknowledges === true) return true;
    const said = acknowledgePolicyBody(this.version, offered.policyKey, habits.saysOfPolicy ?? '1');
    this.policyKey = Number(offered.policyKey);
    const second = readProvision((await this.command('Provision', said)).root);
    if (second.wipe !== undefined) return this.#wipe(second.wipe);
    if (second.policyKey === undefined) {
      if (second.status === '139' || second.status === '145')
        this.#become('refused', `Status ${second.status}`);
      return false;
    }
    this.policyKey = Number(second.policyKey);
    this.#become('ready', 'it applies the policy');
    // Up to 14.0 the words about the device come after the policy.
    if (isAtLeast(this.version, '12.0') && !isAtLeast(this.version, '14.1')) await this.tellSettings();
    return true;
  }

  /** What the device says of itself; 2.5 has no words for it. */
  async tellSettings(): Promise<MailAnswer> {
    const asksForUser = this.#options.make === 'ios-mail';
    return this.#insist('Settings', () => settingsBody(this.#information(), asksForUser));
  }

  async listFolders(): Promise<readonly MailFolder[]> {
    const answer = await this.#insist('FolderSync', () => folderSyncBody(this.#folderKey));
    // 9: the server does not know the key any more.
    if (answer.status === '9') {
      this.#folderKey = '0';
      return this.listFolders();
    }
    if (answer.http !== 200 || answer.status !== '1') return this.folders;
    const { syncKey, added } = readFolders(answer.root);
    if (this.#folderKey === '0') this.folders = [];
    this.#folderKey = syncKey;
    this.folders = [...this.folders, ...added];
    return this.folders;
  }

  get inbox(): string {
    const found = this.folders.find(({ type }) => type === '2');
    if (found === undefined) throw new Error('no inbox was listed');
    return found.id;
  }

  /** New mail of a folder. @param wait seconds for which the server may hold the request */
  async sync(folder = this.inbox, wait?: number): Promise<readonly MailItem[]> {
    const ask = () =>
      syncBody({
        version: this.version,
        collectionId: folder,
        syncKey: this.#syncKeys.get(folder) ?? '0',
        ...(wait === undefined ? {} : { wait }),
      });
    if (!this.#syncKeys.has(folder)) {
      const begun = readSync((await this.#insist('Sync', ask)).root);
      if (begun.syncKey === undefined) return [];
      this.#syncKeys.set(folder, begun.syncKey);
    }
    const items: MailItem[] = [];
    for (let more = true; more; ) {
      const { syncKey, added, moreAvailable } = readSync((await this.#insist('Sync', ask)).root);
      if (syncKey !== undefined) this.#syncKeys.set(folder, syncKey);
      items.push(...added);
      more = moreAvailable;
    }
    for (const { subject } of items) this.#tell({ kind: 'mail', subject });
    return items;
  }

  /** @param mime the whole message */
  async send(mime: string): Promise<MailAnswer> {
    this.#sent += 1;
    const bytes = Buffer.from(mime);
    return bodyKind('SendMail', this.version) === 'mime'
      ? this.#insist('SendMail', () => bytes, { SaveInSent: 'T' })
      : this.#insist('SendMail', () => sendMailBody(`${this.#options.seed}-${this.#sent}`, bytes));
  }

  /** Waits for something new. @param signal hangs up */
  async ping(seconds: number, { again = false, signal }: { again?: boolean; signal?: AbortSignal } = {}) {
    // What was said once needs not be said again.
    const body = again && this.#pinged ? undefined : pingBody(seconds, [this.inbox]);
    this.#pinged = true;
    const answer = await this.command('Ping', body, {}, signal);
    return { ...readPing(answer.root), http: answer.http };
  }

  /** An attachment as it comes; in an ItemOperations answer it lies in WBXML, in base64. */
  async openAttachment(reference: string): Promise<IncomingMessage> {
    const [command, body, parameters] = isAtLeast(this.version, '12.0')
      ? (['ItemOperations', fetchAttachmentBody(reference), {}] as const)
      : (['GetAttachment', undefined, { AttachmentName: reference }] as const);
    return this.#line.open(this.#request(command, body, parameters));
  }

  /** One command as it is, whatever the answer; the state follows from the answer. */
  async command(
    command: CommandName,
    body?: Uint8Array,
    parameters: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<MailAnswer> {
    const request = { ...this.#request(command, body, parameters), signal };
    if (this.habits.hangsUpAfter === this.#requests) {
      const hangUp = new AbortController();
      setTimeout(() => hangUp.abort(), 20);
      await this.#line.ask({ ...request, signal: hangUp.signal }).catch(() => undefined);
    }
    if (this.habits.replays === true) await this.#line.ask(request);
    const { status: http, headers, body: bytes } = await this.#line.ask(request);
    const root = decodeAnswer(headers, bytes);
    const answer: MailAnswer = { http, headers, body: bytes, root, status: rootStatus(command, root) };
    this.#tell({ kind: 'asked', command, http, status: answer.status });
    this.#judge(command, answer);
    return answer;
  }

  /** How servers show an id that is no text. */
  get shownDeviceId(): string {
    const text = Buffer.from(this.deviceId).toString('latin1');
    return /^[\x21-\x7e]+$/.test(text) ? text : Buffer.from(this.deviceId).toString('hex');
  }

  close(): void {
    this.#line.close();
  }

  /** Does as it is told and asks again: fetches its policy, goes to another server. */
  async #insist(
    command: CommandName,
    body: () => Uint8Array | undefined,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<MailAnswer> {
    for (let turn = 0; ; turn += 1) {
      const answer = await this.command(command, body(), parameters);
      if (answer.http === 451 && this.#follow(answer.headers['x-ms-location'])) continue;
      if (this.state !== 'told-to-provision' || turn >= mostProvisionings) return answer;
      if (this.habits.ignoresProvisioning !== true && !(await this.provision())) return answer;
      if (this.#isOver()) return answer;
    }
  }

  /** From 14.0 on refusals are in the answer, before they are in the HTTP status; all know 449. */
  #judge(command: string, { http, status }: MailAnswer): void {
    if (this.#isOver()) return;
    if (http === 401) this.#become('needs-password', 'HTTP 401');
    else if (http === 403) this.#become('refused', 'HTTP 403');
    else if (http === 449 || ['140', '142', '143', '144'].includes(status ?? ''))
      this.#become('told-to-provision', http === 449 ? 'HTTP 449' : `Status ${status}`);
    else if (http === 503) this.#become('put-off', 'HTTP 503');
    else if (denied.has(status ?? '')) this.#become('refused', `Status ${status}`);
    else if (http === 200 && command !== 'Provision' && command !== 'OPTIONS') this.#become('ready', command);
  }

  async #wipe(kind: 'device' | 'account'): Promise<false> {
    if (this.habits.ignoresWipe === true) return false;
    await this.command('Provision', acknowledgeWipeBody(kind, '1'));
    this.policyKey = 0;
    this.policy = undefined;
    this.folders = [];
    this.#syncKeys.clear();
    this.#become(kind === 'device' ? 'wiped' : 'account-removed', 'the server has ordered it');
    return false;
  }

  /** Sent by a client that was told of a wipe: an empty question, to hear of it. */
  askForWipe(): Promise<MailAnswer> {
    return this.command('Provision', fetchWipeBody());
  }

  #request(command: CommandName, body: Uint8Array | undefined, parameters: Readonly<Record<string, string>>) {
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
      Authorization: this.#authorization(),
      'User-Agent': this.habits.changesUserAgent === true ? `${agent}.${this.#requests}` : agent,
      Accept: '*/*',
      'Accept-Language': 'de-de',
      ...(this.make.acceptsGzip ? { 'Accept-Encoding': 'gzip' } : {}),
    };
  }

  #authorization(): string {
    const { bearer } = this.#options;
    if (bearer !== undefined) return `Bearer ${bearer}`;
    return `Basic ${Buffer.from(`${this.account.user}:${this.account.password}`).toString('base64')}`;
  }

  #information() {
    return this.make.deviceInformation(this.traits);
  }

  #choose(offered: readonly string[]): ProtocolVersion | undefined {
    const most = this.#options.atMost;
    const allowed = this.make.speaks.filter(
      (version) => offered.includes(version) && (most === undefined || isAtLeast(most, version)),
    );
    return allowed.at(-1);
  }

  #follow(to: string | undefined): boolean {
    if (to === undefined || !URL.canParse(to)) return false;
    this.server = new URL(to).origin;
    this.#tell({ kind: 'moved', to });
    return true;
  }

  #isOver(): boolean {
    return this.state === 'wiped' || this.state === 'account-removed';
  }

  #become(state: MailPhoneState, because: string): void {
    this.because = because;
    if (this.state === state) return;
    this.state = state;
    this.#tell({ kind: 'state', state, because });
  }

  #tell(event: MailPhoneEvent): void {
    this.#options.onEvent?.(event);
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
    return decodeWbxml(headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes);
  } catch {
    return undefined;
  }
}
