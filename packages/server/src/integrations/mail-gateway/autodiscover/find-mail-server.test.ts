import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  autodiscoverFailure,
  autodiscoverRedirect,
  autodiscoverSettings,
  readAutodiscoverRequest,
} from '@gatehouse/protocols/activesync/index.ts';
import { OutboundError } from '../../../kernel/outbound/outbound-error.ts';
import type { OutboundRequest } from '../../../kernel/outbound/outbound.ts';
import { findMailServer, type MailServerQuestion } from './find-mail-server.ts';

interface Said {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}
const user = { emailAddress: 'ann@acme.example' };
const mail = 'https://mail.acme.example/Microsoft-Server-ActiveSync';
const found = (url = mail): Said => ({ status: 200, body: autodiscoverSettings(user, url) });
const moved = (location: string, status = 302): Said => ({ status, headers: { location } });

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;
const askingFor =
  (credentials: string) =>
  ({ headers }: OutboundRequest): Said =>
    headers?.['authorization'] === basic(credentials) ? found() : { status: 401 };

async function find(
  table: Readonly<Record<string, Said | ((request: OutboundRequest) => Said)>>,
  question: Partial<MailServerQuestion> = {},
  services: { host: string; port: number }[] = [],
) {
  const asked: { host: string; authorization: string | undefined; address: string }[] = [];
  const result = await findMailServer(
    {
      outbound: {
        async request(url, request) {
          asked.push({
            host: `${url.protocol}//${url.host}`,
            authorization: request.headers?.['authorization'],
            address: readAutodiscoverRequest(Buffer.from(request.body ?? '')).emailAddress,
          });
          const entry = table[url.host];
          if (entry === undefined)
            throw new OutboundError('unresolved', 'The name of the receiver has no address');
          const {
            status,
            headers = {},
            body = new Uint8Array(),
          } = typeof entry === 'function' ? entry(request) : entry;
          return { status, header: (name) => headers[name], body: Buffer.from(body) };
        },
      },
      findServices: async () => services,
    },
    { address: 'ann@acme.example', confirmed: [], ...question },
  );
  return { ...result, asked, outcomes: result.steps.map(({ outcome }) => outcome) };
}

