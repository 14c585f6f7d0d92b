/**
 * Whether a mail client gets through to its mail server. Pure: whoever asks brings what is known. Doubt never passes; what a
 * device's posture denies passes for nobody; a device that nobody knows passes only where the organization says so.
 */
import type { Access } from '../compliance/gate.ts';
import { type Message, say } from '../compliance/wording/message.ts';
import type { MailDeviceState, MailWipeKind, PolicyOutcome, StrangerTreatment } from './mail-device.ts';
import type { MailPolicy } from './mail-policy.ts';

export interface MailStanding {
  /** null: nobody of that name is known here; the mail server may know him all the same. */
  readonly user: {
    readonly userId: string;
    readonly email: string;
    readonly displayName: string;
    readonly language: string | null;
    readonly state: 'active' | 'disabled';
    /** When his password here was last set, ms since the epoch; null: he has none. */
    readonly passwordSetAt: number | null;
  } | null;
  /** null: this device id was never seen with this account. */
  readonly mailDevice: MailDeviceStanding | null;
  /** Mail devices of the account that there are. */
  readonly mailDeviceCount: number;
  /** The enrolled device that it is; null: none is known. */
  readonly link: {
    readonly deviceId: string;
    /** At the mail gate, as stored. */
    readonly access: Access;
    readonly reasons: readonly Message[];
  } | null;
  readonly settings: MailGateSettings;
  /** null only of a mail device that was never seen. */
  readonly policy: { readonly version: string; readonly document: MailPolicy } | null;
  /** null: none is chosen for the account, so the stand-in serves (STN-03). */
  readonly server: MailServerStanding | null;
}

export interface MailDeviceStanding {
  readonly mailDeviceId: string;
  readonly state: MailDeviceState;
  /** ms since the epoch */
  readonly firstSeenAt: number;
  /** What it has still to do. */
  readonly wipe: { readonly wipeId: string; readonly kind: MailWipeKind } | null;
  /** The key of the policy that the client has acknowledged; null: none yet. */
  readonly policyKey: {
    readonly key: number;
    readonly version: string;
    /** ms since the epoch */
    readonly acknowledgedAt: number;
    readonly outcome: PolicyOutcome;
  } | null;
  /** A wipe was carried out, and no administrator has let it in since. */
  readonly wiped: boolean;
}

export interface MailGateSettings {
  readonly strangers: StrangerTreatment;
  /** ms since the epoch: from then on strangers are blocked, whatever `strangers` says (ENR-17); null: never. */
  readonly enrolBy: number | null;
  /** Clients that apply no policy, or not all of it. */
  readonly withoutPolicy: 'allow' | 'block';
  /** After how long a client must fetch its policy again though it is the same; null: never. */
  readonly refreshPolicyMs: number | null;
  /** Mail devices that one account may have. */
  readonly maximumDevices: number;
}

export interface MailServerStanding {
  readonly serverId: string;
  /** Of its settings: what was made of another version is made anew. */
  readonly version: number;
}

export interface MailRequest {
  readonly standing: MailStanding;
  /**
   * The key that the client brought; absent: none at all, which is not 0; not-needed: the command carries none (Ping, Provision).
   */
  readonly presentedKey: number | 'absent' | 'not-needed';
  /** ms since the epoch */
  readonly now: number;
}

export type MailRefusalReason =
  | 'blocked'
  | 'not-compliant'
  | 'unknown-device'
  | 'user-disabled'
  | 'not-provisionable'
  | 'too-many';

/**
 * never: it has no policy yet. changed: there is another one, or the key is not the one it was given. refresh: it must be fetched
 * again by the clock.
 */
export type ProvisionReason = 'never' | 'changed' | 'refresh';

export type MailDecision = { readonly says: readonly Message[] } & (
  | { readonly effect: 'pass' }
  | { readonly effect: 'provision'; readonly because: ProvisionReason }
  | {
      readonly effect: 'refuse';
      readonly because: MailRefusalReason;
      /** It may provision and is told why, and gets no mail. */
      readonly quarantine: boolean;
    }
  | { readonly effect: 'wipe'; readonly how: MailWipeKind }
);

