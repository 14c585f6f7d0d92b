// What the portal's use-cases are handed by the composition, and who calls them.
import type { Principal } from '@gatehouse/core/actor.ts';
import type { Language } from '@gatehouse/core/languages.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { SendMail } from '../../kernel/mail.ts';
import type { CommandDeps } from '../commands/index.ts';
import type { ExplainDeps } from '../compliance/index.ts';
import type { EnrollmentDeps } from '../enrollment/index.ts';
import type { OwnAccountDeps } from '../users/index.ts';

export interface PortalDeps
  extends Omit<CommandDeps, 'sealer' | 'database'>,
    Pick<EnrollmentDeps, 'publicUrl' | 'ways' | 'sealer'>,
    Omit<OwnAccountDeps, 'database'>,
    ExplainDeps {
  readonly database: Database;
  /** undefined: no mail server is configured. */
  readonly sendMail: SendMail | undefined;
}

/** A user who signed in. All that they may do is theirs by the device, so the principal has no permission of its own. */
export interface Person {
  readonly principal: TenantPrincipal;
  /** The password was shown again a moment ago. */
  readonly proved: boolean;
  /** In which texts are answered. */
  readonly language: Language;
}

/** The same person with rights for one thing that was found to be theirs. */
export function withRights({ principal }: Person, permissions: Principal['permissions']): TenantPrincipal {
  return { ...principal, permissions };
}
