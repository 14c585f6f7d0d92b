import type { TenantPrincipal } from '../../kernel/http/route.ts';

/** An administrator with the session that calls. */
export interface SessionHolder {
  readonly principal: TenantPrincipal;
  readonly sessionId: string;
}
