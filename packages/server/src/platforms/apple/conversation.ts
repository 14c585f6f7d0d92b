// The conversation about commands: the device says how it fared with the last one, or that it has nothing to say, and is handed the
// next. A poll was done with at the door, whether it found something or not, and most answers are recorded there, together with the
// next hand-over. What registers the device, brings facts or comes after a long silence is one transaction.
import { commandDefinition } from '@gatehouse/core/commands/catalogue.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import type { CommandReport } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  CertificateRefused,
  confirmUseInside,
  type VerifiedCertificate,
} from '../../modules/certificates/index.ts';
import {
  concludeExchange,
  exchange,
  type ExchangeAnswer,
  type Exchanged,
  exchangeInside,
  type ExchangeRequest,
  loadCommand,
  type LoadedCommand,
  planExchange,
  type PlannedExchange,
} from '../../modules/commands/index.ts';
import { evaluateDevice } from '../../modules/compliance/index.ts';
import { lockDevice, noteContact, recordFacts } from '../../modules/devices/index.ts';
import type { Speaker } from './speaker.ts';
import { type AppleAnswer, done, plistAnswer } from './answer.ts';
import type { AppleDeps } from './apple-deps.ts';
import { fromCommandUuid } from './commands/command-uuid.ts';
import { translate } from './commands/hand-over.ts';
import {
  mayTolerateRefusal,
  type ReadAnswer,
  readAcknowledged,
  readTolerated,
  simpleAnswer,
} from './commands/read-answer.ts';
import { registerAppleDevice } from './register-device.ts';
import { ownChannel, targetOf } from './target.ts';

/** Commands that cannot be sent are answered for, one after the other; a device is not kept waiting for ever. */
const mostInOneTurn = 100;

export async function converse(
  deps: AppleDeps,
  speaker: Speaker,
  report: CommandReport,
): Promise<AppleAnswer> {
  const { standing, identity } = speaker;
  // Before its token a channel is given nothing, and users come after their device.
  if (ownChannel(speaker)?.enrolled !== true) return done;
  if (standing.state === 'pending' && identity.channel !== '') return done;
  if (!standing.heard) return next(deps, speaker, await lookClosely(deps, speaker, report));
  if (report.status === 'Idle') {
    return standing.waits ? next(deps, speaker, await turn(deps, speaker, { anew: true })) : done;
  }
  return next(deps, speaker, await record(deps, speaker, report));
}

/**
 * Before anything is known of the device: its answer, where that is no more than yes or later to what this process has handed it.
 * What is planned here is done only for whoever is admitted, with the statement that admits (admit.ts).
 */
export function planAnswer(
  deps: AppleDeps,
  { organizationId, deviceId }: VerifiedCertificate,
  report: CommandReport,
  requestId: string,
): PlannedExchange | undefined {
  const { commandUuid, status, identity } = report;
  const named = fromCommandUuid(commandUuid ?? '');
  const expected = deps.expected.find(commandUuid ?? '', deviceId);
  if (status === 'Idle' || named === undefined || expected === undefined) return undefined;
  if (status === 'Error' && mayTolerateRefusal(expected.name)) return undefined;
  const { commandId, step } = named;
  const answer =
    simpleAnswer(commandId, step, report) ??
    (expected.isPlain ? ({ commandId, step, state: 'acknowledged', via: 'apple' } as const) : undefined);
  if (answer === undefined) return undefined;
  const request = { organizationId, deviceId, channel: identity.channel, answer, requestId, ...oneByOne };
  return planExchange(deps, request, expected.name);
}

/** What a poll asks for is handed over at the door too. */
export function planPoll(
  deps: AppleDeps,
  { organizationId, deviceId }: VerifiedCertificate,
  { identity }: CommandReport,
  requestId: string,
): PlannedExchange | undefined {
  const { channel } = identity;
  return planExchange(
    deps,
    { organizationId, deviceId, channel, requestId, ...oneByOne, anew: true },
    undefined,
  );
}

