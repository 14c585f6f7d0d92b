/**
 * Declarative management as a device does it: compare tokens, fetch the list, fetch what is new or changed, drop what is gone,
 * report. Declarations whose activation is missing are held and not active.
 */
import type { Declaration, DeclarationKind, DeviceState } from './device-state.ts';
import { meets, passcodeRules } from './answer-queries.ts';
import { ProfileRefused } from './carry-out.ts';
import { declareApp, dropDeclaredApp } from './managed-apps.ts';
import { ServerRefusal } from './mdm-connection.ts';
import { readProfile } from './read-profile.ts';
import { type ChannelKind, declarationProblem } from './schema-check.ts';

const lists = {
  Activations: 'activation',
  Assets: 'asset',
  Configurations: 'configuration',
  Management: 'management',
} as const satisfies Record<string, DeclarationKind>;

const managedApp = 'com.apple.configuration.app.managed';

type Verdict = { readonly valid: 'valid' | 'invalid' | 'unknown'; readonly reasons: readonly unknown[] };

export interface DeclarativeReach {
  /** Whose declarations they are; the device’s by default. */
  readonly channel?: ChannelKind;
  /** A DeclarativeManagement check-in. @throws ServerRefusal */
  ask(endpoint: string, data?: Uint8Array): Promise<Uint8Array>;
  fetchProfile(url: string): Promise<Uint8Array>;
  /** @throws ServerRefusal */
  fetchAsset(url: string): Promise<Uint8Array>;
  installProfile(bytes: Uint8Array): Promise<void>;
  removeProfile(identifier: string): Promise<boolean>;
}

interface Manifest {
  readonly Declarations: Readonly<
    Record<keyof typeof lists, readonly { readonly Identifier: string; readonly ServerToken: string }[]>
  >;
  readonly DeclarationsToken: string;
}

export class DeclarativeManagement {
  readonly #device: DeviceState;
  readonly #reach: DeclarativeReach;
  /** Configurations that this device would not take, by type, with what it says. */
  readonly refuses = new Map<string, string>();
  #token = '';
  #verdicts = new Map<string, Verdict>();
  /** Profiles that a legacy configuration brought, by its identifier. */
  readonly #profiles = new Map<string, string>();
  /** Of apps that a declaration brought: the token of what they are configured with. */
  readonly #assets = new Map<string, string | undefined>();
  #enabled = false;

  constructor(device: DeviceState, reach: DeclarativeReach) {
    this.#device = device;
    this.#reach = reach;
  }

  get declarations(): Map<string, Declaration> {
    return this.#device.declarations;
  }

