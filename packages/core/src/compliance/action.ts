/** What may follow when a device has been failing a rule for a while. */
import type { Gate } from './gate.ts';

export type Action =
  | { readonly kind: 'notify-user'; readonly by: readonly MessageChannel[] }
  | { readonly kind: 'alert-administrators' }
  /** Shuts these gates, whatever the rule counts for otherwise. */
  | { readonly kind: 'restrict'; readonly gates: readonly Gate[] }
  /** No gate is better than quarantine. */
  | { readonly kind: 'quarantine' }
  | { readonly kind: 'remove-profiles' }
  | { readonly kind: 'lock' }
  | { readonly kind: 'selective-wipe' }
  | { readonly kind: 'full-wipe' };

export const messageChannels = ['push', 'mail', 'sms'] as const;
export type MessageChannel = (typeof messageChannels)[number];

export type ActionKind = Action['kind'];
/** In order of weight. */
export const actionKinds = [
  'notify-user',
  'alert-administrators',
  'restrict',
  'quarantine',
  'remove-profiles',
  'lock',
  'selective-wipe',
  'full-wipe',
] as const satisfies readonly ActionKind[];
