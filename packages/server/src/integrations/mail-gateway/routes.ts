import { MailServerTrial } from '@gatehouse/contracts/admin/mail.ts';
import { Id } from '@gatehouse/contracts/admin/values.ts';
import { type AdminRoute, defineRoute } from '../../kernel/http/route.ts';
import type { TryMailServer } from './try-server.ts';

export const mailGatewayRoutes = (deps: { readonly tryMailServer: TryMailServer }): AdminRoute[] => [
  defineRoute({
    method: 'POST',
    path: '/mail-servers/:mailServerId/try',
    operation: 'tryMailServer',
    tag: 'mail',
    summary: 'Ask a mail server whether it is there and proves who logs in; changes nothing',
    access: { permission: 'mail.manage' },
    params: { mailServerId: Id },
    response: { 200: MailServerTrial },
    handle: ({ principal, params }) => deps.tryMailServer(principal, params.mailServerId),
  }),
];
