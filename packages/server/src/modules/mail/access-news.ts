// Who decides on mail remembers for a moment; here he hears at once when it may be another decision now.
import type { TenantTx } from '../../kernel/db/database.ts';
import { announce, type Notice, type Notifications } from '../../kernel/notifications.ts';

/** @param id of the mail device or user whose decision may be another, or of the organization: everybody's. */
export function announceMailAccess(
  tx: TenantTx,
  { notifications }: { readonly notifications: Pick<Notifications, 'publish' | 'spread'> },
  id: string,
): void {
  announce(tx, notifications, 'mail-access', { organizationId: tx.organizationId, id });
}

/**
 * Everything that may change a decision: what is announced above, and what compliance says of an enrolled device anyway.
 * @param listener the id is a mail device's, a user's, an enrolled device's, or the organization's: see `concernsOf`.
 */
export function onMailAccessNews(
  notifications: Pick<Notifications, 'subscribe'>,
  listener: (notice: Notice) => void,
): () => void {
  const topics = ['mail-access', 'posture-changed', 'policy-changed', 'device-refused'] as const;
  const unsubscribe = topics.map((topic) => notifications.subscribe(topic, listener));
  return () => {
    for (const each of unsubscribe) each();
  };
}
