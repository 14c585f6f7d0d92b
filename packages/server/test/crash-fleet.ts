// A small fleet at work while the server is being struck down: computers that report and carry commands out, an administrator
// who keeps sending them, and a ledger of everything the server has promised, to be held against it afterwards.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { checkpointVerifier } from '@gatehouse/core/audit/checkpoint-verifier.ts';
import type { CheckpointKey } from '@gatehouse/core/audit/export.ts';
import { verifyExport } from '@gatehouse/core/audit/verify.ts';
import {
  type EnrollmentTicket,
  keepRunning,
  newComputer,
  SimulatedAgent,
} from '@gatehouse/simulators/agent/index.ts';
import { ApiRefusal, connectLocalApi, type LocalApi } from '@gatehouse/simulators/operator/local-api.ts';

const organization = 'acme';
const reportEveryMs = 1_300;
const commandEveryMs = 120;

interface Machine {
  readonly agent: SimulatedAgent;
  readonly deviceId: string;
  /** Number in the host name of the last report that the server answered. */
  confirmed: number;
  /** Of the one being made. */
  made: number;
  /** Texts of the messages carried out, in order. */
  readonly carriedOut: string[];
}

interface SentCommand {
  readonly text: string;
  readonly deviceId: string;
  /** Known once the server has said yes. */
  readonly id: string | undefined;
}

export interface CrashFleet {
  /** What the server has promised by now, looked up again: a promise broken fails the test. */
  holdToPromises(): Promise<void>;
  /** No more new work; waits until what was begun has arrived. Then everything is compared, entry by entry. */
  finish(): Promise<{ reports: number; commands: number; unknown: number; auditEntries: number }>;
  stop(): Promise<void>;
}

export async function startCrashFleet(dataDirectory: string, size: number): Promise<CrashFleet> {
  const instance = connectLocalApi(dataDirectory);
  await instance.request('POST', '/organizations', { slug: organization, name: 'Acme' });
  await instance.close();
  const api = connectLocalApi(dataDirectory, organization);
  await api.request('POST', '/users', { email: 'ann@acme.example' });
  const machines: Machine[] = [];
  for (let index = 0; index < size; index += 1) machines.push(await enrollMachine(api, index));

  const working = new AbortController();
  const connected = new AbortController();
  const sent: SentCommand[] = [];
  const loops = [
    ...machines.map((machine) => keepReporting(machine, working.signal)),
    keepSending(api, machines, sent, working.signal),
  ];
  const lines = machines.map(({ agent }) =>
    keepRunning(agent, { signal: connected.signal, waitSeconds: 10, longestPauseMs: 500 }),
  );
  const promises = new Promises(api, machines, sent);

  return {
    holdToPromises: () => promises.hold(),
    async finish() {
      working.abort();
      await Promise.all(loops);
      await promises.hold();
      await until('every command answered', () => promises.areAllAnswered());
      connected.abort();
      await Promise.all(lines);
      return promises.settle();
    },
    async stop() {
      working.abort();
      connected.abort();
      await Promise.all([...loops, ...lines]);
      await Promise.all(machines.map(({ agent }) => agent.close()));
      await api.close();
    },
  };
}

async function enrollMachine(api: LocalApi, index: number): Promise<Machine> {
  const ticket = await api.request<EnrollmentTicket>('POST', '/enrollments', {
    user: 'ann@acme.example',
    platform: 'linux',
    ownership: 'corporate',
  });
  const carriedOut: string[] = [];
  const computer = newComputer(`crash ${index}`, { platform: 'linux', hostName: `crash-${index}-0` });
  const agent = new SimulatedAgent({
    computer,
    onEvent(event) {
      if (event.kind === 'carried-out') carriedOut.push(String(event.command.params['text']));
    },
  });
  const { deviceId } = await agent.enroll(ticket);
  await agent.report();
  return { agent, deviceId, confirmed: 0, made: 0, carriedOut };
}

