import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accentPattern, accentShades, contrastOf, grounds, judgeAccent, neededContrast } from './accent.ts';

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);

test('contrast is that of WCAG: 21 between black and white, 4.54 of #767676 on white', () => {
  assert.equal(contrastOf('#000000', '#ffffff'), 21);
  assert.equal(contrastOf('#ffffff', '#ffffff'), 1);
  assert.equal(contrastOf('#767676', '#ffffff').toFixed(2), '4.54');
  assert.equal(contrastOf('#777777', '#ffffff').toFixed(2), '4.48');
});

test('a colour that stands out is taken as it is, a pale one is refused with its nearest shade', () => {
  assert.deepEqual(judgeAccent('#0b5cad'), { accepted: true, contrast: 6.66, proposal: '#0b5cad' });
  const yellow = judgeAccent('#ffd000');
  assert.equal(yellow.accepted, false);
  assert.ok(contrastOf(yellow.proposal, '#ffffff') < 4.7, `no darker than it must be: ${yellow.proposal}`);
  assert.equal(judgeAccent('#ffffff').proposal, '#767676');
  assert.equal(judgeAccent('#777777').accepted, false);
});

test('every proposal is accepted, and every shade for dark pages stands out from them', () => {
  fc.assert(
    fc.property(colour, (given) => {
      const { proposal } = judgeAccent(given);
      assert.match(proposal, accentPattern);
      assert.ok(judgeAccent(proposal).accepted, `${given} -> ${proposal}`);
      const { light, dark } = accentShades(proposal);
      assert.ok(contrastOf(light.accent, light.on) >= neededContrast);
      assert.ok(contrastOf(dark.accent, grounds.dark) >= neededContrast, `${proposal} -> ${dark.accent}`);
      assert.ok(contrastOf(dark.accent, dark.on) >= neededContrast);
    }),
    { numRuns: 2_000 },
  );
});
