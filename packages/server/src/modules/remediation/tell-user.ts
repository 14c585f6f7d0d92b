// Tells a person that his device needs him: on the device, by mail, by text message, in his own language. Each way that is asked
// for is tried; where one of them does not work, or a number has had its share of text messages, mail stands in.
import { type MessageChannel, messageChannels } from '@gatehouse/core/compliance/compliance-rule.ts';
import { shorten } from '@gatehouse/core/compliance/plain-language.ts';
import { type Message, readMessages } from '@gatehouse/core/compliance/wording/message.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { isUuid } from '../../kernel/ids.ts';
import { enqueue, type SingleJob } from '../../kernel/jobs/jobs.ts';
import { MailRefused, plainMail } from '../../kernel/mail.ts';
import { internationalNumber, TextRefused } from '../../kernel/text-message.ts';
import { grantText, isTextWithheld, mostTextsADay } from '../../kernel/text-quota.ts';
import { queueInTransaction } from '../commands/index.ts';
import { type ActionRow, endAction, findAction, findReader, type ReaderRow } from './queries.ts';
import { type RemediationDeps, systemPrincipal, tellUserKind } from './remediation-deps.ts';
import { tell } from './texts.ts';

interface Telling {
  readonly actionId: string;
  /** Other ways than the action says: what stands in for one that did not work. */
  readonly by: readonly MessageChannel[] | undefined;
  readonly says: readonly Message[];
  readonly mends: readonly Message[];
}

interface Letter {
  readonly row: ActionRow;
  readonly reader: ReaderRow;
  readonly by: ReadonlySet<MessageChannel>;
  readonly words: ReturnType<typeof tell>;
  /** The number had had its share of text messages when this one was to go. */
  readonly withheld: boolean;
}

export function tellUserJob(deps: RemediationDeps): SingleJob<Telling> {
  return {
    parse(input) {
      const { actionId, by, says, mends } = (input ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof actionId !== 'string' || !isUuid(actionId)) throw new TypeError('actionId is not an id');
      return {
        actionId,
        by: Array.isArray(by) ? channelsIn(by) : undefined,
        says: readMessages(says),
        mends: readMessages(mends),
      };
    },
    async outside(organizationId, telling) {
      const letter = await deps.database.withTenant(organizationId, (tx) => prepare(deps, tx, telling), {
        readOnly: true,
      });
      if (letter === undefined) return;
      const texted = letter.by.has('sms') && (await sendText(deps, organizationId, letter));
      if (letter.by.has('mail') || (letter.by.has('sms') && !texted)) await sendMail(deps, letter);
    },
    async run(tx, telling) {
      const letter = await prepare(deps, tx, telling);
      if (letter === undefined) return;
      const ways: string[] = waysOf(deps, letter);
      if (letter.by.has('push')) {
        const pushed = await push(deps, tx, letter);
        if (pushed === undefined) ways.push('push');
        else if (!letter.by.has('mail') && !letter.by.has('sms') && deps.sendMail !== undefined) {
          await enqueue(tx, {
            kind: tellUserKind,
            key: letter.row.action_id,
            payload: { ...telling, by: ['mail'] },
          });
          ways.push('mail');
        }
      }
      const at = new Date(deps.clock.now());
      const told = ways.length > 0;
      const outcome = told ? `By ${ways.join(' and ')}.` : 'There was no way to reach the user.';
      const note = letter.withheld
        ? `${outcome} No text message: ${mostTextsADay} have gone to this number within a day.`
        : outcome;
      await endAction(tx, letter.row.action_id, { state: told ? 'done' : 'failed', note, at });
    },
  };
}

const channelsIn = (values: readonly unknown[]): readonly MessageChannel[] =>
  messageChannels.filter((channel) => values.includes(channel));

async function prepare(
  deps: RemediationDeps,
  tx: TenantTx,
  { actionId, by, says, mends }: Telling,
): Promise<Letter | undefined> {
  const row = await findAction(tx, actionId);
  const reader = row && (await findReader(tx, row.device_id));
  if (!row || !reader) return undefined;
  const words = tell({
    language: reader.language,
    organization: reader.organization,
    device: reader.device_name,
    name: reader.display_name ?? '',
    says,
    mends,
  });
  const asked = row.detail['by'];
  const ways = new Set(by ?? channelsIn(Array.isArray(asked) ? asked : []));
  const withheld = ways.has('sms') && (await isTextWithheld(tx, row.action_id));
  return { row, reader, by: ways, words, withheld };
}

/** A disabled user is not written to. */
const addressOf = ({ email, state }: ReaderRow): string | undefined =>
  email === null || state !== 'active' ? undefined : email;

const numberOf = ({ phone_number: number, state }: ReaderRow): string | undefined =>
  number === null || state === 'disabled' ? undefined : internationalNumber(number);

/** Which of the ways outside the device could be gone. */
function waysOf(deps: RemediationDeps, { by, reader, withheld }: Letter): string[] {
  const canText = !withheld && deps.sendText !== undefined && numberOf(reader) !== undefined;
  const canMail = deps.sendMail !== undefined && addressOf(reader) !== undefined;
  return [
    ...(by.has('sms') && canText ? ['sms'] : []),
    ...((by.has('mail') || (by.has('sms') && !canText)) && canMail ? ['mail'] : []),
  ];
}

/** @returns false when mail is to stand in. */
async function sendText(
  deps: RemediationDeps,
  organizationId: string,
  { row, reader, words }: Letter,
): Promise<boolean> {
  const to = numberOf(reader);
  if (deps.sendText === undefined || to === undefined) return false;
  const message = { to, text: shorten(words.short, 300), messageId: row.action_id };
  const mayGo = await deps.database.withTenant(organizationId, (tx) =>
    grantText(tx, message, deps.clock.now()),
  );
  if (!mayGo) return false;
  try {
    await deps.sendText(message);
    return true;
  } catch (error) {
    if (error instanceof TextRefused) return false;
    throw error;
  }
}

async function sendMail(deps: RemediationDeps, { row, reader, words }: Letter): Promise<void> {
  const address = addressOf(reader);
  if (deps.sendMail === undefined || address === undefined) return;
  try {
    await deps.sendMail(
      plainMail({
        to: { name: reader.display_name ?? '', address },
        language: words.language,
        subject: words.subject,
        paragraphs: words.paragraphs,
        messageId: `<action.${row.action_id}@${deps.publicUrl.hostname}>`,
      }),
    );
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
  }
}

/** @returns why not; undefined: it is on its way. */
async function push(
  deps: RemediationDeps,
  tx: TenantTx,
  { row, words }: Letter,
): Promise<DomainError | undefined> {
  const [outcome] = await queueInTransaction(deps, tx, systemPrincipal(tx), {
    deviceIds: [row.device_id],
    name: 'send-message',
    params: { text: shorten(words.short, 500) },
    reason: `The rule ${row.rule_name ?? row.rule} is broken.`,
    // One message a rule: the newest is the one to read.
    coalesceKey: `rule-message/${row.rule}`,
  });
  if (outcome === undefined) return new DomainError('not-found', 'There is no such device.');
  return 'command' in outcome ? undefined : outcome.refusal;
}