/** The first answer wins; the order is the rule. */
export function decideMailAccess(request: MailRequest): MailDecision {
  const { standing } = request;
  return (
    decideWipe(standing) ??
    decideUser(standing) ??
    decideState(standing) ??
    decideStanding(request) ??
    decidePolicy(request) ?? { effect: 'pass', says: [] }
  );
}

/** A wipe reaches also those who are shut out: that is when it matters most. */
function decideWipe({ mailDevice }: MailStanding): MailDecision | undefined {
  if (!mailDevice?.wipe) return undefined;
  const how = mailDevice.wipe.kind;
  return {
    effect: 'wipe',
    how,
    says: [say(how === 'device' ? 'mail-gate.wiping' : 'mail-gate.wiping-account')],
  };
}

function decideUser({ user }: MailStanding): MailDecision | undefined {
  return user?.state === 'disabled' ? refuse('user-disabled', [say('mail-gate.user-disabled')]) : undefined;
}

function decideState({ mailDevice, mailDeviceCount, settings }: MailStanding): MailDecision | undefined {
  if (mailDevice === null) {
    return mailDeviceCount >= settings.maximumDevices
      ? refuse('too-many', [say('mail-gate.too-many', { most: settings.maximumDevices })])
      : undefined;
  }
  if (mailDevice.wiped) return refuse('blocked', [say('mail-gate.wiped')]);
  if (mailDevice.state === 'blocked') return refuse('blocked', [say('mail-gate.blocked')]);
  if (mailDevice.state === 'quarantined') return refuse('blocked', [say('mail-gate.quarantined')], true);
  return undefined;
}

function decideStanding({ standing, now }: MailRequest): MailDecision | undefined {
  const { link, mailDevice, settings } = standing;
  if (link !== null) {
    if (link.access === 'allow') return undefined;
    return refuse('not-compliant', link.reasons, link.access === 'quarantine');
  }
  if (mailDevice?.state === 'allowed') return undefined;
  const treatment = treatmentOfStrangers(settings, now);
  if (treatment === 'allow') return undefined;
  return refuse('unknown-device', strangerWords(treatment), treatment === 'quarantine');
}

export function treatmentOfStrangers(
  { strangers, enrolBy }: Pick<MailGateSettings, 'strangers' | 'enrolBy'>,
  now: number,
): StrangerTreatment {
  return enrolBy !== null && now >= enrolBy ? 'block' : strangers;
}

function strangerWords(treatment: StrangerTreatment): readonly Message[] {
  return [
    say('mail-gate.unknown'),
    say(treatment === 'quarantine' ? 'mail-gate.enrol-or-ask' : 'mail-gate.enrol'),
  ];
}

function decidePolicy({ standing, presentedKey, now }: MailRequest): MailDecision | undefined {
  const { mailDevice, policy, settings } = standing;
  const lenient = settings.withoutPolicy === 'allow';
  const held = mailDevice?.policyKey ?? null;
  // Old clients know nothing of policies and bring no key; where these may pass, they are not sent for one either.
  if (presentedKey === 'absent' && held === null && lenient && mailDevice !== null) return undefined;
  if (held === null || policy === null) return provision('never');
  if (held.version !== policy.version) return provision('changed');
  if (presentedKey !== 'not-needed' && presentedKey !== held.key)
    return provision(presentedKey === 0 || presentedKey === 'absent' ? 'never' : 'changed');
  if (held.outcome !== 'applied' && !lenient)
    return refuse('not-provisionable', [say('mail-gate.without-policy')], true);
  if (settings.refreshPolicyMs !== null && now - held.acknowledgedAt >= settings.refreshPolicyMs)
    return provision('refresh');
  return undefined;
}

function provision(because: ProvisionReason): MailDecision {
  return { effect: 'provision', because, says: [say('mail-gate.fetch-policy')] };
}

function refuse(because: MailRefusalReason, says: readonly Message[], quarantine = false): MailDecision {
  return { effect: 'refuse', because, quarantine, says };
}
