// Collects what a device should have. Everything passes the catalogue of Apple's schema on its way in: what a device would
// refuse is withheld with the reason and never sent.
import {
  compareVersions,
  findStatusItem,
  type Problem,
  type Target,
  validateCommand,
  validateDeclaration,
  validatePayload,
  validateProfile,
} from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { canonicalJson } from '@gatehouse/core/audit/canonical-json.ts';
import { type PlistDictionary, writePlist } from '@gatehouse/protocols/plist/index.ts';
import { createHash } from 'node:crypto';
import type {
  ChannelKind,
  CompileInput,
  CompileTarget,
  DeclarationKind,
  Desired,
  DesiredItem,
  ItemForm,
  ItemSource,
  Withheld,
} from './desired.ts';
import { appTokenOf, tokenOf, uuidOf } from './identifiers.ts';
import { indexIn, isGrave, nameIn, placeKinds, wordsFor } from './schema-problems.ts';

export interface Payload {
  readonly type: string;
  /** Tells the payloads of one profile apart. */
  readonly suffix: string;
  readonly content: PlistDictionary;
}

interface Fitting {
  readonly payloads: readonly Payload[];
  readonly dropped: readonly { readonly key: string; readonly why: string }[];
}

interface Wanted {
  readonly identifier: string;
  readonly source: ItemSource;
}

export interface WantedProfile extends Wanted {
  readonly payloads: readonly Payload[];
}

export interface WantedDeclaration extends Wanted {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Only on this channel; absent: where the schema allows it, the device's first. */
  readonly channel?: ChannelKind;
  /** What it refers to, put on the same channel. */
  readonly assets?: readonly WantedAsset[];
  /** There is another way to the same: that the declaration does not fit is no reason to withhold anything. */
  readonly otherwise?: 'profile' | 'command';
  /** Nobody misses it where it does not fit. */
  readonly quiet?: boolean;
}

export interface WantedAsset {
  readonly identifier: string;
  readonly type: string;
  /** Inline: the declaration's own payload. Otherwise a body that the device fetches. */
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly body?: { readonly contentType: string; readonly bytes: Uint8Array };
}

/** First release that speaks declarations (section 9.1 of the protocol). */
const declarativeSince: Partial<Record<CompileTarget['os'], number>> = {
  iOS: 15,
  macOS: 13,
  tvOS: 16,
  visionOS: 1,
  watchOS: 10,
};

export class Builder {
  readonly target: CompileTarget;
  readonly #input: Pick<CompileInput, 'hash' | 'assetUrl' | 'organization'>;
  readonly #items: DesiredItem[] = [];
  readonly #withheld: Withheld[] = [];

  constructor(input: Pick<CompileInput, 'target' | 'hash' | 'assetUrl' | 'organization'>) {
    this.target = input.target;
    this.#input = input;
  }

  get speaksDeclarations(): boolean {
    const { os, osVersion } = this.target;
    const since = declarativeSince[os];
    return since !== undefined && Number.parseInt(osVersion ?? '0', 10) >= since;
  }

  get channels(): readonly ChannelKind[] {
    return this.target.hasUserChannel ? ['device', 'user'] : ['device'];
  }