/** Goes on from what was handed over at the door, and from an answer that was recorded there or does not fit its command. */
export async function goOn(
  deps: AppleDeps,
  speaker: Speaker,
  { commandUuid }: CommandReport,
  planned: PlannedExchange,
  told: ExchangeAnswer,
): Promise<AppleAnswer> {
  deps.expected.forget(commandUuid ?? '');
  return next(deps, speaker, await orWithout(deps, speaker, () => concludeExchange(deps, planned, told)));
}

const oneByOne = { most: 1, anew: false } as const;

function turn(
  deps: AppleDeps,
  { organizationId, deviceId, identity, requestId }: Speaker,
  rest: Pick<ExchangeRequest, 'answer' | 'anew'> = {},
): Promise<Exchanged> {
  const { channel } = identity;
  return exchange(deps, { organizationId, deviceId, channel, requestId, ...oneByOne, ...rest });
}

/** An answer that cannot be recorded does not keep the device from its next command. */
async function orWithout(
  deps: AppleDeps,
  speaker: Speaker,
  work: () => Promise<Exchanged>,
): Promise<Exchanged> {
  try {
    return await work();
  } catch (error) {
    noteStrangeAnswer(deps, speaker, error);
    return turn(deps, speaker);
  }
}

/** The answer, and the next command; what the device says of commands that it was not given changes nothing (200, go on). */
async function record(deps: AppleDeps, speaker: Speaker, report: CommandReport): Promise<Exchanged> {
  const { organizationId, deviceId } = speaker;
  const commandUuid = report.commandUuid ?? '';
  const named = fromCommandUuid(commandUuid);
  if (named === undefined) return turn(deps, speaker);
  const expected = deps.expected.find(commandUuid, deviceId);
  const answer =
    expected === undefined || (report.status === 'Error' && mayTolerateRefusal(expected.name))
      ? undefined
      : simpleAnswer(named.commandId, named.step, report);
  if (expected !== undefined) deps.expected.forget(commandUuid);
  if (answer !== undefined) return orWithout(deps, speaker, () => turn(deps, speaker, { answer }));
  return deps.database.withTenant(organizationId, (tx) => recordInside(deps, tx, speaker, report));
}

async function recordInside(
  deps: AppleDeps,
  tx: TenantTx,
  speaker: Speaker,
  report: CommandReport,
): Promise<Exchanged> {
  const { deviceId, identity, requestId } = speaker;
  const { channel } = identity;
  const plain = { deviceId, channel, most: 1, anew: report.status === 'Idle', requestId };
  const named = fromCommandUuid(report.commandUuid ?? '');
  const loaded = named && (await loadCommand(deps, tx, deviceId, named.commandId));
  if (
    named === undefined ||
    loaded?.channel !== channel ||
    (loaded.state === 'delivered' && loaded.step !== named.step)
  ) {
    return exchangeInside(deps, tx, plain);
  }
  const isDue = loaded.state === 'delivered';
  const { answer, facts } = await understand(deps, tx, speaker, report, loaded, named.step);
  // Nothing is asked of a device that has wiped itself.
  const isOver = answer.state === 'acknowledged' && commandDefinition(loaded.name).destructive;
  let exchanged: Exchanged;
  try {
    exchanged = await exchangeInside(deps, tx, { ...plain, answer, ...(isOver ? { most: 0 } : {}) });
  } catch (error) {
    noteStrangeAnswer(deps, speaker, error);
    // Left open, the command would be handed over again at once, and answered in the same way.
    const failed = isDue ? { answer: { ...answer, ...unfit, result: undefined } } : {};
    exchanged = await exchangeInside(deps, tx, { ...plain, ...failed });
  }
  if (facts.length > 0) await takeIn(deps, tx, speaker, facts);
  return exchanged;
}

const unfit = { state: 'failed', reason: 'What the device answered cannot be used.' } as const;

