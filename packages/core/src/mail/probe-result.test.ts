import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languages } from '../languages.ts';
import { judgeSight, probeWays, type ProbeSight, sights, summarizeProbe } from './probe-result.ts';
import { describeSight, nameWays } from './probe-wording.ts';

const outside = { vantage: 'outside', gatewayHosts: ['mdm.example'] } as const;
const every: ProbeSight[] = probeWays.flatMap((way) =>
  sights.flatMap((seen) =>
    [undefined, 'mdm.example:8443', 'mail.example'].flatMap((host) =>
      ([undefined, true] as const).map((everywhere) => ({
        way,
        seen,
        address: 'https://mail.example/x',
        ...(host === undefined ? {} : { host }),
        ...(everywhere ? { everywhere } : {}),
      })),
    ),
  ),
);

test('EAS-T01 whatever is seen is judged, and said in every language with what to do unless it is closed', () => {
  for (const sight of every) {
    const judged = { ...sight, ...judgeSight(sight, outside) };
    for (const language of languages) {
      const { meaning, advice, way } = describeSight(judged, language);
      assert.ok(way.length > 2 && /^\p{Lu}.+[.)]$/u.test(meaning), meaning);
      assert.equal(advice === undefined, judged.verdict === 'closed', meaning);
      assert.doesNotMatch(meaning, /undefined/);
    }
  }
  assert.equal(nameWays(['imap', 'webmail'], 'de'), 'IMAP, Webmail');
});

test('EAS-T01 only what was refused, denied, absent or led to the gateway is closed', () => {
  const closing = ['refused', 'silent', 'denied', 'absent', 'secure-only', 'gateway', 'names', 'elsewhere'];
  for (const sight of every) {
    if (judgeSight(sight, outside).verdict !== 'closed') continue;
    assert.ok(closing.includes(sight.seen), sight.seen);
    if (['names', 'elsewhere'].includes(sight.seen)) assert.equal(sight.host, 'mdm.example:8443');
  }
});

test('what the gateway’s own address reaches by TLS proves nothing about phones, and what it cannot reach is closed', () => {
  const inside = { ...outside, vantage: 'gateway' } as const;
  const at = (address: string, seen: ProbeSight['seen'], way: ProbeSight['way'] = 'activesync') =>
    judgeSight({ way, seen, address }, inside).verdict;
  assert.equal(at('https://mail.example/x', 'asks-password'), 'unclear');
  assert.equal(at('https://mail.example/x', 'denied'), 'closed');
  assert.equal(at('imap://mail.example:993', 'greeting', 'imap'), 'open');
  assert.equal(at('http://mail.example/x', 'asks-password', 'activesync-plain'), 'open');
});

test('a probe is open by any way that nobody accepted, and unclear only by the ways of phones', () => {
  const sight = (way: ProbeSight['way'], seen: ProbeSight['seen']) => {
    const seenThere = { way, seen, address: 'https://mail.example/x' };
    return { ...seenThere, ...judgeSight(seenThere, outside) };
  };
  assert.equal(summarizeProbe([], []).verdict, 'unclear');
  assert.equal(
    summarizeProbe([sight('activesync', 'denied'), sight('webmail', 'page')], []).verdict,
    'closed',
  );
  assert.equal(summarizeProbe([sight('activesync', 'page')], []).verdict, 'unclear');
  const both = [sight('activesync', 'denied'), sight('webmail', 'sign-in-page'), sight('imap', 'greeting')];
  assert.deepEqual(summarizeProbe(both, ['webmail']), {
    verdict: 'open',
    openWays: ['imap'],
    acceptedWays: ['webmail'],
  });
  assert.equal(summarizeProbe(both, ['webmail', 'imap']).verdict, 'closed');
});
