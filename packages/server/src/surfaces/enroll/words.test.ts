import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { costOf } from '../../../../../tools/processor-time.ts';
import { deviceWord } from './device-words.ts';
import { html } from './html.ts';
import { prose } from './prose.ts';
import { preferredLanguages } from '@gatehouse/core/languages.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';
import { speechFor } from './texts/index.ts';

test('languages come in the order of the visitor’s wishes; whatever is malformed is passed over', () => {
  assert.deepEqual(preferredLanguages('de-CH, fr;q=0.5, en;q=0.8'), ['de-CH', 'en', 'fr']);
  assert.deepEqual(preferredLanguages('*, DE-ch;q=0.1, en;q=0, zh-Hant-TW'), ['zh', 'de-CH']);
  assert.deepEqual(preferredLanguages(undefined), []);
  assert.deepEqual(preferredLanguages('<script>, ../../etc, en_US'), []);
  assert.ok(preferredLanguages('de,'.repeat(100_000)).length <= 10);
  assert.equal(speechFor(['xx', 'en-GB']).tag, 'en');
  assert.equal(speechFor(['de-AT', 'en']).tag, 'de');
  assert.equal(speechFor(['constructor', '__proto__']).tag, 'en');
});

test('HTTP-15 reading a hostile header takes no time', () => {
  for (const header of [
    `en${'-a'.repeat(30_000)}`,
    ' '.repeat(50_000),
    'en;q='.repeat(10_000),
    'a-'.repeat(25_000),
  ]) {
    const ms = costOf(() => {
      preferredLanguages(header);
      deviceWord(`Macintosh ${header}`);
    });
    assert.ok(ms < 50, `${ms} ms`);
  }
});

test('ADM-04 a value in a page is text, whatever it looks like', () => {
  assert.equal(
    html`<p title="${'"><script>'}">${"<b>&'"}</p>`.markup,
    '<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;&#39;</p>',
  );
  assert.equal(html`${false}${undefined}${0}${html`<i>${'<'}</i>`}`.markup, '0<i>&lt;</i>');
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.doesNotMatch(html`${text}`.markup, /[<>"']/);
      const tags = prose(text).markup.match(/<[^>]*>/g) ?? [];
      for (const tag of tags) assert.match(tag, /^<\/?(?:p|ul|li|h3)>$/);
    }),
  );
});

test('terms are paragraphs, headings and lists, and nothing else', () => {
  assert.equal(
    prose('# One\nfirst\nline\n\nsecond\r\n- a\n- b\nmore of b\n\n[link](javascript:alert(1)) **x**').markup,
    '<h3>One</h3><p>first line</p><p>second</p><ul><li>a</li><li>b more of b</li></ul><p>[link](javascript:alert(1)) **x**</p>',
  );
  assert.equal(prose('## Two', 4).markup, '<h4>Two</h4>');
  assert.equal(prose('').markup, '');
});

test('what a browser says of itself becomes a word', () => {
  const apple = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1';
  for (const [agent, word] of [
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${apple} Mobile/15E148 Safari/604.1`,
      'device.iphone',
    ],
    [`Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) ${apple} Mobile/15E148 Safari/604.1`, 'device.ipad'],
    [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${apple} Safari/605.1.15`, 'device.mac'],
    ['AppleTV14,1/18.1', 'device.apple-tv'],
    ['Mozilla/5.0 (X11; Linux x86_64) Chrome/130', 'device.linux'],
    ['Mozilla/5.0 (Linux; Android 15) Mobile', 'device.android'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'device.windows'],
    ['curl/8', 'device.other'],
    [undefined, 'device.other'],
  ] as const) {
    assert.equal(deviceWord(agent), word, agent);
  }
});

test('German says as much as English, with the same slots', () => {
  const slots = (text: string) => (text.match(/\{\w+\}/g) ?? []).toSorted();
  for (const [key, text] of Object.entries(en)) {
    const german = de[key as keyof typeof en];
    assert.deepEqual(slots(german), slots(text), key);
    assert.equal(german.split('|').length, text.split('|').length, key);
  }
});
