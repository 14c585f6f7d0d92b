/** Commands and their states in words, for lists and for what is under way. */
import type { Command } from '@gatehouse/contracts/admin/commands.ts';
import { commandDefinition } from '@gatehouse/core/commands/catalogue.ts';
import type { StatusKind } from '../../../../design/status-mark.tsx';
import { commandActions } from '../actions/action-catalogue.ts';
import { actionTexts } from '../actions/texts.ts';
import { commandTexts } from './texts.ts';

const others = [
  'renew-identity',
  'install-profile',
  'remove-profile',
  'sync-declarations',
  'install-app',
  'remove-app',
  'change-settings',
  'update-os',
] as const;

/** What people call it; of commands that only programs and experts order, their title. */
export function commandName(name: Command['name']): string {
  const action = commandActions.find((each) => each.name === name);
  if (action !== undefined) return actionTexts.say(action.name);
  const other = others.find((each) => each === name);
  return other === undefined ? commandDefinition(name).title : commandTexts.say(other);
}

type Shown = Pick<Command, 'state' | 'deferredAt'>;

export function commandStateText({ state, deferredAt }: Shown): string {
  if (state === 'queued' && deferredAt !== null) return commandTexts.say('deferred');
  return actionTexts.say(`${state}State`);
}

const kinds = {
  queued: 'pending',
  delivered: 'pending',
  acknowledged: 'ok',
  failed: 'bad',
  expired: 'stale',
  cancelled: 'unknown',
} as const satisfies Record<Command['state'], StatusKind>;

export const commandStateKind = ({ state }: Shown): StatusKind => kinds[state];

export const isUpcoming = ({ state }: Shown): boolean => state === 'queued' || state === 'delivered';
