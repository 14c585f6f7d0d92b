// What the stand-in answers in the gateway’s place: for people without a mail server, and for devices in quarantine. What it holds is ended, like
// what a mail server holds, when another decision is made.
import type { MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import { type CommandRequest, readSettingsRequest } from '@gatehouse/protocols/activesync/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { inspectedBytes } from './ask-server.ts';
import type { Certification } from './certification.ts';
import type { MailClients, UnderWay } from './clients.ts';
import type { MailGatewayDeps } from './gateway-deps.ts';
import { informationOf } from './provisioning/device-information.ts';
import { readWhole } from './request-body.ts';
import type { Rulings } from './rulings.ts';
import type { Shape, Visit } from './visit.ts';

export interface Serving {
  serve(
    visit: Visit,
    shape: Shape,
    request: CommandRequest,
    purpose: 'mailbox' | 'quarantine',
  ): Promise<void>;
  /** What a device says of itself in Settings. */
  noteInformation(shape: Shape, request: CommandRequest, body: Uint8Array): void;
}

export function createServing({
  books,
  standIn,
  clients,
  log,
  rulings,
  certification,
}: Pick<MailGatewayDeps, 'books' | 'standIn' | 'log'> & {
  readonly clients: MailClients;
  readonly rulings: Rulings;
  readonly certification: Pick<Certification, 'stillHolds'>;
}): Serving {
  async function serve(
    visit: Visit,
    shape: Shape,
    request: CommandRequest,
    purpose: 'mailbox' | 'quarantine',
  ): Promise<void> {
    const body = await readWhole(visit, inspectedBytes);
    if (body === undefined || visit.isOver) return;
    noteInformation(shape, request, body);
    const abort = new AbortController();
    const { decision } = visit;
    const passedOutcome = decision?.effect === 'refuse' ? decision.because : 'passed';
    const underWay: UnderWay = {
      mayHold: request.command === 'Ping' || request.command === 'Sync',
      isHeld: request.command === 'Ping',
      since: visit.startedAt,
      reconsider: () => void redecide(visit, shape, request, purpose, () => abort.abort()),
      giveWay() {
        abort.abort();
        if (!visit.response.headersSent) visit.later('throttled', 1);
      },
    };
    visit.onClose = () => abort.abort();
    clients.begin(shape.client, underWay);
    try {
      const answer = await standIn.answer({
        organizationId: shape.organizationId,
        request,
        login: shape.login.name,
        body,
        standing: shape.client.standing as MailStanding,
        purpose,
        says: decision?.says ?? [],
        acceptLanguage: visit.headers.acceptLanguage === '' ? undefined : visit.headers.acceptLanguage,
        signal: abort.signal,
      });
      if (!visit.isOver && !visit.response.headersSent)
        visit.answer(passedOutcome, answer.status, answer.headers, answer.body);
    } catch (error) {
      if (!abort.signal.aborted) throw error;
    } finally {
      clients.end(shape.client, underWay);
    }
  }

  /** Of what the stand-in holds: another decision, or another server, ends it. */
  async function redecide(
    visit: Visit,
    shape: Shape,
    request: CommandRequest,
    purpose: 'mailbox' | 'quarantine',
    end: () => void,
  ): Promise<void> {
    let standing: MailStanding;
    // Of several news at a time the first may have ended it, and its answer is on its way.
    const isAnswered = () => visit.isOver || visit.response.headersSent;
    try {
      if (!(await certification.stillHolds(visit))) {
        if (isAnswered()) return;
        end();
        visit.answer('blocked', 403);
        return;
      }
      standing = await clients.read(shape.client);
    } catch {
      if (isAnswered()) return;
      end();
      visit.later('undecided', 15);
      return;
    }
    if (isAnswered()) return;
    const decision = rulings.decide(shape, standing);
    const same =
      purpose === 'mailbox'
        ? decision.effect === 'pass' && standing.server === null
        : decision.effect === 'refuse' && decision.quarantine;
    if (same) return;
    end();
    // What it may now fetch is to be had elsewhere: the list of folders is another.
    if (decision.effect === 'pass' || (decision.effect === 'refuse' && decision.quarantine))
      visit.later(decision.effect === 'pass' ? 'passed' : decision.because, 1);
    else rulings.refuse(visit, request, decision);
  }

  function noteInformation(shape: Shape, request: CommandRequest, body: Uint8Array): void {
    const mailDeviceId = shape.client.standing?.mailDevice?.mailDeviceId;
    if (request.command !== 'Settings' || mailDeviceId === undefined || body.length === 0) return;
    try {
      const { deviceInformation } = readSettingsRequest(body);
      if (deviceInformation === undefined) return;
      void books
        .recordInformation(shape.organizationId, mailDeviceId, informationOf(deviceInformation))
        .catch((error: unknown) => log.warn({ err: error }, 'what a mail client says of itself was lost'));
    } catch (error) {
      // Whether it makes sense is for whom it is meant for.
      if (!(error instanceof DecodeError)) throw error;
    }
  }

  return { serve, noteInformation };
}
