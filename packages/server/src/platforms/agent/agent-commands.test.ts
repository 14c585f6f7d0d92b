import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandNames } from '@gatehouse/core/commands/catalogue.ts';
import { commandHandlers } from '@gatehouse/agent/commands/carry-out.ts';
import { agentCommands, agentRefusal } from './agent-commands.ts';

test('the server believes the agent able to do exactly what the agent does', () => {
  const believed = commandNames.filter((name) => agentCommands[name] === 'carried out');
  // It has words for these, to decline them.
  const declined = ['renew-identity', 'install-profile', 'remove-profile', 'sync-declarations'];
  const does = commandNames.filter((name) => name in commandHandlers && !declined.includes(name));
  assert.deepEqual(believed, does);
});

test('whoever orders what a computer with the agent cannot do is told why', () => {
  for (const name of commandNames) {
    const why = agentRefusal(name, {});
    if (why !== undefined) assert.match(why, /^[A-Z].*\.$/, name);
  }
  assert.match(agentRefusal('full-wipe', { returnToService: true }) ?? '', /phones and tablets/);
  assert.equal(agentRefusal('full-wipe', {}), undefined);
});
