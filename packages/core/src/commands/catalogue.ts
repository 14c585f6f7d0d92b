/** All commands. A platform's table of translators is `satisfies Record<CommandName, …>`, so none can be forgotten. */
import { DomainError } from '../errors.ts';
import type { CommandDefinition } from './define-command.ts';
import { fullWipe } from './full-wipe.ts';
import { locateDevice } from './locate-device.ts';
import { lockDevice } from './lock-device.ts';
import type { ParamsOf } from './params.ts';
import { refreshDevice } from './refresh-device.ts';
import { renewIdentity } from './renew-identity.ts';
import { selectiveWipe } from './selective-wipe.ts';
import { sendMessage } from './send-message.ts';

export const commandNames = [
  'lock-device',
  'send-message',
  'refresh-device',
  'locate-device',
  'selective-wipe',
  'full-wipe',
  'renew-identity',
] as const;
export type CommandName = (typeof commandNames)[number];

export const commandCatalogue = {
  'lock-device': lockDevice,
  'send-message': sendMessage,
  'refresh-device': refreshDevice,
  'locate-device': locateDevice,
  'selective-wipe': selectiveWipe,
  'full-wipe': fullWipe,
  'renew-identity': renewIdentity,
} as const satisfies { [N in CommandName]: { readonly name: N } };

export type CommandParams<N extends CommandName> = ParamsOf<(typeof commandCatalogue)[N]['params']>;

/** A command with its parameters, as queued and as handed to a platform. */
export type Command = {
  [N in CommandName]: { readonly name: N; readonly params: CommandParams<N> };
}[CommandName];

export function isCommandName(value: string): value is CommandName {
  return Object.hasOwn(commandCatalogue, value);
}

/** The definition of one command, as the general type. */
export function commandDefinition(name: CommandName): CommandDefinition {
  return commandCatalogue[name];
}

/**
 * Commands that are looked at once more, under the device's lock, in the moment in which they are handed over: what destroys,
 * and what is asked of corporate devices alone.
 */
export const carefulCommands: readonly CommandName[] = commandNames.filter(
  (name) => commandDefinition(name).destructive || commandDefinition(name).personalPermission !== undefined,
);

/** @throws DomainError `invalid-input` when there is no such command or its parameters are wrong. */
export function parseCommand(name: string, params: unknown): Command {
  if (!isCommandName(name)) {
    throw new DomainError('invalid-input', `There is no command ${JSON.stringify(name.slice(0, 64))}.`);
  }
  return { name, params: commandCatalogue[name].parse(params) } as Command;
}

/** What the audit record says of the parameters; anything not declared is omitted. */
export function auditedParams(command: Command): Record<string, unknown> {
  const { audit } = commandDefinition(command.name);
  const given = command.params as Readonly<Record<string, unknown>>;
  const shown = audit.show.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]]);
  const redacted = audit.redact.filter((name) => Object.hasOwn(given, name)).map((name) => [name, '[given]']);
  return Object.fromEntries([...shown, ...redacted]);
}

/**
 * Parts the parameters into those that may be stored in plain sight and those that must be sealed: everything the audit
 * record may not show.
 */
export function splitParams(command: Command): {
  plain: Record<string, unknown>;
  sealed: Record<string, unknown>;
} {
  const { audit } = commandDefinition(command.name);
  const { plain = [], sealed = [] } = Object.groupBy(Object.entries(command.params), ([name]) =>
    audit.show.includes(name) ? 'plain' : 'sealed',
  );
  return { plain: Object.fromEntries(plain), sealed: Object.fromEntries(sealed) };
}
