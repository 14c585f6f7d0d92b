// Every command of the catalogue in Apple's words. A command that is missing here does not compile.
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import { lockDevice } from './lock-device.ts';
import { refreshDevice } from './refresh-device.ts';
import { renewIdentity } from './renew-identity.ts';
import { type AppleTranslator, type Unsupported, unsupported } from './translator.ts';

export const appleCommands = {
  'lock-device': lockDevice,
  'send-message': unsupported(
    'Apple devices show messages only on their lock screen: lock them with a message.',
  ),
  'refresh-device': refreshDevice,
  'locate-device': unsupported('Only a device in Lost Mode says where it is.'),
  'selective-wipe': unsupported('The device is not asked to do this yet.'),
  'full-wipe': unsupported('The device is not asked to do this yet.'),
  'renew-identity': renewIdentity,
} satisfies { readonly [N in CommandName]: AppleTranslator<N> | Unsupported };

/** One entry of the table, as the general type: the command's own name says which parameters it has. */
export function appleCommand(name: CommandName): AppleTranslator | Unsupported {
  return appleCommands[name] as AppleTranslator | Unsupported;
}