  uuid(name: string): string {
    return uuidOf(this.#input.hash(`uuid/${name}`));
  }

  withhold(form: ItemForm, identifier: string, source: ItemSource, why: string): void {
    this.#withheld.push({ channel: 'device', form, identifier, source, why });
  }

  /** Why a payload does not suit the device, for those who would rather leave out a part. */
  payloadProblem(type: string, content: PlistDictionary): string | undefined {
    const payload = this.#payload('x', { type, suffix: 'x', content });
    return wordsFor(validatePayload(payload, this.#on('device')).filter((problem) => isGrave(problem, type)));
  }

  tellsStatus(name: string, channel: ChannelKind): boolean {
    const support = findStatusItem(name)?.os?.[this.target.os];
    if (support?.introduced === undefined || support.introduced === 'n/a') return false;
    const scope = channel === 'user' ? 'user' : 'system';
    if (support.scopes !== undefined && !support.scopes.includes(scope)) return false;
    const { osVersion } = this.target;
    return osVersion === undefined || compareVersions(osVersion, support.introduced) >= 0;
  }

  addProfile({ identifier, source, payloads }: WantedProfile): boolean {
    const types = payloads.map(({ type }) => type);
    // What was looked at last is what fits: the channel that is chosen is the last that was tried.
    let fitting: Fitting = { payloads, dropped: [] };
    let profile: PlistDictionary = {};
    const place = this.#placeFor((channel) => {
      fitting = this.#fit(payloads, channel);
      profile = this.#profile(identifier, source, fitting.payloads, channel);
      return validateProfile(profile, this.#on(channel))
        .filter((problem) => isGrave(problem, types[indexIn(problem)] ?? ''))
        .map((problem) => ({ ...problem, path: nameIn(problem.path, types) }));
    });
    if ('why' in place) {
      this.withhold('profile', identifier, source, place.why);
      return false;
    }
    for (const { key, why } of fitting.dropped)
      this.withhold('profile', `${identifier}.${key}`, source, `${key} ${why}`);
    this.#items.push({ channel: place.channel, form: 'profile', identifier, source, ...this.#sign(profile) });
    return true;
  }

  /** Leaves out single keys that this device has no use for, so that the rest of the payload can do its work. */
  #fit(payloads: readonly Payload[], channel: ChannelKind): Fitting {
    const dropped: { key: string; why: string }[] = [];
    const fitting = payloads.map((payload) => {
      const problems = validatePayload(this.#payload('x', payload), this.#on(channel));
      const useless = problems.flatMap(({ kind, path, severity, problem }) => {
        const key = /^\$\.([\w ]+)$/.exec(path)?.[1];
        return key !== undefined && severity === 'error' && placeKinds.has(kind)
          ? [{ key, why: problem }]
          : [];
      });
      dropped.push(...useless);
      const content = Object.fromEntries(
        Object.entries(payload.content).filter(([key]) => !useless.some((one) => one.key === key)),
      );
      return { ...payload, content };
    });
    return { payloads: fitting, dropped };
  }

  /** A profile that somebody else wrote: taken as it is, with our name and lock. */
  addReadyProfile(identifier: string, source: ItemSource, profile: PlistDictionary): void {
    const framed = { ...profile, ...this.#frame(identifier, source, 'device') };
    const place = this.#placeFor((channel) =>
      // Unknown types and keys are the business of whoever wrote it; what the device is certain to refuse is ours.
      validateProfile({ ...framed, ...this.#frame(identifier, source, channel) }, this.#on(channel)).filter(
        ({ severity, kind }) => severity === 'error' && placeKinds.has(kind),
      ),
    );
    if ('why' in place) return this.withhold('profile', identifier, source, place.why);
    const whole = { ...framed, ...this.#frame(identifier, source, place.channel) };
    this.#items.push({ channel: place.channel, form: 'profile', identifier, source, ...this.#sign(whole) });
  }

  /** @returns whether it was added; with `otherwise` the caller then has something else to try. */
  addDeclaration(wanted: WantedDeclaration): boolean {
    const { identifier, source, type, payload, assets = [], otherwise, quiet = false } = wanted;
    const place = this.speaksDeclarations
      ? this.#placeFor(
          (channel) => [
            ...this.#declarationProblems(type, identifier, payload, channel),
            ...assets.flatMap((asset) =>
              this.#declarationProblems(asset.type, asset.identifier, this.#assetPayload(asset), channel),
            ),
          ],
          wanted.channel,
        )
      : { why: `needs a ${this.target.os} that speaks declarations` };
    if ('why' in place) {
      if (otherwise === undefined && !quiet) this.withhold('declaration', identifier, source, place.why);
      return false;
    }
    const { channel } = place;
    for (const asset of assets) {
      this.#addDeclared(channel, 'asset', asset.identifier, source, asset.type, this.#assetPayload(asset));
      const { body } = asset;
      if (body) {
        const token = tokenOf(this.#input.hash(body.bytes));
        this.#items.push({
          channel,
          form: 'asset',
          identifier: asset.identifier,
          source,
          content: body.bytes,
          contentType: body.contentType,
          token,
        });
      }
    }
    const kind: DeclarationKind = type.startsWith('com.apple.management.') ? 'management' : 'configuration';
    this.#addDeclared(channel, kind, identifier, source, type, payload);
    if (kind === 'configuration') {
      // One for each configuration, so that one that does not work takes no other with it.
      this.#addDeclared(channel, 'activation', `${identifier}.on`, source, 'com.apple.activation.simple', {
        StandardConfigurations: [identifier],
      });
    }
    return true;
  }

  /** Whether the device takes such a declaration at all, on its own channel. */
  takesDeclaration(type: string, payload: Readonly<Record<string, unknown>>): boolean {
    return this.speaksDeclarations && this.#declarationProblems(type, 'x', payload, 'device').length === 0;
  }

  /** An app that comes by command. @param command the whole of it, but for the configuration. */
  addApp(
    bundleId: string,
    source: ItemSource,
    command: PlistDictionary,
    configuration: PlistDictionary,
  ): void {
    const setting = { Item: 'ApplicationConfiguration', Identifier: bundleId, Configuration: configuration };
    const all: readonly PlistDictionary[] = [
      { ...command, Configuration: configuration },
      { RequestType: 'RemoveApplication', Identifier: bundleId },
      { RequestType: 'Settings', Settings: [setting] },
    ];
    const why = wordsFor(
      all.flatMap((each) =>
        validateCommand(each, this.#on('device')).filter(({ severity }) => severity === 'error'),
      ),
    );
    if (why !== undefined) return this.withhold('app', bundleId, source, why);
    const token = appTokenOf(
      this.#input.hash(writePlist(command)),
      this.#input.hash(writePlist(configuration)),
    );
    const content = writePlist({ Command: command, Configuration: configuration });
    this.#items.push({ channel: 'device', form: 'app', identifier: bundleId, source, content, token });
  }

  addFile(form: ItemForm, identifier: string, source: ItemSource, bytes: Uint8Array): void {
    this.#items.push({
      channel: 'device',
      form,
      identifier,
      source,
      content: bytes,
      token: tokenOf(this.#input.hash(bytes)),
    });
  }

