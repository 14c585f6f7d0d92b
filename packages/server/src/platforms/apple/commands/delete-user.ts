// The account of one user of a Mac or Shared iPad, or of all users of the latter; management of the device goes on.
import { validateCommand } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import { catalogueTarget } from '../apple-target.ts';
import type { AppleTranslator, CommandOf } from './translator.ts';

function payloadOf({ params: { userName, allUsers, force } }: CommandOf<'delete-user'>): PlistDictionary {
  return {
    ...(userName === undefined ? {} : { UserName: userName }),
    ...(allUsers === true ? { DeleteAllUsers: true } : {}),
    ...(force === true ? { ForceDeletion: true } : {}),
  };
}

export const deleteUser: AppleTranslator<'delete-user'> = {
  uses: () => ['DeleteUser'],
  refuses(command, target) {
    const payload = { RequestType: 'DeleteUser', ...payloadOf(command) };
    const problem = validateCommand(payload, catalogueTarget(target)).find(
      ({ severity }) => severity === 'error',
    );
    return problem && `DeleteUser ${problem.path.replace(/^\$\.?/, '')} ${problem.problem}.`;
  },
  steps: (command) => [{ requestType: 'DeleteUser', payload: payloadOf(command) }],
};
