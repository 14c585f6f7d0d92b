import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownerships } from '../devices/device.ts';
import {
  planPlaybook,
  playbookNames,
  type PlaybookOrder,
  playbookOptions,
  stepDefinition,
} from './playbook.ts';

const plan = (order: PlaybookOrder) => {
  const made = planPlaybook(order);
  return 'steps' in made ? made.steps.join(' ') : made.refusal;
};

test('LST-01 a personal device that is stolen loses the organization’s data and nothing else', () => {
  assert.equal(plan({ playbook: 'stolen', ownership: 'personal' }), 'bar block-hardware selective-wipe');
  assert.equal(plan({ playbook: 'stolen', ownership: 'personal', blacklist: false }), 'selective-wipe');
  assert.equal(plan({ playbook: 'stolen', ownership: 'unspecified' }), 'bar block-hardware selective-wipe');
});

test('LST-02 a lost device is looked for first', () => {
  assert.equal(plan({ playbook: 'lost', ownership: 'personal' }), 'lock locate ring wait selective-wipe');
  assert.equal(plan({ playbook: 'lost', ownership: 'corporate' }), 'lock locate ring wait selective-wipe');
  assert.equal(
    plan({ playbook: 'lost', ownership: 'corporate', option: 3 }),
    'lock locate ring wait bar block-hardware tell-carrier full-wipe',
  );
  assert.equal(plan({ playbook: 'lost', ownership: 'corporate', option: 1 }), 'lock locate ring wait secure');
});

test('LST-03, LST-04, LST-05 a corporate device has three options', () => {
  const stolen = (option: 1 | 2 | 3) => plan({ playbook: 'stolen', ownership: 'corporate', option });
  assert.equal(stolen(1), 'bar secure lock locate');
  assert.equal(stolen(2), 'bar block-hardware selective-wipe');
  assert.equal(stolen(3), 'bar block-hardware tell-carrier full-wipe');
  assert.equal(plan({ playbook: 'secure', ownership: 'corporate' }), 'secure lock locate');
  assert.equal(plan({ playbook: 'stolen', ownership: 'corporate' }), 'option-needed');
});

test('WIP-08 what is found gets back what can be given back', () => {
  for (const ownership of ownerships) {
    assert.equal(plan({ playbook: 'found', ownership }), 'end-lost-mode unsecure unblock-hardware unbar');
  }
});

test('TEN-14, ACT-17 no procedure resets a private device or puts it into the secured group', () => {
  for (const playbook of playbookNames) {
    for (const ownership of ['personal', 'unspecified'] as const) {
      for (const option of [undefined, ...playbookOptions]) {
        for (const blacklist of [undefined, true, false]) {
          const made = planPlaybook({ playbook, ownership, option, blacklist });
          const steps = 'steps' in made ? made.steps : [];
          assert.ok(!steps.includes('full-wipe') && !steps.includes('secure'), `${playbook} ${option}`);
        }
      }
    }
  }
});

test('every procedure ends with what cannot be taken back, and each of its steps is described', () => {
  for (const playbook of playbookNames) {
    for (const ownership of ownerships) {
      for (const option of [undefined, ...playbookOptions]) {
        const made = planPlaybook({ playbook, ownership, option });
        if (!('steps' in made)) continue;
        const wipe = made.steps.findIndex((kind) => kind.endsWith('-wipe'));
        if (wipe !== -1) assert.equal(wipe, made.steps.length - 1);
        assert.equal(new Set(made.steps).size, made.steps.length);
        for (const kind of made.steps) assert.match(stepDefinition(kind).title, /^[A-Z]/);
      }
    }
  }
});
