// The log of this server, for its operators alone (LOG-02): it belongs to no organization and names no person.
import { LogFilter, LogLines } from '@gatehouse/contracts/admin/log.ts';
import { type AdminRoute, defineRoute } from '../../kernel/http/route.ts';
import { type Log, recentLines } from '../../kernel/log.ts';

export interface LogRoutesDeps {
  readonly log: Log;
}

export const logRoutes = ({ log }: LogRoutesDeps): AdminRoute[] => [
  defineRoute({
    method: 'GET',
    path: '/log',
    operation: 'readLog',
    tag: 'instance',
    summary: 'The last lines of this server’s log',
    access: { permission: 'system.operate' },
    scope: 'instance',
    query: LogFilter,
    response: { 200: LogLines },
    handle: ({ query: { level, requestId, search, limit } }) => ({
      items: recentLines(log).read({ level, requestId, search, limit: limit ?? 200 }),
    }),
  }),
];
