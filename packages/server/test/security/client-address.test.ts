import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Agent, request } from 'undici';
import { composeServer, type ComposedServer } from './composed-server.ts';

const password = 'plinth ocelot quaver tumbril';
const forged = (n: number) => `203.0.113.${n % 250}`;

/** Every header in which some proxy somewhere puts the client's address, another one each time. */
const forgeries: readonly ((n: number) => Record<string, string>)[] = [
  (n) => ({ 'X-Forwarded-For': forged(n) }),
  (n) => ({ 'X-Forwarded-For': `${forged(n)}, ${forged(n + 1)}, 127.0.0.1` }),
  (n) => ({ Forwarded: `for=${forged(n)};proto=https` }),
  (n) => ({ 'X-Real-IP': forged(n) }),
  (n) => ({ 'True-Client-IP': forged(n), 'CF-Connecting-IP': forged(n) }),
  (n) => ({ X_Forwarded_For: forged(n), 'X-Client-IP': forged(n), 'X-Cluster-Client-IP': forged(n) }),
];
const forge = (n: number) => forgeries[n % forgeries.length]?.(n) ?? {};

function describeServer(name: string, env: Record<string, string>, tests: (at: Caller) => void): void {
  describe(name, () => {
    let server: ComposedServer;
    let agent: Agent;
    before(async () => {
      server = await composeServer({ env });
      agent = new Agent({ connect: { ca: server.ca } });
      await server.addOrganization('acme');
      await server.addAdministrator('acme', 'ann@acme.example', 'org-admin', password);
      await server.addAdministrator('acme', 'ise@acme.example', 'nac-service', password);
    });
    after(async () => {
      await agent.close();
      await server[Symbol.asyncDispose]();
    });
    tests({
      server: () => server,
      async send(method, path, headers, body) {
        const answer = await request(`https://localhost:${server.ports.main}${path}`, {
          dispatcher: agent,
          method,
          headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        await answer.body.dump();
        return answer.statusCode;
      },
      async addressesOnRecord() {
        const { body } = await server.operate('GET', '/audit?limit=500', undefined, 'acme');
        const { items } = JSON.parse(body) as { items: { values: Record<string, string> }[] };
        return [...new Set(items.map(({ values }) => values['address']).filter(Boolean))];
      },
    });
  });
}

interface Caller {
  server(): ComposedServer;
  send(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: unknown,
  ): Promise<number>;
  addressesOnRecord(): Promise<(string | undefined)[]>;
}

const guess = { organization: 'acme', email: 'ann@acme.example', password: 'wrong' };
const basic = (secret: string) => ({
  authorization: `Basic ${Buffer.from(`ise@acme.example:${secret}`).toString('base64')}`,
});

describeServer('the client’s address, no proxy configured', {}, ({ server, send, addressesOnRecord }) => {
  test('HTTP-04 no header gives the set-up page another source', async () => {
    const answers: number[] = [];
    for (let n = 0; n < 60 && answers.at(-1) !== 429; n += 1) {
      answers.push(await send('POST', '/setup/begin', forge(n), { token: 'gth_inv_nonsense' }));
    }
    assert.ok(answers.length > 20 && answers.at(-1) === 429, answers.join());
    assert.deepEqual(new Set(answers.slice(0, 20)), new Set([410]));
  });

  test('HTTP-04 no header gives a guesser of passwords more tries, neither here nor at the network’s door', async () => {
    const answers: number[] = [];
    for (let n = 0; n < 7; n += 1) answers.push(await send('POST', '/api/v1/session', forge(n), guess));
    assert.deepEqual(answers.slice(0, 5), [401, 401, 401, 401, 401]);
    assert.ok(
      answers.slice(5).every((status) => status === 429),
      answers.join(),
    );
    const asked: number[] = [];
    for (let n = 0; n < 40 && asked.at(-1) !== 429; n += 1) {
      asked.push(await send('GET', '/ciscoise/mdminfo', { ...forge(n), ...basic(`wrong ${n}`) }));
    }
    assert.equal(asked.at(-1), 429, asked.join());
  });

  test('HTTP-04 the audit record and the log hold the address of the connection and no other', async () => {
    assert.deepEqual(await addressesOnRecord(), ['127.0.0.1']);
    const lines = server().logged.join('\n');
    assert.doesNotMatch(lines, /203\.0\.113/);
    const { body } = await server().operate('GET', '/audit?limit=500', undefined, 'acme');
    assert.doesNotMatch(body, /203\.0\.113/);
  });
});

const proxied = { GATEHOUSE_TRUSTED_PROXIES: '127.0.0.0/8,10.0.0.0/8' };
describeServer('the client’s address behind trusted proxies', proxied, ({ send, addressesOnRecord }) => {
  test('HTTP-04 the right-most hop that is no proxy counts; what the client wrote before it does not', async () => {
    const answers: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const headers = {
        ...forge(n * forgeries.length + 2),
        'X-Real-IP': forged(n),
        'X-Forwarded-For': `${forged(n)}, 127.0.0.1, ${forged(n + 1)}, 198.51.100.7, 10.0.0.${n}`,
      };
      answers.push(await send('POST', '/api/v1/session', headers, guess));
    }
    assert.deepEqual(answers, [401, 401, 401, 401, 401, 429, 429]);
    const neighbour = await send('POST', '/api/v1/session', { 'X-Forwarded-For': '198.51.100.8' }, guess);
    assert.equal(neighbour, 401, 'another client behind the same proxy has tries of its own');
    const unnamed = await send('POST', '/api/v1/session', { 'X-Real-IP': '198.51.100.9' }, guess);
    assert.equal(unnamed, 401);
    assert.deepEqual((await addressesOnRecord()).toSorted(), ['127.0.0.1', '198.51.100.7', '198.51.100.8']);
  });
});
