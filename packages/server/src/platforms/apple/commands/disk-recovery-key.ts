// FileVault: the Mac makes a new recovery key, upon being shown the old one, and hands it over enveloped to the organization.
import { DomainError } from '@gatehouse/core/errors.ts';
import { candidatesInEscrow, takeIntoEscrow } from '../../../modules/devices/index.ts';
import { escrowRecipient, findEscrowRecipient, openForEscrow } from '../escrow/escrow-recipient.ts';
import { bytesOf, dictionaryOf } from './response.ts';
import type { AppleTranslator } from './translator.ts';

const kind = 'disk-recovery-key';

export const rotateDiskRecoveryKey: AppleTranslator<'rotate-disk-recovery-key'> = {
  uses: () => ['RotateFileVaultKey'],
  async steps({ params }, { deviceId, organizationId }, { deps, inside }) {
    const known = await inside(async (tx) => ({
      recipient: await findEscrowRecipient(tx),
      current: (await candidatesInEscrow(deps, tx, { deviceId, kind }))[0]?.value,
    }));
    const current = params.currentKey ?? known.current;
    if (current === undefined) {
      throw new DomainError('unprocessable', 'No recovery key is in escrow: give the one in force.');
    }
    return [
      {
        requestType: 'RotateFileVaultKey',
        payload: {
          KeyType: 'personal',
          FileVaultUnlock: { Password: current },
          ReplyEncryptionCertificate: known.recipient ?? (await escrowRecipient(deps, organizationId)),
        },
      },
    ];
  },
  async answered({ tx, deps, target: { deviceId }, commandId }, response) {
    const result = dictionaryOf(response, 'RotateResult');
    const enveloped = result && bytesOf(result, 'EncryptedNewRecoveryKey');
    const key = enveloped && (await openForEscrow(deps, tx, enveloped));
    if (key === undefined || !isRecoveryKey(key)) {
      return { failed: 'The Mac changed the key and handed over nothing that can be read.' };
    }
    await takeIntoEscrow(deps, tx, { deviceId, kind }, key, commandId);
    return { result: { inEscrow: true } };
  },
};

/** What a person can type; anything else is no key. */
export function isRecoveryKey(text: string): boolean {
  return /^[A-Za-z0-9-]{8,128}$/.test(text);
}