describe('finding a mail server by its Autodiscover', () => {
  test('ENR-15 the domain is asked first, then autodiscover.DOMAIN, then what the DNS names', async () => {
    const first = await find({ 'acme.example': found() });
    assert.deepEqual([first.url, first.asked.length], [mail, 1]);
    const second = await find({ 'acme.example': { status: 404 }, 'autodiscover.acme.example': found() });
    assert.deepEqual([second.url, second.outcomes], [mail, ['refused', 'found']]);
    const third = await find({ 'auto.acme.example:8443': found() }, {}, [
      { host: 'auto.acme.example', port: 8443 },
    ]);
    assert.deepEqual([third.url, third.outcomes], [mail, ['no-answer', 'no-answer', 'found']]);
    assert.deepEqual(first.steps, [
      {
        asked: 'https://acme.example/autodiscover/autodiscover.xml',
        outcome: 'found',
        host: 'mail.acme.example',
      },
    ]);
  });

  test('EAS-T14 a foreign host is never asked unless it was confirmed, whoever names it, and gets no password', async () => {
    const foreign = 'https://evil.example/autodiscover/autodiscover.xml';
    const credentials = { userName: 'ann', password: 'secret' };
    const ways: Record<string, Parameters<typeof find>> = {
      redirect: [{ 'acme.example': moved(foreign), 'evil.example': found() }, { credentials }],
      permanent: [{ 'acme.example': moved(foreign, 308), 'evil.example': found() }, { credentials }],
      451: [
        { 'acme.example': { status: 451, headers: { 'x-ms-location': foreign } }, 'evil.example': found() },
        { credentials },
      ],
      address: [
        {
          'acme.example': { status: 200, body: autodiscoverRedirect(user, 'ann@evil.example') },
          'evil.example': found(),
          'autodiscover.evil.example': found(),
        },
        { credentials },
      ],
      dns: [{ 'evil.example': found() }, { credentials }, [{ host: 'evil.example', port: 443 }]],
      suffix: [
        { 'acme.example': moved('https://evilacme.example/x'), 'evilacme.example': found() },
        { credentials },
      ],
    };
    for (const [way, [table, question, services]] of Object.entries(ways)) {
      const { url, asked, toConfirm, outcomes } = await find(table, question, services);
      assert.equal(url, undefined, way);
      assert.ok(
        asked.every(({ host }) => /^https:\/\/(?:autodiscover\.)?acme\.example$/.test(host)),
        way,
      );
      assert.ok(outcomes.includes('not-confirmed'), way);
      assert.equal(toConfirm.length, 1, way);
    }
    const confirmed = await find(
      { 'acme.example': moved(foreign), 'evil.example': askingFor('ann:secret') },
      { confirmed: ['evil.example'], credentials },
    );
    assert.equal(confirmed.url, mail);
    assert.deepEqual(
      confirmed.asked.map(({ authorization }) => authorization),
      [undefined, undefined, basic('ann:secret')],
    );
  });

  test('EAS-T14 a password is shown only where one is asked for, and, if so wanted, no second time once it was refused', async () => {
    const table = {
      'acme.example': { status: 404 },
      'autodiscover.acme.example': askingFor('ann:right'),
      'auto.acme.example': askingFor('ann:right'),
    };
    const services = [{ host: 'auto.acme.example', port: 443 }];
    const right = { userName: 'ann', password: 'right' };
    const first = await find(table, { credentials: right }, services);
    assert.equal(first.url, mail);
    assert.deepEqual(
      first.asked.map(({ host, authorization }) => [host, authorization !== undefined]),
      [
        ['https://acme.example', false],
        ['https://autodiscover.acme.example', false],
        ['https://autodiscover.acme.example', true],
      ],
    );
    const wrong = { userName: 'ann', password: 'wrong' };
    const shown = async (question: Partial<MailServerQuestion>) =>
      (await find(table, question, services)).asked.filter(({ authorization }) => authorization !== undefined)
        .length;
    assert.equal(await shown({ credentials: wrong, onlyOnce: true }), 1);
    assert.equal(await shown({ credentials: wrong }), 2);
  });

  test('EAS-T14 no parent domain is asked, nothing without TLS, and nothing where TLS ends', async () => {
    const below = await find({}, { address: 'ann@a.b.acme.example' });
    assert.deepEqual(
      below.asked.map(({ host }) => host),
      ['https://a.b.acme.example', 'https://autodiscover.a.b.acme.example'],
    );
    const down = await find({
      'acme.example': moved('http://acme.example/x'),
      'autodiscover.acme.example': moved('https://u:p@acme.example/'),
    });
    assert.deepEqual([down.url, down.outcomes], [undefined, ['refused', 'refused']]);
    const plain = await find({ 'acme.example': found('http://mail.acme.example/x') });
    assert.deepEqual(plain.outcomes, ['not-understood', 'no-answer']);
    for (const address of [
      'ann',
      'ann@localhost',
      'ann@127.0.0.1',
      'ann@[::1]',
      'ann@acme.example@evil.example',
      '@acme.example',
      'ann@acme.example/x',
    ])
      assert.deepEqual((await find({ 'acme.example': found() }, { address })).asked, [], address);
  });

  test('redirects within the domain are followed, circles end, and another address starts over', async () => {
    const { url, outcomes } = await find({
      'acme.example': moved('https://eu.acme.example/autodiscover/autodiscover.xml'),
      'eu.acme.example': { status: 200, body: autodiscoverRedirect(user, 'ann@uk.acme.example') },
      'autodiscover.uk.acme.example': (request) => {
        assert.equal(
          readAutodiscoverRequest(Buffer.from(request.body ?? '')).emailAddress,
          'ann@uk.acme.example',
        );
        return found();
      },
    });
    assert.deepEqual([url, outcomes], [mail, ['elsewhere', 'elsewhere', 'found']]);
    const circle = await find({
      'acme.example': moved('https://acme.example/autodiscover/autodiscover.xml'),
    });
    assert.equal(circle.url, undefined);
    assert.ok(circle.asked.length <= 12);
  });

  test('it is said where a password is asked for, where we found ourselves, and where nothing was understood', async () => {
    const { outcomes } = await find({
      'acme.example': { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
      'autodiscover.acme.example': {
        status: 200,
        headers: { 'gatehouse-mail-gateway': '1' },
        body: autodiscoverSettings(user, mail),
      },
    });
    assert.deepEqual(outcomes, ['asks-password', 'this-gateway']);
    const odd = await find({
      'acme.example': {
        status: 200,
        body: Buffer.from(
          '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Autodiscover>&x;</Autodiscover>',
        ),
      },
      'autodiscover.acme.example': { status: 200, body: autodiscoverFailure(601, new Date(0), 1) },
    });
    assert.deepEqual(odd.outcomes, ['not-understood', 'refused']);
  });
});
