/** What a rule of each kind may demand, as an administrator writes it. Bounds and forms are in parse-demand.ts. */
import type { Platform } from '../devices/device.ts';
import type { PolicyRuleKind, RuleKind } from './rule-kind.ts';

/** An app by its identifier; a `*` at the end stands for any rest. */
export interface AppPattern {
  readonly id: string;
  /** For people: what the app is called. */
  readonly name?: string;
  /** Of a required app: older versions do not count. Of a forbidden one: only older versions are meant. */
  readonly version?: string;
}

/** Degrees, WGS 84. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

export type Area =
  | {
      readonly shape: 'circle';
      readonly name: string;
      readonly center: Position;
      readonly radiusMeters: number;
    }
  /** At least three corners, in order; the last is joined to the first by the shorter way. */
  | { readonly shape: 'polygon'; readonly name: string; readonly corners: readonly Position[] };

export interface Demands {
  /** Always broken: access is restricted until the rule is taken away (CMA-01, CMA-02). */
  'access-restriction': { readonly text: string };
  compromised: Readonly<Record<never, never>>;
  /** Management is in place and was not removed by the user (CMP-04). */
  enrollment: Readonly<Record<never, never>>;
  encryption: Readonly<Record<never, never>>;
  passcode: {
    readonly required?: boolean;
    readonly minimumLength?: number;
    readonly minimumClasses?: number;
    readonly maximumAgeDays?: number;
    readonly history?: number;
  };
  'screen-lock': { readonly maximumInactivitySeconds?: number };
  'minimum-os': {
    readonly versions: Readonly<Partial<Record<Platform, string>>>;
    /** Go before `versions`: the first whose pattern fits the model or product (`*` at the end for any rest). */
    readonly models?: readonly { readonly model: string; readonly version: string }[];
  };
  'check-in-age': { readonly maximumHours: number };
  apps: {
    readonly required?: readonly AppPattern[];
    readonly forbidden?: readonly AppPattern[];
    /** If given, every app that is not among these is forbidden. */
    readonly allowedOnly?: readonly AppPattern[];
  };
  'location-services': Readonly<Record<never, never>>;
  /** The effective version must be acknowledged within this time (CMP-11). */
  'policy-current': { readonly withinMinutes: number };
  /** `data`: only where data roaming is on too (CMP-15). */
  roaming: { readonly when: 'any' | 'data' };
  /** Broken from this part of the plan on; the limit of the plan when the device does not say it (CMP-19). */
  'data-plan': { readonly maximumPercent: number; readonly limitBytes?: number };
  geofence: {
    readonly areas: readonly Area[];
    /** inside: in one of the areas at least. outside: in none of them. */
    readonly must: 'inside' | 'outside';
    /** How far beyond the border a device must be seen before it counts as having crossed it. */
    readonly hysteresisMeters: number;
    /** How long it must have been on the wrong side before the rule is broken. */
    readonly dwellMinutes: number;
  };
  /** Another SIM than the one first seen under this rule. */
  'sim-change': Readonly<Record<never, never>>;
  /** The mail gateway knows the device and has heard of it lately (CMP-14, CMP-17). */
  activesync: { readonly authorized?: boolean; readonly maximumSilenceHours?: number };
  /** Met where the expression is true. */
  custom: { readonly expression: string; readonly text: string; readonly remedy: string };
}

export type DemandOf<K extends RuleKind> =
  | Demands[K]
  /** Of kinds that policies bring about: only severity, gates, grace and stages are set, for what policies demand. */
  | (K extends PolicyRuleKind ? 'from-policies' : never);