/** What the answer means; a device that answers nonsense has failed, and is not asked for ever. */
async function understand(
  deps: AppleDeps,
  tx: TenantTx,
  speaker: Speaker,
  report: CommandReport,
  loaded: LoadedCommand,
  step: number,
): Promise<ReadAnswer> {
  const base = { commandId: loaded.id, step, via: 'apple' } as const;
  const target = targetOf(deps, (work) => work(tx), speaker);
  const tolerated =
    report.status === 'Error' && loaded.state === 'delivered'
      ? await readTolerated(deps, tx, target, loaded)
      : undefined;
  if (tolerated !== undefined) return tolerated;
  const simple = simpleAnswer(loaded.id, step, report);
  if (simple !== undefined) return { answer: simple, facts: [] };
  // Answered before: what it told was taken in then.
  if (loaded.state !== 'delivered') return { answer: { ...base, state: 'acknowledged' }, facts: [] };
  try {
    return await readAcknowledged(deps, tx, target, loaded, report, speaker.now);
  } catch (error) {
    if (!isDomainError(error) && !(error instanceof TypeError) && !(error instanceof RangeError)) throw error;
    const { requestId, deviceId } = speaker;
    deps.log.warn({ requestId, deviceId, err: error }, 'an answer to a command could not be read');
    return { answer: { ...base, ...unfit }, facts: [] };
  }
}

/** Facts of the wrong type are left out as a whole; that is decided before anything is written. */
async function takeIn(
  deps: AppleDeps,
  tx: TenantTx,
  speaker: Speaker,
  facts: ReadAnswer['facts'],
): Promise<void> {
  const { deviceId, now } = speaker;
  const scans = facts.map((scan) => ({ ...scan, observedAt: now }));
  try {
    await recordFacts(tx, { deviceId, source: 'os-protocol', scans, receivedAt: now });
  } catch (error) {
    noteStrangeAnswer(deps, speaker, error);
  }
  await evaluateDevice(deps, tx, deviceId, now);
}

/** The first answered poll registers the device (ENR-19); the first after a long silence may mend what the silence broke. */
function lookClosely(deps: AppleDeps, speaker: Speaker, report: CommandReport): Promise<Exchanged> {
  const { organizationId, deviceId, certificate, standing, now } = speaker;
  return deps.database.withTenant(organizationId, async (tx) => {
    const { state } = await lockDevice(tx, deviceId);
    if (state === 'unmanaged')
      throw new CertificateRefused('device-unmanaged', certificate, 'device-unmanaged');
    if (state === 'blocked') throw new CertificateRefused('device-blocked', certificate, 'device-blocked');
    // The identity that came before is superseded only now: until here the new one might not have stayed on the device.
    if (!standing.certificate.used) await confirmUseInside(tx, deps, certificate);
    await noteContact(tx, deviceId, now);
    if (state === 'pending') await registerAppleDevice(deps, tx, speaker);
    const exchanged = await recordInside(deps, tx, speaker, report);
    await evaluateDevice(deps, tx, deviceId, now);
    return exchanged;
  });
}

async function next(deps: AppleDeps, speaker: Speaker, first: Exchanged): Promise<AppleAnswer> {
  const { organizationId } = speaker;
  const inside = <T>(work: (tx: TenantTx) => Promise<T>) => deps.database.withTenant(organizationId, work);
  let exchanged = first;
  for (let count = 0; count < mostInOneTurn; count++) {
    const [taken] = exchanged.commands;
    if (taken === undefined) return done;
    const translated = await translate(deps, inside, targetOf(deps, inside, speaker), taken);
    if ('bytes' in translated) return plistAnswer(translated.bytes);
    exchanged = await turn(deps, speaker, { answer: translated.answer });
  }
  return done;
}

/** An answer that contradicts the first one, comes too early or is for nobody’s command: the device goes on all the same. */
function noteStrangeAnswer({ log }: AppleDeps, { deviceId, requestId }: Speaker, error: unknown): void {
  if (!isDomainError(error)) throw error;
  log.info(
    { requestId, deviceId, reason: error.reason ?? error.code },
    'an answer to a command was not recorded',
  );
}