  finish(): Desired {
    return { items: this.#items, withheld: this.#withheld };
  }

  #addDeclared(
    channel: ChannelKind,
    kind: DeclarationKind,
    identifier: string,
    source: ItemSource,
    Type: string,
    Payload: Readonly<Record<string, unknown>>,
  ): void {
    const content = Buffer.from(canonicalJson({ Type, Identifier: identifier, Payload } as never));
    this.#items.push({
      channel,
      form: 'declaration',
      kind,
      identifier,
      source,
      content,
      token: tokenOf(this.#input.hash(content)),
    });
  }

  #assetPayload({ payload, body, identifier }: WantedAsset): Readonly<Record<string, unknown>> {
    if (body === undefined) return payload ?? {};
    return {
      Reference: {
        DataURL: this.#input.assetUrl(identifier),
        ContentType: body.contentType,
        Size: body.bytes.length,
        'Hash-SHA-256': createHash('sha256').update(body.bytes).digest('hex'),
      },
      Authentication: { Type: 'MDM' },
    };
  }

  #declarationProblems(
    Type: string,
    Identifier: string,
    Payload: Readonly<Record<string, unknown>>,
    channel: ChannelKind,
  ): readonly Problem[] {
    const whole = { Type, Identifier, ServerToken: 'x', Payload } as unknown as PlistDictionary;
    return validateDeclaration(whole, this.#on(channel)).filter((problem) => isGrave(problem, Type));
  }

  /** The first channel on which nothing is wrong; the words are those of the last that was tried for want of another. */
  #placeFor(
    problemsOn: (channel: ChannelKind) => readonly Problem[],
    only?: ChannelKind,
  ): { readonly channel: ChannelKind } | { readonly why: string } {
    const tried = only ?? 'device';
    const problems = problemsOn(tried);
    const why = wordsFor(problems);
    if (why === undefined) return { channel: tried };
    if (only !== undefined || !problems.some(({ kind }) => kind === 'channel')) return { why };
    if (!this.target.hasUserChannel)
      return { why: 'is for users of the device, and none of them is managed yet' };
    const later = wordsFor(problemsOn('user'));
    return later === undefined ? { channel: 'user' } : { why: later };
  }

  #on(channel: ChannelKind): Target {
    const { os, osVersion, supervised, sharedIpad, enrollmentKind } = this.target;
    return {
      platform: os,
      ...(osVersion === undefined ? {} : { osVersion }),
      supervised,
      sharedIPad: sharedIpad,
      enrollmentKind,
      channel,
    };
  }

  #payload(identifier: string, { type, suffix, content }: Payload): PlistDictionary {
    const name = `${identifier}.${suffix}`;
    return {
      PayloadType: type,
      PayloadVersion: 1,
      PayloadIdentifier: name,
      PayloadUUID: this.uuid(name),
      ...content,
    };
  }

  #frame(identifier: string, source: ItemSource, channel: ChannelKind): PlistDictionary {
    const { os, supervised } = this.target;
    return {
      PayloadType: 'Configuration',
      PayloadVersion: 1,
      PayloadIdentifier: identifier,
      PayloadUUID: this.uuid(identifier),
      PayloadDisplayName: source.name,
      PayloadOrganization: this.#input.organization,
      // POL-07. Unsupervised phones lock what management installs by themselves, and refuse to be told.
      ...(os === 'macOS' || ((os === 'iOS' || os === 'tvOS') && supervised)
        ? { PayloadRemovalDisallowed: true }
        : {}),
      ...(os === 'macOS' ? { PayloadScope: channel === 'user' ? 'User' : 'System' } : {}),
    };
  }

  #profile(
    identifier: string,
    source: ItemSource,
    payloads: readonly Payload[],
    channel: ChannelKind,
  ): PlistDictionary {
    return {
      ...this.#frame(identifier, source, channel),
      PayloadContent: payloads.map((payload) => this.#payload(identifier, payload)),
    };
  }

  /** The UUID follows the content: by it a device's own list of profiles says which version it has. */
  #sign(profile: PlistDictionary): { readonly content: Uint8Array; readonly token: string } {
    const hash = this.#input.hash(writePlist(profile));
    return { content: writePlist({ ...profile, PayloadUUID: uuidOf(hash) }), token: tokenOf(hash) };
  }
}
