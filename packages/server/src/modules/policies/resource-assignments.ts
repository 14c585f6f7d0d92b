// The ports of resources and rules, filled: assignments are ours, also theirs.
import type { Events } from '../../kernel/events.ts';
import type { ResourceAssignments } from '../resources/index.ts';
import type { RuleAssignments } from '../rules/index.ts';
import { deleteAssignmentRowsOfItem, reachOfItem } from './queries.ts';
import { announceReach } from './reach.ts';

export function ruleAssignments(events: Events): RuleAssignments {
  return {
    async announce(tx, ruleId) {
      await announceReach(tx, events, await reachOfItem(tx, ruleId), 'rule');
    },
    async withdraw(tx, ruleId) {
      await announceReach(tx, events, await deleteAssignmentRowsOfItem(tx, ruleId), 'rule');
    },
  };
}

export function resourceAssignments(events: Events): ResourceAssignments {
  return {
    async announce(tx, resourceIds) {
      const reaches = await Promise.all(resourceIds.map((id) => reachOfItem(tx, id)));
      await announceReach(tx, events, reaches.flat(), 'resource');
    },
    async withdraw(tx, resourceId) {
      await announceReach(tx, events, await deleteAssignmentRowsOfItem(tx, resourceId), 'resource');
    },
  };
}
