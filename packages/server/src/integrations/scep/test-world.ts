// For the tests of SCEP without HTTP: two organizations on a real database, a clock that can be moved, and requests whose every
// part can be bent before they leave.
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import {
  decodeScepAnswer,
  encodeScepRequest,
  type NewScepRequest,
  type ScepAnswer,
  selfSignedCertificate,
  transactionIdOf,
} from '@gatehouse/protocols/scep/index.ts';
import { buildCertificateRequest, newSerial } from '@gatehouse/protocols/x509/index.ts';
import { openTestDatabase, type TestDatabase } from '../../kernel/db/test-database.ts';
import type { DomainEvent } from '../../kernel/events.ts';
import { masterKeysOf } from '../../kernel/sealed/master-key.ts';
import { createSealer } from '../../kernel/sealed/sealer.ts';
import {
  createAuthorityDirectory,
  createCertificateVerifier,
  createChallenge,
  type NewChallenge,
  type Refusal,
} from '../../modules/certificates/index.ts';
import { createPendingDevice } from '../../modules/devices/index.ts';
import { createTestFleet, type TestFleet } from '../../modules/devices/test-fleet.ts';
import { createScepServer, type ScepDeps, type ScepServer } from './scep-server.ts';

export interface ScepTestWorld extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly deps: ScepDeps;
  readonly scep: ScepServer;
  readonly acme: TestFleet;
  readonly globex: TestFleet;
  readonly refused: Refusal[];
  readonly emitted: DomainEvent[];
  oldCiphers: 'none' | '3des' | 'des';
  advance(milliseconds: number): void;
  now(): number;
  addDevice(fleet: TestFleet): Promise<string>;
  challenge(fleet: TestFleet, deviceId: string, options?: Partial<NewChallenge>): Promise<string>;
  request(fleet: TestFleet, wanted: Wanted): Promise<NewScepRequest>;
  /** Sends it and reads the answer. */
  send(fleet: TestFleet, request: NewScepRequest): Promise<ScepAnswer>;
  /** A device that is about to ask, its challenge and its key. */
  ready(
    fleet?: TestFleet,
  ): Promise<{ readonly deviceId: string; readonly challenge: string; readonly key: KeyObject }>;
  /** What became of a request, in the word of the wire and of the audit record. */
  refusal(fleet: TestFleet, request: NewScepRequest): Promise<string>;
  /** A device with a certificate by the usual way. */
  enrolled(
    fleet: TestFleet,
    key: KeyObject,
  ): Promise<{ readonly deviceId: string; readonly certificate: Uint8Array }>;
}

export interface Wanted {
  readonly key: KeyObject;
  readonly commonName?: string;
  readonly challenge?: string;
  readonly changes?: Partial<NewScepRequest>;
}

export function newRsaKey(modulusLength = 2048): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength }).privateKey;
}

/** The failure's word, or the status. */
export function outcomeOf(answer: ScepAnswer): string {
  return answer.status === 'failure' ? `${answer.failure}` : answer.status;
}

export async function openScepTestWorld(): Promise<ScepTestWorld> {
  const db = await openTestDatabase();
  const [acme, globex] = [await createTestFleet(db, 'acme'), await createTestFleet(db, 'globex')];
  const masterKeys = masterKeysOf([randomBytes(32)]);
  let offset = 0;
  const clock = { now: () => Date.now() + offset };
  const refused: Refusal[] = [];
  const emitted: DomainEvent[] = [];
  const directory = createAuthorityDirectory({ database: db.database, clock: { now: Date.now } });
  const emit = async (_tx: unknown, event: DomainEvent) => void emitted.push(event);
  const emitAll = async (_tx: unknown, events: readonly DomainEvent[]) => void emitted.push(...events);
  const deps: ScepDeps = {
    database: db.database,
    sealer: createSealer(() => masterKeys),
    clock,
    events: { emit, emitAll, hasReactions: () => false } as ScepDeps['events'],
    verifier: createCertificateVerifier({ directory, clock }),
    refusals: { note: (refusal) => void refused.push(refusal) },
    oldCiphers: async () => world.oldCiphers,
  };
  const scep = createScepServer(deps);
  const world: ScepTestWorld = {
    db,
    deps,
    scep,
    acme,
    globex,
    refused,
    emitted,
    oldCiphers: 'none',
    advance: (milliseconds) => void (offset += milliseconds),
    now: clock.now,
    addDevice: ({ organizationId, userId }) =>
      db.database.withTenant(organizationId, async (tx) => {
        const phone = { platform: 'ios', ownership: 'corporate', enrollmentId: null, name: 'phone' } as const;
        return (await createPendingDevice(tx, { ...phone, userId })).deviceId;
      }),
    challenge: ({ organizationId }, deviceId, options = {}) =>
      db.database.withTenant(organizationId, (tx) =>
        createChallenge(tx, { clock }, { deviceId, ...options }),
      ),
    async request({ organizationId }, { key, commonName, challenge, changes = {} }) {
      const subject = commonName === undefined ? {} : { commonName };
      const validity = { notBefore: Date.now() - 3_600_000, notAfter: Date.now() + 86_400_000 };
      return {
        type: 'PKCSReq',
        content: buildCertificateRequest(key, subject, challenge),
        server: await scep.caCertificate(organizationId),
        certificate: selfSignedCertificate(key, { commonName: 'SCEP' }, newSerial(randomBytes), validity),
        key,
        transactionId: transactionIdOf(key),
        senderNonce: randomBytes(16),
        ...changes,
      };
    },
    async send({ organizationId }, request) {
      const message = encodeScepRequest(request);
      const reply = await scep.operate({ organizationId, message, requestId: 'test' });
      if (!reply) throw new Error('no answer at all');
      return decodeScepAnswer(reply.body, request);
    },
    async ready(fleet = acme) {
      const deviceId = await world.addDevice(fleet);
      return { deviceId, challenge: await world.challenge(fleet, deviceId), key: newRsaKey() };
    },
    async refusal(fleet, request) {
      const answer = await world.send(fleet, request);
      return `${outcomeOf(answer)}: ${refused.at(-1)?.reason}`;
    },
    async enrolled(fleet, key) {
      const deviceId = await world.addDevice(fleet);
      const challenge = await world.challenge(fleet, deviceId);
      const answer = await world.send(
        fleet,
        await world.request(fleet, { key, commonName: deviceId, challenge }),
      );
      if (answer.status !== 'success') throw new Error(`not enrolled: ${refused.at(-1)?.reason}`);
      return { deviceId, certificate: answer.certificates[0] ?? new Uint8Array() };
    },
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  };
  return world;
}
