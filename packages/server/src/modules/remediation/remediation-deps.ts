// What following from verdicts needs.
import { type Principal, systemActor } from '@gatehouse/core/actor.ts';
import type { Action } from '@gatehouse/core/compliance/compliance-rule.ts';
import type { RuleVerdict } from '@gatehouse/core/compliance/verdict.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { SendMail } from '../../kernel/mail.ts';
import type { SendText } from '../../kernel/text-message.ts';
import { type CommandDeps, systemRights } from '../commands/index.ts';

export interface RemediationDeps extends CommandDeps {
  readonly database: Pick<Database, 'withTenant'>;
  /** undefined: no mail server is configured. */
  readonly sendMail: SendMail | undefined;
  /** undefined: no provider of text messages; people are written to by mail. */
  readonly sendText: SendText | undefined;
  readonly publicUrl: URL;
  /** What is stored of a verdict now: compliance's readVerdict. */
  readonly verdictOf: (
    tx: TenantTx,
    deviceId: string,
    rule: string,
  ) => Promise<Pick<RuleVerdict, 'rule' | 'stage' | 'says' | 'mends'> | undefined>;
}

/** What the event `device.rule-stage-changed` carries. */
export interface StageChange {
  readonly deviceId: string;
  /** The verdict's id. */
  readonly rule: string;
  readonly ruleId: string | null;
  readonly ruleVersion: number | null;
  readonly name: string | null;
  readonly from: number;
  readonly to: number;
  readonly actions: readonly Action[];
  readonly direction: 'entered' | 'left';
}

export const remediationActor = 'compliance-actions';

/** Who acts: it may do no more than support staff. */
export function systemPrincipal(tx: TenantTx): Principal {
  return {
    ...systemActor(remediationActor, tx.organizationId),
    role: '',
    permissions: systemRights,
    empoweredAt: null,
  };
}

export const tellUserKind = 'tell-user';
