// What a client has got of a folder is in the key that it brings back, so nothing of it is kept here: `gh-i<n>-<message>` of the inbox, `gh-f<n>` of the list of
// folders. Keys of a real mail server are none of these, so a client that comes from one, or goes to one, starts over.

/** Grows with each answer that changes something, because a client may take an answer with its old key for an old answer. */
const turns = 1_000_000;

export interface InboxKey {
  readonly turn: number;
  /** The message that the client has got; null: none. */
  readonly message: string | null;
}

export const firstInboxKey: InboxKey = { turn: 1, message: null };

export function inboxKey({ turn, message }: InboxKey): string {
  return `gh-i${turn % turns}-${message ?? ''}`;
}

export function readInboxKey(text: string): InboxKey | undefined {
  const match = /^gh-i(\d{1,6})-([0-9a-f]{16})?$/.exec(text);
  return match === null ? undefined : { turn: Number(match[1]), message: match[2] ?? null };
}

/** Of the list of folders: which there are depends on the version alone. */
export function folderKey(list: number): string {
  return `gh-f${list}`;
}
