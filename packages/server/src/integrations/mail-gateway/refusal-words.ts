// Why a decision turns somebody away, in the reasons that the protocol knows for it.
import type {
  MailDecision,
  MailRefusalReason,
  ProvisionReason,
} from '@gatehouse/core/mail/decide-mail-access.ts';
import type { MailOutcome } from '@gatehouse/core/mail/mail-outcome.ts';
import {
  canWipeAccount,
  type CommandRequest,
  type Refusal,
  refusal,
  type RefusalReason,
} from '@gatehouse/protocols/activesync/index.ts';

const refused: Readonly<Record<MailRefusalReason, RefusalReason>> = {
  blocked: 'device-blocked',
  'not-compliant': 'device-blocked',
  'unknown-device': 'device-blocked',
  'user-disabled': 'user-disabled',
  'not-provisionable': 'not-provisionable',
  'too-many': 'too-many-devices',
};

const provisioned: Readonly<Record<ProvisionReason, RefusalReason>> = {
  never: 'not-provisioned',
  changed: 'invalid-policy-key',
  refresh: 'policy-refresh',
};

export interface Refused {
  readonly outcome: MailOutcome;
  readonly refusal: Refusal;
}

export function refusalFor(
  request: CommandRequest,
  decision: Exclude<MailDecision, { effect: 'pass' }>,
): Refused {
  const { version, command, policyKey } = request;
  const say = (outcome: MailOutcome, reason: RefusalReason): Refused => ({
    outcome,
    refusal: refusal(version, command, reason, { policyKey }),
  });
  switch (decision.effect) {
    case 'provision':
      return say('provisioned', provisioned[decision.because]);
    case 'wipe':
      return decision.how === 'account' && !canWipeAccount(version)
        ? say('blocked', 'device-blocked')
        : say('wiped', 'wipe');
    case 'refuse':
      return say(decision.because, refused[decision.because]);
    default:
      return decision satisfies never;
  }
}
