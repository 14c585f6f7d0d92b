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
import {
  bodyKind,
  type CommandName,
  type Folder,
  folderSyncRequest,
  folderTypes,
  isAtLeast,
  pingRequest,
  type PolicyAcknowledgment,
  policyTypeOf,
  type ProtocolVersion,
  type ProvisionPolicy,
  type ProvisionRequest,
  provisionRequest,
  readFolderSyncAnswer,
  readPingAnswer,
  readProvisionAnswer,
  type ReadProvisionAnswer,
  settingsRequest,
} from '@gatehouse/protocols/activesync/index.ts';
import { type MailItem, readSync } from './answers.ts';
import { autodiscover } from './autodiscover.ts';
import { fetchAttachmentBody, sendMailBody, settingsAndUserBody, syncBody } from './bodies.ts';
import { type MailAnswer, MailClient, type MailClientOptions } from './mail-client.ts';

export type MailPhoneState =
  | 'new'
  | 'ready'
  | 'told-to-provision'
  | 'refused'
  | 'needs-password'
  | 'put-off'
  | 'wiped'
  | 'account-removed';

export interface MailPhoneOptions extends MailClientOptions {
  /** No newer than this one, whatever the server offers. */
  readonly atMost?: ProtocolVersion;
  readonly onEvent?: (event: MailPhoneEvent) => void;
}

/** What it has seen. */
export type MailPhoneEvent =
  | {
      readonly kind: 'asked';
      readonly command: string;
      readonly http: number;
      readonly status: number | undefined;
    }
  | { readonly kind: 'state'; readonly state: MailPhoneState; readonly because: string }
  | { readonly kind: 'policy'; readonly policy: ProvisionPolicy }
  | { readonly kind: 'moved'; readonly to: string }
  | { readonly kind: 'mail'; readonly subject: string };

/** A client that is told the same again and again gives up for now. */
const mostProvisionings = 3;
const denied: ReadonlySet<number> = new Set([126, 127, 128, 129, 130, 131, 141, 177]);

export class MailPhone {
  /** What it puts on the wire. */
  readonly client: MailClient;
  state: MailPhoneState = 'new';
  /** What the server said when the state became this one. */
  because = '';
  policy: ProvisionPolicy | undefined;
  folders: readonly Folder[] = [];
  /** Commands that the server says it knows. */
  commands: readonly string[] = [];
  /** How often it has asked for a policy. */
  provisionings = 0;
  readonly #options: MailPhoneOptions;
  readonly #syncKeys = new Map<string, string>();
  #folderKey = '0';
  #sent = 0;
  #pinged = false;

  constructor(options: MailPhoneOptions) {
    this.#options = options;
    this.client = new MailClient(options);
  }

  get version(): ProtocolVersion {
    return this.client.version;
  }

  /** Asks the domain of the mail address, or another host in its place, where the server is. */
  async discover(at: string): Promise<void> {
    const { line, account } = this.client;
    const found = await autodiscover(line, at, account, this.client.authorization());
    this.client.server = new URL(found).origin;
  }

