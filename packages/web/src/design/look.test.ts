import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contrastOf, grounds, judgeAccent } from '@gatehouse/core/branding/accent.ts';
import { accentVariables } from './look.ts';

test('ARC-12 in any accepted accent buttons carry white, and words stand out from both grounds', () => {
  for (const given of ['#0b5cad', '#000000', '#8a1c6a', '#2e6b1f', judgeAccent('#ffd000').proposal]) {
    const variables = accentVariables(given);
    assert.ok(contrastOf(variables['--mantine-color-gate-filled'] ?? '', '#ffffff') >= 4.5, given);
    const [, light = '', dark = ''] =
      /^light-dark\((#\w{6}), (#\w{6})\)$/.exec(variables['--mantine-color-anchor'] ?? '') ?? [];
    assert.ok(contrastOf(light, grounds.light) >= 4.5 && contrastOf(dark, grounds.dark) >= 4.5, given);
  }
});
