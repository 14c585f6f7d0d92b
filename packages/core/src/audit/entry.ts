/** What one entry of the audit record holds. Persons appear by id; personal values stand beside it, see commitment.ts. */
import type { ActorKind } from '../actor.ts';
import type { Json } from './canonical-json.ts';

export const auditOutcomes = ['done', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** The way in: `api`, `cli`, `agent`, `nac`, `job`, `mail`, `portal`. */
export const auditChannels = [
  'api',
  'cli',
  'agent',
  'nac',
  'job',
  'setup',
  'enrollment',
  'apple',
  'mail',
  'portal',
] as const;
export type AuditChannel = (typeof auditChannels)[number];

/** What a use-case writes in its own transaction. */
export interface AuditContent {
  readonly v: 1;
  readonly org: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  readonly actor: { readonly kind: ActorKind; readonly id: string };
  readonly via: AuditChannel;
  /** `users.create`, `devices.full-wipe` */
  readonly action: string;
  readonly target: { readonly kind: string; readonly id: string } | null;
  readonly outcome: AuditOutcome;
  readonly reason: string | null;
  readonly requestId: string | null;
  /** What may be shown to every reader of the record: never a secret, never a personal value. */
  readonly show: { readonly [name: string]: Json };
  /** name -> hex of SHA-256(salt | value) */
  readonly commitments: { readonly [name: string]: string };
}

/** The content with its place in the organization's chain, which the sealer gives it. */
export interface AuditEntry extends AuditContent {
  /** 1, 2, 3 … per organization, without gaps. */
  readonly seq: number;
}
