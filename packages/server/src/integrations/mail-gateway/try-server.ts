// Whether a mail server answers, as an administrator asks for it: the one question that says nothing of anybody, without credentials.
// One that answers it to strangers cannot prove passwords, so nobody gets in through it.
import type { MailServerTrial } from '@gatehouse/contracts/admin/mail.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { type MailDeps, profileToTry } from '../../modules/mail/index.ts';
import { askServer } from './ask-server.ts';
import type { MailServers } from './mail-servers.ts';
import { beginHead } from './server-request.ts';
import { UpstreamError } from './upstream/upstream-error.ts';

export type TryMailServer = (principal: TenantPrincipal, serverId: string) => Promise<MailServerTrial>;

export function createServerTrial(
  deps: Pick<MailDeps, 'database' | 'sealer'>,
  servers: Pick<MailServers, 'pool'>,
): TryMailServer {
  return async (principal, serverId) => {
    // Read anew, so with connections of its own: what is tried is what is set now.
    const profile = await profileToTry(deps, principal, serverId);
    try {
      const { head } = await askServer(servers.pool(profile), {
        head: `${beginHead(profile.url, 'OPTIONS', '')}Content-Length: 0\r\n\r\n`,
        body: null,
        timeoutMs: profile.timeoutMs,
      });
      return { works: head.status === 401, status: head.status, text: meaningOf(head.status) };
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return { works: false, status: null, text: `${error.message}.` };
    }
  };
}

function meaningOf(status: number): string {
  switch (status) {
    case 401:
      return 'The mail server answers, and asks who it is.';
    case 200:
      return 'The mail server answers strangers without asking who they are: no password can be proved with it.';
    case 403:
      return 'The mail server refuses us. If it lets in certain addresses only, those of the gateway are missing there.';
    case 404:
      return 'There is no ActiveSync at this address.';
    default:
      return `The mail server answers with status ${status}.`;
  }
}
