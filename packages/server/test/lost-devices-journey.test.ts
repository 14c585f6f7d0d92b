// The whole server with computers that enrol and report over the network: what a rule does when it is broken and when it is mended,
// a stolen computer from the report to the attempt to come back, and a second person where destruction goes beyond the budget.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import type { SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { composeServer, type ComposedServer } from './security/composed-server.ts';

interface Items<T> {
  readonly items: readonly T[];
}
interface Action {
  readonly kind: string;
  readonly state: string;
  readonly cause: { readonly ruleName: string };
}
interface Run {
  readonly id: string;
  readonly state: string;
  readonly steps: readonly { readonly kind: string; readonly state: string }[];
}
interface Approval {
  readonly id: string;
  readonly hash: string;
  readonly state: string;
  readonly deviceIds: readonly string[];
}

describe('devices that break rules, get lost and are stolen', () => {
  let server: ComposedServer;

  before(async () => {
    server = await composeServer();
    await server.addOrganization('acme');
  });
  after(() => server[Symbol.asyncDispose]());

  async function call<T>(method: string, path: string, body?: unknown, status = 200): Promise<T> {
    const answer = await server.operate(method, path, body, 'acme');
    assert.equal(answer.statusCode, status, `${method} ${path}: ${answer.body}`);
    return answer.json() as T;
  }
  async function eventually<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
    for (let tries = 0; tries < 100; tries += 1) {
      const seen = await look();
      if (seen !== undefined) return seen;
      await delay(100);
    }
    assert.fail(`${what} did not come about`);
  }
  const idOf = (agent: SimulatedAgent): string => agent.memory.identity?.deviceId ?? '';
  const encrypt = (agent: SimulatedAgent, encrypted: boolean) => {
    for (const volume of agent.computer.volumes) volume.encrypted = encrypted;
  };

  test('CMA-03, CMA-08, CMP-21 a broken rule tells user and administrators at once and shuts a gate; mended, it is taken back', async () => {
    const agent = await server.enrol('acme');
    encrypt(agent, true);
    await agent.report();
    const rule = await call<{ id: string }>(
      'POST',
      '/compliance-rules',
      {
        name: 'Encrypted disks',
        kind: 'encryption',
        demand: {},
        stages: [
          {
            afterMinutes: 0,
            actions: [
              { kind: 'notify-user', by: ['push'] },
              { kind: 'alert-administrators' },
              { kind: 'restrict', gates: ['vpn'] },
            ],
          },
        ],
      },
      201,
    );
    await call(
      'POST',
      '/assignments',
      { item: { kind: 'rule', id: rule.id }, target: { kind: 'device', id: idOf(agent) } },
      201,
    );
    encrypt(agent, false);
    await agent.report();
    const actions = () => call<Items<Action>>('GET', `/devices/${idOf(agent)}/actions`);
    const done = await eventually(async () => {
      const { items } = await actions();
      const over = items.filter(({ state }) => state === 'done');
      return over.length === 3 ? over : undefined;
    }, 'the stage');
    assert.deepEqual(done.map(({ kind }) => kind).toSorted(), [
      'alert-administrators',
      'notify-user',
      'restrict',
    ]);
    assert.ok(done.every(({ cause }) => cause.ruleName === 'Encrypted disks'));
    const alerts = await call<Items<{ kind: string; subject: { id: string } }>>('GET', '/alerts?open=true');
    assert.ok(alerts.items.some(({ kind, subject }) => kind === 'rule-broken' && subject.id === idOf(agent)));
    await agent.report();
    assert.ok(
      agent.memory.ledger.some(({ name }) => name === 'send-message'),
      'the message arrived',
    );
    encrypt(agent, true);
    await agent.report();
    await eventually(
      async () => ((await actions()).items.some(({ state }) => state === 'undone') ? true : undefined),
      'the recovery',
    );
    const { items } = await call<Items<{ rule: string; kind: string }>>('GET', '/compliance-actions/summary');
    assert.ok(items.some((each) => each.rule === rule.id && each.kind === 'restrict'));
  });

  test('LST-04, GAP-09 a stolen computer is shut out at once, wiped when it comes, and does not come back until it is let in', async () => {
    const agent = await server.enrol('acme');
    encrypt(agent, true);
    await agent.report();
    const device = idOf(agent);
    const order = { playbook: 'stolen', option: 2, reason: 'Taken on the train.' };
    const preview = await call<{ steps: { kind: string; outlook: string }[] }>(
      'POST',
      `/devices/${device}/playbooks/preview`,
      order,
    );
    assert.deepEqual(
      preview.steps.map(({ kind, outlook }) => `${kind} ${outlook}`),
      ['bar done', 'block-hardware done', 'selective-wipe done'],
    );
    const { id } = await call<Run>('POST', `/devices/${device}/playbooks`, order, 201);
    const run = (state: string) =>
      eventually(async () => {
        const now = await call<Run>('GET', `/playbook-runs/${id}`);
        return now.state === state ? now : undefined;
      }, `the run ${state}`);
    await run('waiting');
    const shown = await call<{ access: { network: string } }>('GET', `/devices/${device}`);
    assert.equal(shown.access.network, 'deny');
    await agent.poll(1);
    const over = await run('done');
    assert.ok(over.steps.every(({ state }) => state === 'done'));
    assert.ok(!agent.isEnrolled);
    const ticket = async () =>
      call<never>(
        'POST',
        '/enrollments',
        { user: 'user@acme.example', platform: 'linux', ownership: 'corporate' },
        201,
      );
    await assert.rejects(agent.enroll(await ticket()), /blocked|403|refused/i);
    await call('POST', `/devices/${device}/playbooks`, { playbook: 'found', reason: 'It was found.' }, 201);
    await eventually(
      async () =>
        (await call<Items<unknown>>('GET', '/hardware-blocks')).items.length === 0 ? true : undefined,
      'its return',
    );
    await agent.enroll(await ticket());
    await agent.report();
    assert.ok(agent.isEnrolled);
  });

  test('ADM-06, ADM-07 beyond the budget a second person agrees, over HTTP, to what was shown and nothing else', async () => {
    const password = 'plinth ocelot quaver tumbril';
    const asker = await server.addAdministrator('acme', 'asker@acme.example', 'org-admin', password);
    const admin = await server.db.superuser();
    await admin.query(`update administrators set empowered_at = now() - interval '2 days'`);
    const token = async (id: string) => {
      const made = await call<{ token: string }>(
        'POST',
        '/tokens',
        { role: 'org-admin', expiresInSeconds: 3_600 },
        201,
      );
      await admin.query(
        `update api_tokens set administrator_id = $2, created_at = now() - interval '2 days' where token_id = split_part($1, '_', 3)`,
        [made.token, id],
      );
      return made.token;
    };
    const secret = await token(asker);
    const as = (bearer: string, method: string, url: string, payload?: unknown) =>
      server.application.main.inject({
        method: method as 'GET',
        url: `/api/v1${url}`,
        headers: {
          authorization: `Bearer ${bearer}`,
          ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
      });
    const agents = [];
    for (let count = 0; count < 6; count += 1) agents.push(await server.enrol('acme'));
    await Promise.all(agents.map((agent) => agent.report()));
    await admin.query('delete from destructive_spending');
    const wiped = await as(secret, 'POST', '/commands', {
      deviceIds: agents.map(idOf),
      name: 'selective-wipe',
      reason: 'The office was robbed.',
    });
    const { items } = wiped.json() as Items<{ command: unknown; refusal: { approvalId: string } | null }>;
    assert.equal(items.filter(({ command }) => command !== null).length, 5, wiped.body);
    const approvalId = items.find(({ refusal }) => refusal !== null)?.refusal?.approvalId ?? '';
    const { hash, deviceIds } = await call<Approval>('GET', `/approvals/${approvalId}`);
    assert.equal(deviceIds.length, 1);
    const own = await as(secret, 'POST', `/approvals/${approvalId}/approve`, { hash });
    assert.deepEqual([own.statusCode, own.json().reason], [409, 'own-request']);
    const other = await server.operate(
      'POST',
      `/approvals/${approvalId}/approve`,
      { hash: '0'.repeat(64) },
      'acme',
    );
    assert.deepEqual([other.statusCode, other.json().reason], [409, 'request-changed']);
    // The operator at the machine is another person.
    assert.equal((await call<Approval>('POST', `/approvals/${approvalId}/approve`, { hash })).state, 'done');
    const twice = await server.operate('POST', `/approvals/${approvalId}/approve`, { hash }, 'acme');
    assert.deepEqual([twice.statusCode, twice.json().reason], [409, 'already-decided']);
    const last = agents.find((agent) => idOf(agent) === deviceIds[0]);
    assert.ok(last);
    await last.poll(1);
    assert.ok(!last.isEnrolled, 'it was wiped');
  });
});
