// The port of resources, filled: assignments are ours, also those of resources.
import type { Events } from '../../kernel/events.ts';
import type { ResourceAssignments } from '../resources/index.ts';
import { deleteAssignmentRowsOfItem, reachOfItem } from './queries.ts';
import { announceReach } from './reach.ts';

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
