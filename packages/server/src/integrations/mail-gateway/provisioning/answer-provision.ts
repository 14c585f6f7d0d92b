// Provision is never relayed: the policy that a client gets is ours, under a key of ours, by its version; and the only wipe it is told of is
// one that was decided here (EAS-04, EAS-05, EAS-07, POL-14). A request that cannot be read to its last byte is refused (EAS-T06).
import type { MailDecision, MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import type { MailOutcome } from '@gatehouse/core/mail/mail-outcome.ts';
import type { PolicyOutcome } from '@gatehouse/core/mail/mail-device.ts';
import {
  canWipeAccount,
  type CommandRequest,
  isAtLeast,
  type PolicyAcknowledgment,
  policyTypeOf,
  type ProvisionAnswer,
  provisionAnswer,
  type ProvisionRequest,
  type ProvisionStatus,
  readProvisionRequest,
} from '@gatehouse/protocols/activesync/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import type { MailBooks } from '../gateway-deps.ts';
import { informationOf } from './device-information.ts';
import { policyElements } from './policy-elements.ts';

export interface ProvisionQuestion {
  readonly organizationId: string;
  readonly request: CommandRequest;
  readonly body: Uint8Array;
  readonly standing: MailStanding;
  readonly decision: MailDecision;
}

export type ProvisionReply =
  | {
      readonly outcome: MailOutcome;
      readonly body: Uint8Array;
      /** The mail server should hear of it: the client did, or could not do, its wipe. */
      readonly wiped?: { readonly scope: 'device' | 'account'; readonly done: boolean };
    }
  /** Said by HTTP status: who is shut out, up to version 12.1. */
  | { readonly outcome: MailOutcome; readonly refused: true }
  | { readonly outcome: 'malformed'; readonly malformed: string };

type Books = Pick<
  MailBooks,
  'issuePolicyKey' | 'acknowledgePolicy' | 'recordInformation' | 'wipeFetched' | 'wipeAnswered'
>;

const outcomes: Readonly<Record<PolicyAcknowledgment, PolicyOutcome>> = {
  1: 'applied',
  2: 'partly',
  3: 'not-applied',
  4: 'managed-elsewhere',
};

export async function answerProvision(books: Books, question: ProvisionQuestion): Promise<ProvisionReply> {
  const { request, standing, decision, organizationId } = question;
  let asked: ProvisionRequest;
  try {
    asked = readProvisionRequest(question.body);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { outcome: 'malformed', malformed: 'A Provision request cannot be read' };
  }
  const mailDeviceId = standing.mailDevice?.mailDeviceId;
  if (mailDeviceId === undefined) return { outcome: 'too-many', refused: true };
  const reply = (outcome: MailOutcome, answer: ProvisionAnswer): ProvisionReply => ({
    outcome,
    body: provisionAnswer(request.version, answer),
  });

  if (asked.kind === 'wiped') {
    if (decision.effect !== 'wipe') return reply('provisioned', { status: 1 });
    await books.wipeAnswered(organizationId, mailDeviceId, asked.done);
    // Servers repeat the directive even after a success, so clients expect nothing else.
    const body = provisionAnswer(request.version, { status: 1 });
    return { outcome: 'wiped', body, wiped: { scope: asked.scope, done: asked.done } };
  }
  if (asked.kind !== 'fetch-wipe' && asked.deviceInformation !== undefined)
    await books.recordInformation(organizationId, mailDeviceId, informationOf(asked.deviceInformation));
  if (decision.effect === 'wipe') return orderWipe(books, question, mailDeviceId, decision.how, reply);
  if (decision.effect === 'refuse' && !decision.quarantine)
    return { outcome: decision.because, refused: true };
  if (asked.kind === 'fetch-wipe') return reply('provisioned', { status: 1 });
  return givePolicy(books, question, mailDeviceId, asked, reply);
}

async function orderWipe(
  books: Books,
  { organizationId, request }: ProvisionQuestion,
  mailDeviceId: string,
  how: 'device' | 'account',
  reply: (outcome: MailOutcome, answer: ProvisionAnswer) => ProvisionReply,
): Promise<ProvisionReply> {
  // A client that is too old to lose the account alone keeps what it has and gets nothing more: a wipe of the whole device was not
  // ordered, and on a private one never is.
  if (how === 'account' && !canWipeAccount(request.version)) return { outcome: 'blocked', refused: true };
  const isStillOrdered = await books.wipeFetched(organizationId, mailDeviceId);
  return isStillOrdered ? reply('wiped', { status: 1, wipe: how }) : reply('provisioned', { status: 1 });
}

async function givePolicy(
  books: Books,
  { organizationId, request, standing }: ProvisionQuestion,
  mailDeviceId: string,
  asked: Extract<ProvisionRequest, { kind: 'download' | 'acknowledge' }>,
  reply: (outcome: MailOutcome, answer: ProvisionAnswer) => ProvisionReply,
): Promise<ProvisionReply> {
  const { version } = request;
  const { policy, settings } = standing;
  const taken = asked.deviceInformation === undefined ? {} : { deviceInformationTaken: true };
  if (policy === null) return reply('provisioned', { status: 3 });
  if (asked.policyType !== policyTypeOf(version))
    return reply('provisioned', { ...taken, status: 1, policy: { status: 3, type: asked.policyType } });
  if (asked.kind === 'download') {
    if (isAtLeast(version, '14.1') && asked.deviceInformation?.Model === undefined)
      return reply('provisioned', { status: 165 });
    const key = await books.issuePolicyKey(organizationId, mailDeviceId, policy.version);
    if (key === undefined) return reply('provisioned', { status: 3 });
    const document = policyElements(policy.document);
    return reply('provisioned', { ...taken, status: 1, policy: { status: 1, key, document } });
  }
  const outcome = outcomes[asked.status];
  const temporaryKey = asked.policyKey;
  const key =
    temporaryKey === undefined
      ? undefined
      : await books.acknowledgePolicy(organizationId, mailDeviceId, { temporaryKey, outcome });
  if (key === undefined) return reply('provisioned', { ...taken, status: 1, policy: { status: 5 } });
  const unfit = settings.withoutPolicy === 'allow' ? undefined : unfitStatuses[outcome];
  if (unfit !== undefined) return reply('not-provisionable', { ...taken, status: unfit });
  return reply('provisioned', { ...taken, status: 1, policy: { status: 1, key } });
}

/** What is said to a client that did not apply all of the policy, where that is not enough. */
const unfitStatuses: Readonly<Record<PolicyOutcome, ProvisionStatus | undefined>> = {
  applied: undefined,
  partly: 139,
  'not-applied': 141,
  'managed-elsewhere': 145,
};