  /** From nothing to a list of folders, by way of a policy if one is asked for. */
  async connect(): Promise<MailPhoneState> {
    if (!(await this.askOptions())) return this.state;
    const speaksSettings = isAtLeast(this.version, '12.0');
    if (this.client.make.firstCommand === 'Provision') await this.provision();
    else if (this.client.make.firstCommand === 'Settings' && speaksSettings) await this.tellSettings();
    if (this.#isOver()) return this.state;
    await this.listFolders();
    return this.state;
  }

  /** @returns whether the versions are known now */
  async askOptions(): Promise<boolean> {
    const answer = await this.client.askOptions();
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
    this.client.version = version;
    return true;
  }

  /** Fetches the policy and says that it applies it. @returns whether it has a key now, or needs none */
  async provision(): Promise<boolean> {
    const { version, habits } = this.client;
    const policyType = policyTypeOf(version);
    // From 14.1 on the words about the device come with the question.
    const words = isAtLeast(version, '14.1') ? { deviceInformation: this.#information() } : {};
    this.provisionings += 1;
    this.client.policyKey = 0;
    const offered = await this.#askProvision({ kind: 'download', policyType, ...words });
    if (offered === undefined) return false;
    // 2: the server has no policy for it. SOGo says so always.
    if (offered.policyStatus === 2 && (offered.status ?? 1) === 1) {
      this.#become('ready', 'the server has no policy');
      return true;
    }
    const { policyKey, policy } = offered;
    if (policyKey === undefined) return false;
    this.policy = policy;
    if (policy !== undefined) this.#tell({ kind: 'policy', policy });
    if (habits.neverAcknowledges === true) return true;
    this.client.policyKey = policyKey;
    const status: PolicyAcknowledgment = habits.saysOfPolicy ?? 1;
    const accepted = await this.#askProvision({ kind: 'acknowledge', policyType, policyKey, status });
    if (accepted?.policyKey === undefined) return false;
    this.client.policyKey = accepted.policyKey;
    this.#become('ready', 'it applies the policy');
    // Up to 14.0 they come after it.
    if (isAtLeast(version, '12.0') && !isAtLeast(version, '14.1')) await this.tellSettings();
    return true;
  }

  /** Hears of wipes and carries them out. @returns undefined where that, or a refusal, is the end of it */
  async #askProvision(request: ProvisionRequest): Promise<ReadProvisionAnswer | undefined> {
    const { http, root, body } = await this.command('Provision', provisionRequest(this.version, request));
    if (http !== 200 || root === undefined) return undefined;
    const answer = readProvisionAnswer(body);
    if (!answer.wipesDevice && !answer.wipesAccount) {
      if ((answer.status ?? 1) >= 126) this.#become('refused', `Status ${answer.status}`);
      return answer;
    }
    if (this.client.habits.ignoresWipe !== true) await this.#wipe(answer.wipesDevice ? 'device' : 'account');
    return undefined;
  }

  /** What the device says of itself; 2.5 has no words for it. */
  async tellSettings(): Promise<MailAnswer> {
    const write = this.client.make.asksForUser ? settingsAndUserBody : settingsRequest;
    return this.#insist('Settings', () => write(this.version, this.#information()));
  }

  async listFolders(): Promise<readonly Folder[]> {
    const answer = await this.#insist('FolderSync', () => folderSyncRequest(this.#folderKey));
    // 9: the server does not know the key any more.
    if (answer.status === 9) {
      this.#folderKey = '0';
      return this.listFolders();
    }
    if (answer.http !== 200 || answer.status !== 1) return this.folders;
    const { syncKey, added } = readFolderSyncAnswer(answer.body);
    if (this.#folderKey === '0') this.folders = [];
    this.#folderKey = syncKey ?? '0';
    this.folders = [...this.folders, ...added];
    return this.folders;
  }

  get inbox(): string {
    const found = this.folders.find(({ type }) => type === folderTypes.inbox);
    if (found === undefined) throw new Error('no inbox was listed');
    return found.serverId;
  }

  /** New mail of a folder. @param wait seconds for which the server may hold the request */
  async sync(folder = this.inbox, wait?: number, signal?: AbortSignal): Promise<readonly MailItem[]> {
    const ask = () =>
      syncBody({
        version: this.version,
        collectionId: folder,
        syncKey: this.#syncKeys.get(folder) ?? '0',
        ...(wait === undefined ? {} : { wait }),
      });
    if (!this.#syncKeys.has(folder)) {
      const begun = readSync((await this.#insist('Sync', ask, {}, signal)).root);
      if (begun.syncKey === undefined) return [];
      this.#syncKeys.set(folder, begun.syncKey);
    }
    const items: MailItem[] = [];
    for (let more = true; more; ) {
      const { syncKey, added, moreAvailable } = readSync((await this.#insist('Sync', ask, {}, signal)).root);
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
    const body =
      again && this.#pinged
        ? undefined
        : pingRequest({ heartbeatInterval: seconds, folders: [{ id: this.inbox, class: 'Email' }] });
    this.#pinged = true;
    const answer = await this.command('Ping', body, {}, signal);
    const read = answer.root === undefined ? { status: undefined, folders: [] } : readPingAnswer(answer.body);
    return { ...read, http: answer.http };
  }

  /** Waits as its make does, and fetches what has come. @param seconds at most */
  async waitForMail(seconds: number, signal?: AbortSignal): Promise<readonly MailItem[]> {
    if (this.client.make.waitsWith === 'Sync' && isAtLeast(this.version, '12.1'))
      return this.sync(this.inbox, seconds, signal);
    const { status } = await this.ping(seconds, { again: true, ...(signal === undefined ? {} : { signal }) });
    return status === 2 ? this.sync(this.inbox, undefined, signal) : [];
  }

  /** An attachment as it comes; in an ItemOperations answer it lies in WBXML, in base64. */
  async openAttachment(reference: string): Promise<IncomingMessage> {
    const [command, body, parameters] = isAtLeast(this.version, '12.0')
      ? (['ItemOperations', fetchAttachmentBody(reference), {}] as const)
      : (['GetAttachment', undefined, { AttachmentName: reference }] as const);
    return this.client.open(command, body, parameters);
  }

  /** One command as it is, whatever the answer; the state follows from the answer. */
  async command(
    command: CommandName,
    body?: Uint8Array,
    parameters: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<MailAnswer> {
    const answer = await this.client.ask(command, body, parameters, signal);
    const { http } = answer;
    this.#tell({ kind: 'asked', command, http, status: answer.status });
    this.#judge(command, answer);
    return answer;
  }

  close(): void {
    this.client.line.close();
  }

  /** Does as it is told and asks again: fetches its policy, goes to another server. */
  async #insist(
    command: CommandName,
    body: () => Uint8Array | undefined,
    parameters: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<MailAnswer> {
    for (let turn = 0; ; turn += 1) {
      const answer = await this.command(command, body(), parameters, signal);
      if (answer.http === 451 && this.#follow(answer.headers['x-ms-location'])) continue;
      if (this.state !== 'told-to-provision' || turn >= mostProvisionings) return answer;
      if (this.client.habits.ignoresProvisioning !== true && !(await this.provision())) return answer;
      if (this.#isOver()) return answer;
    }
  }

  /** From 14.0 on refusals are in the answer, before they are in the HTTP status; all know 449. */
  #judge(command: string, { http, status }: MailAnswer): void {
    if (this.#isOver()) return;
    if (http === 401) this.#become('needs-password', 'HTTP 401');
    else if (http === 403) this.#become('refused', 'HTTP 403');
    else if (http === 449 || [140, 142, 143, 144].includes(status ?? 0))
      this.#become('told-to-provision', http === 449 ? 'HTTP 449' : `Status ${status}`);
    else if (http === 503) this.#become('put-off', 'HTTP 503');
    else if (denied.has(status ?? 0)) this.#become('refused', `Status ${status}`);
    else if (http === 200 && command !== 'Provision' && command !== 'OPTIONS') this.#become('ready', command);
  }

  /** It does not wait for the answer before it erases itself. */
  async #wipe(scope: 'device' | 'account'): Promise<void> {
    await this.command('Provision', provisionRequest(this.version, { kind: 'wiped', scope, done: true }));
    this.client.policyKey = 0;
    this.policy = undefined;
    this.folders = [];
    this.#syncKeys.clear();
    this.#become(scope === 'device' ? 'wiped' : 'account-removed', 'the server has ordered it');
  }

  #information() {
    return this.client.make.deviceInformation(this.client.traits);
  }

  #choose(offered: readonly string[]): ProtocolVersion | undefined {
    const most = this.#options.atMost;
    const allowed = this.client.make.speaks.filter(
      (version) => offered.includes(version) && (most === undefined || isAtLeast(most, version)),
    );
    return allowed.at(-1);
  }

  #follow(to: string | undefined): boolean {
    if (to === undefined || !URL.canParse(to)) return false;
    this.client.server = new URL(to).origin;
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
