import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  autodiscoverFailure,
  autodiscoverSettings,
  readAutodiscoverRequest,
} from '../activesync/autodiscover.ts';
import type { Heard } from './observe.ts';
import type { Place } from './probe-host.ts';
import { probeDirections } from './probe-directions.ts';

const answer = (status: string, headers: readonly string[], body: Uint8Array = Buffer.alloc(0)): Heard => ({
  heard: 'bytes',
  bytes: Buffer.concat([
    Buffer.from([`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${body.length}`, '', ''].join('\r\n')),
    body,
  ]),
});
const settings = (url: string) =>
  answer('200 OK', ['Content-Type: text/xml'], autodiscoverSettings({ emailAddress: 'x@acme.example' }, url));

async function look(table: Readonly<Record<string, Heard>>, services: { host: string; port: number }[] = []) {
  const said: [Place, string][] = [];
  const found = await probeDirections('acme.example', services, async (place, send) => {
    said.push([place, Buffer.from(send ?? []).toString()]);
    return table[`${place.tls ? 'https' : 'http'}://${place.host}:${place.port}`] ?? { heard: 'no-address' };
  });
  return {
    said,
    found: found.map(({ address, seen, host }) => [
      address.replace('/autodiscover/autodiscover.xml', ''),
      seen,
      host,
    ]),
  };
}

test('EAS-T01 it is seen where phones of a domain are sent, whoever sends them', async () => {
  const { found, said } = await look(
    {
      'https://acme.example:443': answer('404 Not Found', []),
      'https://autodiscover.acme.example:443': settings(
        'https://mail.acme.example/Microsoft-Server-ActiveSync',
      ),
      'http://autodiscover.acme.example:80': answer('302 Found', [
        'Location: https://mdm.example/autodiscover/autodiscover.xml',
      ]),
      'https://auto.acme.example:8443': answer('401 Unauthorized', ['WWW-Authenticate: Basic realm="x"']),
    },
    [{ host: 'auto.acme.example', port: 8443 }],
  );
  assert.deepEqual(found, [
    ['https://acme.example', 'absent', undefined],
    ['https://autodiscover.acme.example', 'names', 'mail.acme.example'],
    ['https://auto.acme.example:8443', 'asks-password', undefined],
    ['http://autodiscover.acme.example', 'elsewhere', 'mdm.example'],
  ]);
  for (const [place, text] of said) {
    assert.doesNotMatch(text, /authorization/i);
    if (!place.tls) assert.match(text, /^GET /);
    else
      assert.equal(
        readAutodiscoverRequest(Buffer.from(text.split('\r\n\r\n')[1] ?? '')).emailAddress,
        'gatehouse-mail-probe@acme.example',
      );
  }
});

test('what is no answer of Autodiscover names nobody, and places that do not exist are left out', async () => {
  const odd = [
    answer('200 OK', ['Content-Type: text/xml'], Buffer.from('<!DOCTYPE a><Autodiscover/>')),
    answer('200 OK', ['Content-Type: text/xml'], autodiscoverFailure(600, new Date(0), 1)),
    settings('not an address'),
  ];
  for (const each of odd) {
    const { found } = await look({ 'https://acme.example:443': each });
    assert.deepEqual(
      found.map(([, seen]) => seen),
      ['odd'],
    );
  }
});
