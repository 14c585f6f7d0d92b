/** To whom a rule is given, while it is being chosen. */
import type { Assignment } from '@gatehouse/contracts/admin/policies.ts';
import { platforms } from '@gatehouse/core/devices/device.ts';
import type { SayShared } from './rule-sentence.ts';

export const targetKinds = ['organization', 'group', 'user', 'device'] as const;
type TargetKind = (typeof targetKinds)[number];
type Platform = (typeof platforms)[number];

export interface Target {
  /** nobody: it is kept, and does nothing until somebody assigns it. */
  readonly kind: TargetKind | 'nobody';
  readonly chosen: { readonly id: string; readonly name: string } | null;
  readonly platform: Platform | null;
}

export interface SentTarget {
  readonly target: { readonly kind: TargetKind; readonly id: string };
  readonly platform: Platform | null;
}

export const everybody: Target = { kind: 'organization', chosen: null, platform: null };

/** @returns undefined while it is nobody, or nobody has been picked yet. */
export function toSentTarget(
  { kind, chosen, platform }: Target,
  organizationId: string,
): SentTarget | undefined {
  if (kind === 'nobody') return undefined;
  const id = kind === 'organization' ? organizationId : chosen?.id;
  return id === undefined ? undefined : { target: { kind, id }, platform };
}

/** In words: `Sales (iOS)`. */
export function targetText(
  target: Pick<Assignment, 'platform'> & {
    readonly target: { readonly kind: string; readonly name: string | null };
  },
  shared: SayShared,
): string {
  const { kind, name } = target.target;
  const whom = kind === 'organization' ? shared('everybody') : (name ?? shared(kind as TargetKind));
  return target.platform === null ? whom : `${whom} (${shared(target.platform)})`;
}

export function chosenText({ kind, chosen, platform }: Target, shared: SayShared): readonly string[] {
  if (kind === 'nobody' || (kind !== 'organization' && chosen === null)) return [];
  return [targetText({ target: { kind, name: chosen?.name ?? null }, platform }, shared)];
}
