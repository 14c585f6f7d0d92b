/** A device of Apple's that speaks the real protocol: enrols with a profile, waits for pushes, carries out commands. */
import {
  type AppleCommand,
  decodeCheckInAnswer,
  encodeCheckIn,
  type EnrolmentIdentity,
} from '@gatehouse/protocols/apple-mdm/index.ts';
import { isDictionary, type PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import { printedImei } from './answer-queries.ts';
import { carryOut, ProfileRefused } from './carry-out.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { Conversation } from './conversation.ts';
import { DeclarativeManagement } from './declarative-management.ts';
import {
  type DeviceState,
  isComputer,
  type KeychainIdentity,
  newPushIdentity,
  type PushIdentity,
} from './device-state.ts';
import { broughtAnchors, installCertificates, keepCertificate } from './keychain.ts';
import { endManagementOfApps } from './managed-apps.ts';
import { MdmConnection, ServerRefusal } from './mdm-connection.ts';
import { type Misbehaviour, Mischief } from './misbehaviour.ts';
import { onePayload, type Profile, readProfile, requireUsable } from './read-profile.ts';
import {
  type SignedInUser,
  signInMessage,
  stateOfUser,
  type UserChannel,
  userIdentity,
} from './user-channel.ts';

export interface SimulatedAppleDeviceOptions {
  readonly device: DeviceState;
  /** PEM of what the device trusts besides what profiles bring. */
  readonly anchors: readonly string[];
  /** Gets a certificate as a SCEP payload's content says. */
  readonly obtainCertificate: (
    content: PlistDictionary,
    device: DeviceState,
    anchors: readonly string[],
  ) => Promise<KeychainIdentity>;
  readonly fetchProfile?: (url: string) => Promise<Uint8Array>;
  readonly onEvent?: (event: AppleDeviceEvent) => void;
}

export type AppleDeviceEvent =
  | { readonly kind: 'enrolled' | 'renewed' }
  /** It has another token for pushes, and will tell its server. */
  | { readonly kind: 'token'; readonly push: PushIdentity }
  | { readonly kind: 'left'; readonly why: string }
  | {
      readonly kind: 'carried-out';
      readonly requestType: string;
      readonly status: string;
      readonly error?: string;
    };

export class SimulatedAppleDevice {
  readonly device: DeviceState;
  readonly declarative: DeclarativeManagement;
  readonly #options: SimulatedAppleDeviceOptions;
  #connection: MdmConnection | undefined;
  #mischief = new Mischief();
  #enrolments = 0;
  #tokens = 0;
  readonly #conversation: Conversation;
  readonly #users = new Map<string, UserChannel>();

  constructor(options: SimulatedAppleDeviceOptions) {
    this.#options = options;
    this.device = options.device;
    const install = (bytes: Uint8Array) => this.installProfile(bytes, { byManagement: true });
    const remove = (identifier: string) => this.#removeManaged(identifier);
    this.declarative = this.#newDeclarative(this.device, () => this.#identity(), install, remove);
    this.#conversation = this.#newConversation(
      () => this.#identity(),
      () => this.device.push.magic,
      (command) =>
        carryOut(this.device, command, {
          installProfile: install,
          removeProfile: remove,
          synchronize: (tokens) => this.declarative.synchronize(tokens),
        }),
    );
  }

  #newDeclarative(
    state: DeviceState,
    identity: () => EnrolmentIdentity,
    installProfile: (bytes: Uint8Array) => Promise<void>,
    removeProfile: (identifier: string) => Promise<boolean>,
  ): DeclarativeManagement {
    return new DeclarativeManagement(state, {
      channel: state === this.device ? 'device' : 'user',
      ask: (endpoint, data) =>
        this.#connected().checkIn(
          encodeCheckIn({
            type: 'DeclarativeManagement',
            identity: identity(),
            fields: { Endpoint: endpoint, ...(data === undefined ? {} : { Data: data }) },
            other: {},
          }),
        ),
      fetchAsset: (url) => this.#connected().fetch(new URL(url)),
      fetchProfile: (url) => {
        if (this.#options.fetchProfile === undefined)
          throw new ProfileRefused(`There is no way to ${url} from here.`);
        return this.#options.fetchProfile(url);
      },
      installProfile,
      removeProfile,
    });
  }

  get isEnrolled(): boolean {
    return this.device.enrolment !== null;
  }

  misbehave(how: Misbehaviour): void {
    this.#mischief = new Mischief(how);
  }

  /** What a person does with a downloaded profile, or what management does with one that it was sent. */
  async installProfile(bytes: Uint8Array, { byManagement = false } = {}): Promise<void> {
    const profile = readProfile(bytes);
    const mdm = onePayload(profile, 'com.apple.mdm');
    const before = this.device.profiles.get(profile.identifier);
    if (before?.managed === true && !byManagement)
      throw new ProfileRefused('A profile with this identifier is managed already.');
    if (byManagement) requireUsable(profile, this.device, 'device');
    installCertificates(this.device, profile);
    const identities = await this.#obtainIdentities(profile);
    this.device.profiles.set(profile.identifier, {
      ...profile,
      managed: byManagement || mdm !== undefined,
      payloads: profile.payloads,
    });
    if (mdm !== undefined) {
      try {
        await this.#enrol(profile, mdm, identities);
      } catch (error) {
        if (before === undefined) this.device.profiles.delete(profile.identifier);
        if (!(error instanceof ServerRefusal)) throw error;
        throw new ProfileRefused(`The enrolment failed: ${error.message}`);
      }
    }
  }

  async #obtainIdentities({ payloads }: Profile): Promise<Map<string, KeychainIdentity>> {
    const identities = new Map<string, KeychainIdentity>();
    for (const { PayloadType, PayloadUUID, PayloadContent } of payloads) {
      if (PayloadType !== 'com.apple.security.scep') continue;
      if (!isDictionary(PayloadContent)) throw new ProfileRefused('A SCEP payload has no PayloadContent.');
      let identity: KeychainIdentity;
      try {
        identity = await this.#options.obtainCertificate(PayloadContent, this.device, this.#anchors());
      } catch (error) {
        throw new ProfileRefused(`No certificate by SCEP: ${(error as Error).message}`);
      }
      keepCertificate(this.device, identity.certificate, true);
      identities.set(String(PayloadUUID), identity);
    }
    return identities;
  }

  #anchors(): string[] {
    return [...this.#options.anchors, ...broughtAnchors(this.device)];
  }

  async #enrol(
    profile: Profile,
    mdm: PlistDictionary,
    identities: ReadonlyMap<string, KeychainIdentity>,
  ): Promise<void> {
    const identity = identities.get(String(mdm.IdentityCertificateUUID));
    if (identity === undefined)
      throw new ProfileRefused('IdentityCertificateUUID names no identity of this profile.');
    if (typeof mdm.Topic !== 'string' || typeof mdm.ServerURL !== 'string')
      throw new ProfileRefused('The MDM payload is incomplete.');
    const former = this.device.enrolment;
    if (former !== null && (former.topic !== mdm.Topic || former.serverUrl.href !== mdm.ServerURL))
      throw new ProfileRefused('Topic and server of an enrolment cannot change.');
    this.#enrolments += 1;
    this.device.erased = false;
    this.device.push = newPushIdentity(`${this.device.seed} ${this.#enrolments}`);
    this.device.enrolment = {
      profileIdentifier: profile.identifier,
      identity,
      topic: mdm.Topic,
      serverUrl: new URL(mdm.ServerURL),
      checkInUrl: new URL(typeof mdm.CheckInURL === 'string' ? mdm.CheckInURL : mdm.ServerURL),
      signMessages: mdm.SignMessage === true,
      checkOutWhenRemoved: mdm.CheckOutWhenRemoved === true,
      capabilities: Array.isArray(mdm.ServerCapabilities) ? mdm.ServerCapabilities.map(String) : [],
      accessRights: typeof mdm.AccessRights === 'number' ? mdm.AccessRights : 0,
    };
    this.#options.onEvent?.({ kind: 'token', push: this.device.push });
    const earlier = this.#connection;
    this.#connection = undefined;
    try {
      await this.#authenticate();
      await this.updateToken();
    } catch (error) {
      this.device.enrolment = former;
      await this.#forgetConnection();
      this.#connection = earlier;
      throw error;
    }
    await earlier?.close();
    this.#options.onEvent?.({ kind: former === null ? 'enrolled' : 'renewed' });
  }

  async #authenticate(): Promise<void> {
    const { model, name, systemVersion, build, serialNumber, imei } = this.device;
    await this.#connected().checkIn(
      encodeCheckIn({
        type: 'Authenticate',
        identity: this.#identity(),
        fields: {
          Topic: this.#enrolled().topic,
          DeviceName: name,
          Model: model.partNumber,
          ModelName: model.modelName,
          ProductName: model.product,
          OSVersion: systemVersion,
          BuildVersion: build,
          SerialNumber: serialNumber,
          ...(imei === null ? {} : { IMEI: printedImei(imei) }),
        },
        other: {},
      }),
    );
  }

  /** At enrolment, and whenever the device has another token than before. */
  async updateToken(): Promise<void> {
    const { push, unlockToken, model } = this.device;
    const isPhone = model.family === 'iphone' || model.family === 'ipad' || model.family === 'vision';
    await this.#connected().checkIn(
      encodeCheckIn({
        type: 'TokenUpdate',
        identity: this.#identity(),
        fields: {
          Topic: this.#enrolled().topic,
          PushMagic: push.magic,
          Token: push.token,
          AwaitingConfiguration: false,
          ...(isPhone ? { UnlockToken: unlockToken } : {}),
        },
        other: {},
      }),
    );
  }

  /** Apple gives it another token now and then, and always after a restore. */
  async renewToken(): Promise<void> {
    this.#tokens += 1;
    this.device.push = newPushIdentity(`${this.device.seed} renewed ${this.#tokens}`);
    this.#options.onEvent?.({ kind: 'token', push: this.device.push });
    await this.updateToken();
  }

  async setBootstrapToken(token: Uint8Array): Promise<void> {
    this.device.bootstrapToken = token;
    await this.#connected().checkIn(
      encodeCheckIn({
        type: 'SetBootstrapToken',
        identity: this.#identity(),
        fields: { BootstrapToken: token },
        other: {},
      }),
    );
  }

  async getBootstrapToken(): Promise<Uint8Array | undefined> {
    const answer = await this.#connected().checkIn(
      encodeCheckIn({ type: 'GetBootstrapToken', identity: this.#identity(), fields: {}, other: {} }),
    );
    return answer.length === 0 ? undefined : decodeCheckInAnswer('GetBootstrapToken', answer).BootstrapToken;
  }

  /** A push came, for the device or for one who is signed in to it. */
  pushed(magic: string): Promise<void> {
    const user = [...this.#users.values()].find(({ push }) => push.magic === magic);
    return (user?.conversation ?? this.#conversation).pushed(magic);
  }

  /** One conversation, as a device begins one when it was called. */
  poll(userId?: string): Promise<void> {
    const user = userId === undefined ? undefined : this.#users.get(userId);
    return (user?.conversation ?? this.#conversation).poll();
  }

  /** Somebody signs in to a Mac that is managed: from then on he can be managed too. */
  async signIn(user: SignedInUser): Promise<UserChannel> {
    const identity = userIdentity(this.device.udid, user);
    const state = stateOfUser(this.device);
    const push = newPushIdentity(`${this.device.seed} ${user.id} ${this.#enrolments}`);
    const install = (bytes: Uint8Array) => this.#installForUser(state, bytes);
    const remove = (identifier: string) => Promise.resolve(state.profiles.delete(identifier));
    const declarative = this.#newDeclarative(state, () => identity, install, remove);
    const conversation = this.#newConversation(
      () => identity,
      () => push.magic,
      (command) =>
        carryOut(
          state,
          command,
          {
            installProfile: install,
            removeProfile: remove,
            synchronize: (tokens) => declarative.synchronize(tokens),
          },
          'user',
        ),
    );
    const channel = { user, push, state, declarative, conversation };
    this.#users.set(user.id, channel);
    this.#options.onEvent?.({ kind: 'token', push });
    await this.#connected().checkIn(signInMessage(identity, this.#enrolled().topic, push));
    return channel;
  }

  async #installForUser(state: DeviceState, bytes: Uint8Array): Promise<void> {
    const profile = readProfile(bytes);
    requireUsable(profile, state, 'user');
    await this.#obtainIdentities(profile);
    state.profiles.set(profile.identifier, { ...profile, managed: true });
  }

  #newConversation(
    identity: () => EnrolmentIdentity,
    magic: () => string,
    answer: (command: AppleCommand) => Promise<CommandOutcome>,
  ): Conversation {
    return new Conversation({
      identity,
      magic,
      carryOut: answer,
      connected: () => this.#connected(),
      mischief: () => this.#mischief,
      isEnrolled: () => this.isEnrolled,
      carriedOut: ({ requestType }, { status, errors: [error] }) =>
        this.#options.onEvent?.({
          kind: 'carried-out',
          requestType,
          status,
          ...(error === undefined ? {} : { error: error.description }),
        }),
      settled: async () => {
        if (this.isEnrolled) return;
        if (this.device.erased) await this.#leave('the device was erased');
        else await this.#forgetConnection();
      },
      unrecognized: () => this.#leave('the server does not know this device'),
    });
  }

  /** What a person does in Settings. */
  async removeByHand(identifier: string): Promise<void> {
    if (identifier === this.device.enrolment?.profileIdentifier) {
      const enrolment = this.#enrolled();
      if (enrolment.checkOutWhenRemoved) {
        const bytes = encodeCheckIn({
          type: 'CheckOut',
          identity: this.#identity(),
          fields: { Topic: enrolment.topic },
          other: {},
        });
        // Best effort: a device that cannot reach its server leaves all the same.
        await this.#connected()
          .checkIn(bytes)
          .catch(() => undefined);
      }
      await this.#leave('the profile was removed by hand');
      return;
    }
    const profile = this.device.profiles.get(identifier);
    // What management brought to anything but a Mac has no button that removes it.
    const locked =
      profile?.removalDisallowed === true || (profile?.managed === true && !isComputer(this.device));
    if (locked) throw new ProfileRefused('This profile is locked.');
    this.device.profiles.delete(identifier);
  }

  async #removeManaged(identifier: string): Promise<boolean> {
    if (identifier === this.device.enrolment?.profileIdentifier) {
      await this.#leave('management ended by command');
      return true;
    }
    if (this.device.profiles.get(identifier)?.managed !== true) return false;
    return this.device.profiles.delete(identifier);
  }

  /** All that management brought goes with it; what people put there stays. */
  async #leave(why: string): Promise<void> {
    this.device.enrolment = null;
    for (const [identifier, { managed }] of this.device.profiles) {
      if (managed) this.device.profiles.delete(identifier);
    }
    endManagementOfApps(this.device);
    this.declarative.forget();
    this.#users.clear();
    await this.#forgetConnection();
    this.#options.onEvent?.({ kind: 'left', why });
  }

  close(): Promise<void> {
    return this.#forgetConnection();
  }

  async #forgetConnection(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
  }

  #enrolled() {
    const { enrolment } = this.device;
    if (enrolment === null) throw new Error('the device is not enrolled');
    return enrolment;
  }

  #connected(): MdmConnection {
    const enrolment = this.#enrolled();
    this.#connection ??= new MdmConnection({
      enrolment,
      anchors: this.#anchors(),
      userAgent: this.device.model.family === 'mac' ? 'MDM-OSX/1.0 mdmclient/1.0' : 'MDM/1.0',
    });
    return this.#connection;
  }

  #identity(): EnrolmentIdentity {
    return { kind: 'device', deviceKey: this.device.udid, channel: '' };
  }
}