/** Each report has a number in a fact, so that what arrived can be told from what did not. */
async function keepReporting(machine: Machine, signal: AbortSignal): Promise<void> {
  const { computer } = machine.agent;
  while (!signal.aborted) {
    machine.made = machine.confirmed + 1;
    computer.hostName = computer.hostName.replace(/\d+$/, String(machine.made));
    try {
      await machine.agent.report(['device-information']);
      machine.confirmed = machine.made;
    } catch {
      // Not answered: sent again with its counter at the next turn.
    }
    await wait(reportEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function keepSending(
  api: LocalApi,
  machines: readonly Machine[],
  sent: SentCommand[],
  signal: AbortSignal,
): Promise<void> {
  for (let number = 1; !signal.aborted; number += 1) {
    const machine = machines[number % machines.length];
    assert.ok(machine);
    const text = `message ${number}`;
    const body = { name: 'send-message', params: { text } };
    const path = `/devices/${machine.deviceId}/commands`;
    sent.push({ text, deviceId: machine.deviceId, id: await sendOnce(api, path, body, signal) });
    await wait(commandEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Sent again with the same key until there is an answer. Undefined: nobody can say whether it was taken. */
async function sendOnce(
  api: LocalApi,
  path: string,
  body: unknown,
  signal: AbortSignal,
): Promise<string | undefined> {
  const key = randomUUID();
  while (!signal.aborted) {
    try {
      return (await api.request<{ id: string }>('POST', path, body, key)).id;
    } catch (error) {
      if (error instanceof ApiRefusal && error.status < 500) {
        // The server fell while it worked on this, and the key remembers only that it had begun.
        assert.equal(error.reason, 'in-progress', error.message);
        return undefined;
      }
      await wait(100);
    }
  }
  return undefined;
}

/** What was promised, and whether it is kept. */
class Promises {
  readonly #api: LocalApi;
  readonly #machines: readonly Machine[];
  readonly #sent: readonly SentCommand[];
  #checked = 0;

  constructor(api: LocalApi, machines: readonly Machine[], sent: readonly SentCommand[]) {
    this.#api = api;
    this.#machines = machines;
    this.#sent = sent;
  }

  async hold(): Promise<void> {
    for (const machine of this.#machines) await this.#holdReports(machine);
    for (const { id, deviceId } of this.#sent.slice(this.#checked)) {
      if (id === undefined) continue;
      const command = await this.#api.request<{ deviceId: string }>('GET', `/commands/${id}`);
      assert.equal(command.deviceId, deviceId);
    }
    this.#checked = this.#sent.length;
    for (const { agent } of this.#machines) await this.#holdAnswers(agent);
    await this.#verifyAudit();
  }

  /** A report that was answered is what the server knows; one that is on its way may be. */
  async #holdReports(machine: Machine): Promise<void> {
    const { confirmed } = machine;
    const { facts } = await this.#api.request<{ facts: { name: string; value: unknown }[] }>(
      'GET',
      `/devices/${machine.deviceId}/facts?scan=device-information`,
    );
    const hostName = facts.find(({ name }) => name === 'device.host-name')?.value;
    const known = Number(/(\d+)$/.exec(String(hostName))?.[1]);
    assert.ok(
      known >= confirmed && known <= machine.made,
      `report ${confirmed} was answered; the server knows ${known}; ${machine.made} was the last made`,
    );
  }

  /** An answer that the server confirmed is the state of the command. */
  async #holdAnswers(agent: SimulatedAgent): Promise<void> {
    for (const { id, answered } of agent.memory.ledger.slice(-10)) {
      if (!answered) continue;
      const { state } = await this.#api.request<{ state: string }>('GET', `/commands/${id}`);
      assert.equal(state, 'acknowledged');
    }
  }

  async areAllAnswered(): Promise<boolean> {
    const ids = this.#machines.flatMap(({ agent }) => agent.memory.ledger.map(({ id }) => id));
    const answered = this.#machines.every(({ agent }) =>
      agent.memory.ledger.every((entry) => entry.answered),
    );
    const accepted = this.#sent.flatMap(({ id }) => id ?? []);
    return answered && accepted.every((id) => ids.includes(id));
  }

  async settle() {
    const unknown = new Set(this.#sent.filter(({ id }) => id === undefined).map(({ text }) => text));
    for (const machine of this.#machines) {
      const { carriedOut, deviceId, agent } = machine;
      // Once each, in the order in which they were sent; of those that nobody answered for, at most once.
      const expected = this.#sent.filter((command) => command.deviceId === deviceId).map(({ text }) => text);
      const done = new Set(carriedOut);
      assert.equal(done.size, carriedOut.length, 'a command was carried out twice');
      assert.deepEqual(
        carriedOut,
        expected.filter((text) => !unknown.has(text) || done.has(text)),
      );
      assert.equal(agent.memory.ledger.length, carriedOut.length);
      await this.#compareHistory(machine);
    }
    return {
      reports: this.#machines.reduce((sum, { confirmed }) => sum + confirmed, 0),
      commands: this.#sent.length - unknown.size,
      unknown: unknown.size,
      auditEntries: await this.#verifyAudit(),
    };
  }

  /** Every report changed the host name once, in order: none is missing, none was applied twice. */
  async #compareHistory({ deviceId, confirmed, made }: Machine): Promise<void> {
    const changes = await this.#api.list<{ after: unknown }>(`/devices/${deviceId}/history`, {
      fact: 'device.host-name',
    });
    const numbers = changes.map(({ after }) => Number(/(\d+)$/.exec(String(after))?.[1])).reverse();
    const last = numbers.at(-1);
    assert.ok(last === confirmed || last === made, `the last known is ${last}`);
    assert.deepEqual(
      numbers.filter((number) => number > 0),
      Array.from({ length: last ?? 0 }, (_, index) => index + 1),
    );
  }

  /** @returns the number of entries. Each command that was accepted is on record once. */
  async #verifyAudit(): Promise<number> {
    const accepted = this.#sent.flatMap(({ id }) => id ?? []);
    // Entries are linked within about a second.
    for (let attempt = 1; ; attempt += 1) {
      const lines = (await this.#api.text('/audit/export')).split('\n').filter((line) => line !== '');
      const { keys = [] } = JSON.parse(lines[0] ?? '{}') as { keys?: CheckpointKey[] };
      const result = await verifyExport(lines, { verifySignature: checkpointVerifier(keys) });
      assert.deepEqual(result.problems, []);
      const queued = lines.flatMap((line) => {
        const { entry } = JSON.parse(line) as { entry?: { action: string; show: { commandId?: string } } };
        return entry?.action === 'devices.send-message' ? (entry.show.commandId ?? []) : [];
      });
      assert.equal(new Set(queued).size, queued.length, 'a command stands in the audit record twice');
      const missing = accepted.filter((id) => !queued.includes(id));
      if (missing.length === 0) return result.entries;
      assert.ok(attempt < 30, `the audit record lacks commands ${missing.join(', ')}`);
      await wait(200);
    }
  }
}

async function until(what: string, look: () => Promise<boolean>, seconds = 20): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await look())) {
    if (Date.now() > deadline) assert.fail(`${what}: not within ${seconds} s`);
    await wait(100);
  }
}
