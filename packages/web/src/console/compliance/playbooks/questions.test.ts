import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planPlaybook, stepCatalogue } from '@gatehouse/core/playbooks/playbook.ts';
import { dataChoices, destroys, firstAnswers, orderOf } from './questions.ts';
import { playbookTexts } from './texts.ts';

test('LST-01 LST-02 three answers give the procedure that the server plans without a refusal', () => {
  for (const ownership of ['corporate', 'personal', 'unspecified'] as const)
    for (const happened of ['missing', 'back'] as const)
      for (const chance of ['good', 'none'] as const)
        for (const data of ['later', 'investigate', 'company', 'everything'] as const) {
          const answers = { ...firstAnswers, happened, chance, data };
          const order = orderOf(answers, ownership, 'It is gone.');
          const plan = planPlaybook({ playbook: order.playbook, option: order.option, ownership });
          assert.ok('steps' in plan, `${ownership} ${happened} ${chance} ${data}: ${JSON.stringify(plan)}`);
        }
});

test('LST-03 LST-04 LST-05 of a corporate device one of three options is taken, of a private one none', () => {
  const stolen = { ...firstAnswers, chance: 'none' } as const;
  assert.deepEqual(dataChoices(stolen, 'corporate'), ['investigate', 'company', 'everything']);
  assert.deepEqual(dataChoices(stolen, 'personal'), []);
  assert.equal(orderOf({ ...stolen, data: 'everything' }, 'corporate', 'x').option, 3);
  assert.equal(orderOf({ ...stolen, data: 'later' }, 'corporate', 'x').option, 1, 'the mildest');
  assert.equal(orderOf({ ...stolen, data: 'everything' }, 'personal', 'x').option, undefined);
  assert.equal(orderOf({ ...stolen, data: 'investigate', policyId: 'p' }, 'corporate', 'x').policyId, 'p');
});

test('what destroys asks for the name of the device; every step has a title and a cost', () => {
  assert.equal(destroys([{ kind: 'bar' }, { kind: 'selective-wipe' }]), true);
  assert.equal(destroys([{ kind: 'bar' }, { kind: 'locate' }]), false);
  for (const kind of Object.keys(stepCatalogue)) {
    const title = playbookTexts.say((kind === 'secure' ? 'secureStep' : kind) as 'bar');
    assert.ok(title.length > 5 && title !== kind, kind);
    assert.notEqual(playbookTexts.say(`cost.${kind}` as 'cost.bar'), `cost.${kind}`);
  }
});
