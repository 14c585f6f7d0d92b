// What happened becomes what is to be told: one batched job writes the events of many changes for all streams of an organization.
// The job's removal and what it wrote are one transaction, so each transition is written once, in the order in which it happened.
import { readEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import {
  canonicalSubject,
  matchingSubjects,
  type SecurityEvent,
  type Subject,
} from '@gatehouse/protocols/shared-signals/index.ts';
import { createHash } from 'node:crypto';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { Subscriptions } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import type { BatchedJob } from '../../kernel/jobs/jobs.ts';
import { announce } from '../../kernel/notifications.ts';
import type { SignalDeps } from './deps.ts';
import { issuerOf } from './deps.ts';
import {
  type Decision,
  describeChange,
  describeRevokedCertificate,
  type Teller,
  type ToldDevice,
} from './describe-change.ts';
import {
  devicesToTellOf,
  dropSuperseded,
  type NewSignal,
  storeSignals,
  type ToldDeviceRow,
} from './event-queries.ts';
import { activeStreams, removedSubjects } from './stream-queries.ts';

export const transmitKind = 'transmit-signals';

type Cause =
  | { readonly what: 'posture'; readonly before: Decision; readonly after: Decision }
  | { readonly what: 'revocation'; readonly serial: string };

interface Payload {
  readonly deviceId: string;
  /** ms since the epoch. */
  readonly at: number;
  /** The same in all that is told of this cause. */
  readonly transaction: string;
  readonly cause: Cause;
}

/** Jobs exist only where a stream does: streams are their receivers. */
export const signalSubscriptions: Subscriptions = {
  'device.posture-changed': [
    {
      job: transmitKind,
      ifWanted: true,
      payload: ({ subjectId, payload: { before, after } }) => ({
        deviceId: subjectId,
        at: Date.now(),
        transaction: newId(),
        cause: { what: 'posture', before, after },
      }),
    },
  ],
  'certificate.revoked': [
    {
      job: transmitKind,
      ifWanted: true,
      when: ({ payload }) => payload['deviceId'] !== null,
      payload: ({ payload: { deviceId, serial } }) => ({
        deviceId,
        at: Date.now(),
        transaction: newId(),
        cause: { what: 'revocation', serial },
      }),
    },
  ],
};

function parse(payload: unknown): Payload {
  const { deviceId, at, transaction, cause } = payload as Partial<Payload>;
  if (typeof deviceId !== 'string' || typeof at !== 'number' || typeof transaction !== 'string' || !cause)
    throw new TypeError('a change of a device is expected');
  return { deviceId, at, transaction, cause };
}

export function transmitJob(
  deps: Pick<SignalDeps, 'notifications' | 'publicUrl' | 'slugOf'>,
): BatchedJob<Payload> {
  return {
    parse,
    batch: { most: 200, inTurn: true },
    async runBatch(tx, jobs) {
      const slug = await deps.slugOf(tx.organizationId);
      const teller = { issuer: issuerOf(deps.publicUrl, slug), slug };
      await transmit(
        deps,
        tx,
        teller,
        jobs.map(({ payload }) => payload),
      );
      return undefined;
    },
  };
}

/** Something that happened to a device, in the words of the protocol. */
interface Told {
  readonly deviceId: string;
  readonly event: SecurityEvent;
  readonly transaction: string;
}

async function transmit(
  deps: Pick<SignalDeps, 'notifications'>,
  tx: TenantTx,
  teller: Teller,
  payloads: readonly Payload[],
): Promise<void> {
  const [streams, rows] = await Promise.all([
    activeStreams(tx),
    devicesToTellOf(tx, [...new Set(payloads.map(({ deviceId }) => deviceId))]),
  ]);
  const devices = new Map(rows.map((row) => [row.device_id, row]));
  const told = payloads.flatMap((payload) => describe(teller, payload, devices.get(payload.deviceId)));
  if (told.length === 0 || streams.length === 0) return;

  const removed = await removedFrom(
    tx,
    streams.filter(({ removes }) => removes).map((stream) => stream.stream_id),
    told,
  );
  const issuedAt = new Date();
  const signals: NewSignal[] = [];
  const superseding: NewSignal[] = [];
  for (const stream of streams) {
    const wanted = told.filter(
      ({ event, deviceId }) =>
        stream.events_requested.includes(event.type) && !removed.has(`${stream.stream_id} ${deviceId}`),
    );
    const own = wanted.map(
      ({ event: { type, subject, claims }, deviceId, transaction }): NewSignal => ({
        streamId: stream.stream_id,
        jti: newId(),
        subjectId: deviceId,
        type,
        content: { subject, claims, transaction },
        issuedAt,
      }),
    );
    if (stream.status === 'enabled') signals.push(...own);
    else {
      // Of what is held only the newest of a subject counts, also among those that come together.
      const newest = new Map(own.map((signal) => [`${signal.subjectId} ${signal.type}`, signal]));
      superseding.push(...newest.values());
    }
  }
  await Promise.all([dropSuperseded(tx, superseding), storeSignals(tx, [...signals, ...superseding])]);
  for (const streamId of new Set(signals.map((signal) => signal.streamId)))
    announce(tx, deps.notifications, 'signal-waits', { organizationId: tx.organizationId, id: streamId });
}

function describe(teller: Teller, payload: Payload, row: ToldDeviceRow | undefined): Told[] {
  const { deviceId, at, transaction, cause } = payload;
  const device: ToldDevice = {
    deviceId,
    email: row?.email ?? null,
    compliant: row?.compliant ?? false,
    evaluation: readEvaluation(
      row?.evaluation ?? { verdicts: [], compliant: false, nextChangeAt: null, evaluatedAt: 0 },
    ),
  };
  const events =
    cause.what === 'posture'
      ? describeChange(teller, device, { ...cause, at })
      : [describeRevokedCertificate(teller, device, { serial: cause.serial, at })];
  return events.map((event) => ({ deviceId, event, transaction }));
}

export function subjectHash(subject: Subject): Buffer {
  return hashOf(canonicalSubject(subject));
}
const hashOf = (canonical: string) => createHash('sha256').update(canonical).digest();

/** `stream device` of those whom a receiver has taken out of a stream. */
async function removedFrom(
  tx: TenantTx,
  streams: readonly string[],
  told: readonly Told[],
): Promise<ReadonlySet<string>> {
  if (streams.length === 0) return new Set();
  const devices = new Map<string, Set<string>>();
  for (const { event, deviceId } of told) {
    if (event.subject.format !== 'complex') continue;
    for (const canonical of matchingSubjects(event.subject)) {
      const hash = hashOf(canonical).toString('hex');
      devices.set(hash, (devices.get(hash) ?? new Set()).add(deviceId));
    }
  }
  const found = await removedSubjects(
    tx,
    streams,
    [...devices.keys()].map((hash) => Buffer.from(hash, 'hex')),
  );
  return new Set(
    found.flatMap((row) =>
      [...(devices.get(row.subject_hash.toString('hex')) ?? [])].map(
        (deviceId) => `${row.stream_id} ${deviceId}`,
      ),
    ),
  );
}
