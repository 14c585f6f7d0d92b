import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandDefinition } from '../commands/catalogue.ts';
import { ownerships } from '../devices/device.ts';
import { ownAction, ownActionOf, ownActions, portalSettings, rightsOverOwn } from './own-actions.ts';

test('what destroys, opens or tracks asks for the password again', () => {
  for (const action of ownActions) {
    const { command, needsProof, grave } = ownAction(action);
    const { destructive, privateResult } = commandDefinition(command);
    if (destructive || privateResult || command === 'clear-passcode') assert.ok(needsProof, action);
    if (destructive || command === 'clear-passcode') assert.ok(grave, action);
    assert.equal(ownActionOf(command), action);
  }
  assert.equal(ownActionOf('request-logs'), undefined);
});

test('POR-04 the rights of a person never name ownership, and follow what the organization allows', () => {
  const byDefault = portalSettings(undefined);
  for (const ownership of ownerships) {
    const rights = rightsOverOwn(byDefault, ownership);
    assert.ok(
      !rights.has('devices.ownership') && !rights.has('devices.update') && !rights.has('devices.read'),
    );
    assert.equal(rights.has('devices.full-wipe'), ownership === 'corporate', ownership);
    assert.ok(rights.has('devices.locate.personal'));
  }
  const none = portalSettings({ actions: Object.fromEntries(ownActions.map((action) => [action, []])) });
  for (const ownership of ownerships) assert.equal(rightsOverOwn(none, ownership).size, 0);
  const own = portalSettings({ actions: { erase: ['personal'] }, enrol: false, names: true });
  assert.ok(rightsOverOwn(own, 'personal').has('devices.full-wipe.personal'));
  assert.ok(!rightsOverOwn(own, 'corporate').has('devices.full-wipe'));
  assert.deepEqual([own.enrol, own.names, byDefault.enrol, byDefault.names], [false, true, true, false]);
});

test('settings that are not ours fall back to what is safe', () => {
  for (const odd of [
    null,
    7,
    'x',
    { actions: 'all' },
    { actions: { erase: 'all', lock: { 0: 'corporate' } }, enrol: 1, names: 'yes' },
  ]) {
    const settings = portalSettings(odd);
    assert.deepEqual(settings.actions.erase, ['corporate']);
    assert.equal(settings.names, false);
  }
});