  /** Management is over, and declarations with it. */
  forget(): void {
    this.#enabled = false;
    this.#token = '';
    for (const part of [this.declarations, this.#verdicts, this.#profiles, this.#assets]) part.clear();
  }

  get isEnabled(): boolean {
    return this.#enabled;
  }

  /** @param tokens what came with the command; without it the device asks. */
  async synchronize(tokens: Uint8Array | undefined): Promise<void> {
    const first = !this.#enabled;
    this.#enabled = true;
    const told = tokens ?? (await this.#reach.ask('tokens'));
    const { SyncTokens } = json(told) as { SyncTokens: { DeclarationsToken: string } };
    if (SyncTokens.DeclarationsToken === this.#token && !first) return;
    const manifest = json(await this.#reach.ask('declaration-items')) as Manifest;
    const wanted = new Map<string, { kind: DeclarationKind; token: string }>();
    for (const [list, kind] of Object.entries(lists) as [keyof typeof lists, DeclarationKind][]) {
      for (const { Identifier, ServerToken } of manifest.Declarations[list])
        wanted.set(Identifier, { kind, token: ServerToken });
    }
    for (const identifier of this.declarations.keys()) {
      if (!wanted.has(identifier)) await this.#drop(identifier);
    }
    for (const [identifier, { kind, token }] of wanted) {
      if (this.declarations.get(identifier)?.serverToken !== token) await this.#fetch(kind, identifier);
    }
    await this.#takeAssetsAnew();
    this.#token = manifest.DeclarationsToken;
    await this.report(first);
  }

  async #fetch(kind: DeclarationKind, identifier: string): Promise<void> {
    let bytes: Uint8Array;
    try {
      bytes = await this.#reach.ask(`declaration/${kind}/${identifier}`);
    } catch (error) {
      if (!(error instanceof ServerRefusal) || error.status !== 404) throw error;
      await this.#drop(identifier);
      return;
    }
    // Management may have ended while it was asked for: what comes now is for nobody.
    if (!this.#enabled) return;
    const { Type, Identifier, ServerToken, Payload } = json(bytes) as {
      Type: string;
      Identifier: string;
      ServerToken: string;
      Payload: Record<string, unknown>;
    };
    const declaration = {
      kind,
      type: Type,
      identifier: Identifier,
      serverToken: ServerToken,
      payload: Payload,
    };
    this.declarations.set(identifier, declaration);
    this.#verdicts.set(identifier, await this.#apply(declaration));
  }

  async #apply(declaration: Declaration): Promise<Verdict> {
    const refusal = this.refuses.get(declaration.type);
    if (refusal !== undefined) return invalid('Error.ConfigurationCannotBeApplied', { Error: refusal });
    const problem = declarationProblem(declaration, this.#device, this.#reach.channel ?? 'device');
    if (problem !== undefined) return invalid('Error.InvalidPayload', { Error: problem });
    if (declaration.type === managedApp) return this.#applyApp(declaration);
    if (declaration.type !== 'com.apple.configuration.legacy') return { valid: 'valid', reasons: [] };
    try {
      const bytes = await this.#reach.fetchProfile(String(declaration.payload.ProfileURL));
      if (this.#enabled) {
        await this.#reach.installProfile(bytes);
        this.#profiles.set(declaration.identifier, readProfile(bytes).identifier);
      }
      return { valid: 'valid', reasons: [] };
    } catch (error) {
      if (!(error instanceof ProfileRefused)) throw error;
      return invalid('Error.ConfigurationCannotBeApplied', { Error: error.message });
    }
  }

  async #applyApp(declaration: Declaration): Promise<Verdict> {
    const name = declaration.payload.LegacyAppConfigAssetReference;
    const asset = typeof name === 'string' ? this.declarations.get(name) : undefined;
    if (typeof name === 'string' && asset === undefined)
      return invalid('Error.AssetNotFound', { Identifier: name });
    const { DataURL: url } = (asset?.payload.Reference ?? {}) as { readonly DataURL?: string };
    const configuration = url === undefined ? undefined : await this.#reach.fetchAsset(url);
    if (this.#enabled) {
      declareApp(this.#device, declaration, configuration);
      this.#assets.set(declaration.identifier, asset?.serverToken);
    }
    return { valid: 'valid', reasons: [] };
  }

  /** The asset of a configuration is another now, though the configuration itself is not. */
  async #takeAssetsAnew(): Promise<void> {
    for (const [identifier, token] of this.#assets) {
      const declaration = this.declarations.get(identifier);
      const asset = this.declarations.get(String(declaration?.payload.LegacyAppConfigAssetReference));
      if (declaration !== undefined && asset?.serverToken !== token)
        this.#verdicts.set(identifier, await this.#applyApp(declaration));
    }
  }

  async #drop(identifier: string): Promise<void> {
    this.declarations.delete(identifier);
    this.#verdicts.delete(identifier);
    if (this.#assets.delete(identifier)) dropDeclaredApp(this.#device, identifier);
    const profile = this.#profiles.get(identifier);
    if (profile !== undefined) await this.#reach.removeProfile(profile);
    this.#profiles.delete(identifier);
  }

  /** Sends what was subscribed to and the state of every declaration. @param full also what has not changed. */
  async report(full: boolean): Promise<void> {
    const status = {
      StatusItems: this.#statusItems(full),
      Errors: [],
      ...(full ? { FullReport: true } : {}),
    };
    await this.#reach.ask('status', Buffer.from(JSON.stringify(status)));
  }

  #statusItems(full: boolean): Record<string, unknown> {
    const items: Record<string, unknown> = {};
    const set = (path: string, value: unknown) => {
      const steps = path.split('.');
      const last = steps.pop() ?? '';
      let at = items;
      for (const step of steps) at = (at[step] ??= {}) as Record<string, unknown>;
      at[last] = value;
    };
    const lines: Record<DeclarationKind, unknown[]> = {
      activation: [],
      asset: [],
      configuration: [],
      management: [],
    };
    const active = this.#activeConfigurations();
    for (const { kind, identifier, serverToken } of this.declarations.values()) {
      const { valid, reasons } = this.#verdicts.get(identifier) ?? { valid: 'unknown', reasons: [] };
      const line = {
        identifier,
        'server-token': serverToken,
        active: kind !== 'configuration' || active.has(identifier),
        valid,
      };
      lines[kind].push(reasons.length > 0 ? { ...line, reasons } : line);
    }
    set('management.declarations', {
      activations: lines.activation,
      assets: lines.asset,
      configurations: lines.configuration,
      management: lines.management,
    });
    if (full) {
      set('management.client-capabilities', {
        'supported-versions': ['1.0.0'],
        'supported-features': {},
        'supported-payloads': { declarations: {}, 'status-items': [] },
      });
    }
    for (const name of this.#subscribed()) {
      const value = this.#statusValue(name);
      if (value !== undefined) set(name, value);
    }
    return items;
  }

  #activeConfigurations(): Set<string> {
    const active = new Set<string>();
    for (const { type, payload } of this.declarations.values()) {
      if (type !== 'com.apple.activation.simple' || !Array.isArray(payload.StandardConfigurations)) continue;
      for (const identifier of payload.StandardConfigurations) active.add(String(identifier));
    }
    return active;
  }

  #subscribed(): string[] {
    return [...this.declarations.values()]
      .filter(({ type }) => type === 'com.apple.configuration.management.status-subscriptions')
      .flatMap(({ payload }) => (Array.isArray(payload.StatusItems) ? payload.StatusItems : []))
      .map((item: { Name?: unknown }) => String(item.Name));
  }

  #statusValue(name: string): unknown {
    const device = this.#device;
    const values: Readonly<Record<string, () => unknown>> = {
      'device.identifier.serial-number': () => device.serialNumber,
      'device.identifier.udid': () => device.udid,
      'device.model.family': () => device.model.modelName,
      'device.model.identifier': () => device.model.product,
      'device.model.marketing-name': () => device.model.modelName,
      'device.operating-system.family': () => device.model.systemName,
      'device.operating-system.version': () => device.systemVersion,
      'device.operating-system.build-version': () => device.build,
      'device.operating-system.marketing-name': () => `${device.model.systemName} ${device.systemVersion}`,
      'passcode.is-present': () => device.passcode !== null,
      'passcode.is-compliant': () => meets(device.passcode, passcodeRules(device)),
      'diskmanagement.filevault.enabled': () =>
        device.model.family === 'mac' ? device.fileVault.enabled : undefined,
      'softwareupdate.install-state': () => 'none',
      'device.power.battery-health': () => (device.model.family === 'apple-tv' ? undefined : 'normal'),
      'mdm.app': () =>
        [...device.apps.values()]
          .filter((app) => app.managed)
          .map(({ identifier, version }) => ({
            identifier,
            'bundle-version': version,
            'short-version': version,
            state: 'managed',
          })),
    };
    return Object.hasOwn(values, name) ? values[name]?.() : undefined;
  }
}

function invalid(code: string, details: Record<string, unknown>): Verdict {
  return { valid: 'invalid', reasons: [{ code, description: code, details }] };
}

function json(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}
