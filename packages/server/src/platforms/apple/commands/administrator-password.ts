// The administrator account that automated set-up made on a Mac gets another password. The Mac is shown its hash alone.
import { DomainError } from '@gatehouse/core/errors.ts';
import { confirmEscrow, escrowForCommand, loadFacts } from '../../../modules/devices/index.ts';
import { newPassword, passwordHash } from './secrets.ts';
import type { AppleTranslator } from './translator.ts';

const kind = 'administrator-password';

export const rotateAdministratorPassword: AppleTranslator<'rotate-administrator-password'> = {
  uses: () => ['SetAutoAdminPassword'],
  async steps({ params }, { deviceId }, { deps, inside, commandId }) {
    const { account, password } = await inside(async (tx) => {
      const told = (await loadFacts(tx, deviceId)).get('accounts.administrator-id')?.value;
      const id = params.accountId ?? (typeof told === 'string' ? told : undefined);
      if (id === undefined) {
        throw new DomainError('unprocessable', 'The Mac has told of no administrator account of ours.');
      }
      return {
        account: id,
        password: await escrowForCommand(deps, tx, { deviceId, kind }, commandId, newPassword),
      };
    });
    return [
      {
        requestType: 'SetAutoAdminPassword',
        payload: { GUID: account, passwordHash: await passwordHash(password) },
      },
    ];
  },
  async answered({ tx, deps, target: { deviceId }, commandId }) {
    await confirmEscrow(deps, tx, { deviceId, kind }, commandId);
    return { result: { inEscrow: true } };
  },
};
