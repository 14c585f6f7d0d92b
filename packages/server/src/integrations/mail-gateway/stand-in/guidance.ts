// What a device in quarantine is told beside the reason: by whom, and where it enrols. Read once in a while for each organization, because it is asked for
// with every look into the mailbox.
import type { Clock } from '../../../kernel/clock.ts';
import type { Database } from '../../../kernel/db/database.ts';
import { readMailSettings } from '../../../modules/mail/index.ts';
import { readOrganizationName } from '../../../modules/organizations/index.ts';

export interface Guidance {
  readonly organization: string;
  readonly enrollUrl: string;
  /** Whether there is to be a message at all. */
  readonly instruct: boolean;
  readonly ownWords: string | null;
}

export type ReadGuidance = (organizationId: string) => Promise<Guidance>;

export interface GuidanceDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
  readonly publicUrl: URL;
}

const keptMs = 10_000;
const mostKept = 10_000;

export function createGuidance(deps: GuidanceDeps): ReadGuidance {
  const kept = new Map<string, { readonly until: number; readonly guidance: Promise<Guidance> }>();
  return (organizationId) => {
    const now = deps.clock.now();
    const known = kept.get(organizationId);
    if (known !== undefined && known.until > now) return known.guidance;
    if (kept.size >= mostKept) kept.clear();
    const guidance = read(deps, organizationId);
    kept.set(organizationId, { until: now + keptMs, guidance });
    guidance.catch(() => kept.delete(organizationId));
    return guidance;
  };
}

function read(deps: GuidanceDeps, organizationId: string): Promise<Guidance> {
  return deps.database.withTenant(
    organizationId,
    async (tx) => {
      const { slug, name: organization } = await readOrganizationName(tx);
      const { instruct, instruction } = await readMailSettings(tx);
      const enrollUrl = new URL(`/enroll/${slug}`, deps.publicUrl).href;
      return { organization, enrollUrl, instruct, ownWords: instruction };
    },
    { readOnly: true },
  );
}
