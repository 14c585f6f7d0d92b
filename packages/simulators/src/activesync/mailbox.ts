/** A mailbox of the simulated mail server: messages in memory, and for each device how far it has read. */
import { isAtLeast, type ProtocolVersion, tokens } from '@gatehouse/protocols/activesync/index.ts';
import {
  element,
  encodeWbxml,
  findChild,
  textOf,
  type WbxmlElement,
  type WbxmlTag,
} from '@gatehouse/protocols/wbxml/index.ts';

export interface MailMessage {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

const { airSync, airSyncBase, email } = tokens;
const mostMessages = 200;

export class Mailbox {
  readonly #messages: (MailMessage & { readonly number: number; readonly at: Date })[] = [];
  /** The newest message that a device has fetched, by its id. */
  readonly #read = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  #newest = 0;

  deliver(message: MailMessage): void {
    this.#newest += 1;
    this.#messages.push({ ...message, number: this.#newest, at: new Date() });
    if (this.#messages.length > mostMessages) this.#messages.shift();
    for (const wake of this.#waiting) wake();
  }

  /** @returns whether there is something that the device has not fetched; false when the time is over */
  news(deviceId: Uint8Array, milliseconds: number, gone: AbortSignal): Promise<boolean> {
    if (this.#newest > (this.#read.get(keyOf(deviceId)) ?? 0)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (heard: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        gone.removeEventListener('abort', leave);
        resolve(heard);
      };
      const wake = () => settle(true);
      const leave = () => settle(false);
      const timer = setTimeout(leave, milliseconds);
      this.#waiting.add(wake);
      gone.addEventListener('abort', leave);
    });
  }

  /** One collection, as phones ask for it: key 0 begins, each later key is the number of the newest message that was sent. */
  sync(version: ProtocolVersion, deviceId: Uint8Array, root: WbxmlElement): Uint8Array {
    const { tags } = airSync;
    const asked = path(root, tags.Collections, tags.Collection);
    const key = asked === undefined ? undefined : textIn(asked, tags.SyncKey);
    const collectionId = (asked === undefined ? undefined : textIn(asked, tags.CollectionId)) ?? '';
    const begins = key === '0' || key === undefined;
    const last = begins ? 0 : Number(/^k(\d{1,9})$/.exec(key)?.[1] ?? -1);
    const fresh = begins ? [] : this.#messages.filter(({ number }) => number > last);
    const until = begins ? 0 : this.#newest;
    if (!begins) this.#read.set(keyOf(deviceId), until);
    return encodeWbxml(
      element(
        tags.Sync,
        element(
          tags.Collections,
          element(
            tags.Collection,
            ...(isAtLeast(version, '12.1') ? [] : [element(tags.Class, 'Email')]),
            element(tags.SyncKey, `k${until}`),
            element(tags.CollectionId, collectionId),
            // 3: the key is none of ours, so the device starts over.
            element(tags.Status, last < 0 ? '3' : '1'),
            ...(fresh.length === 0
              ? []
              : [element(tags.Commands, ...fresh.map((message) => added(version, message)))]),
          ),
        ),
      ),
    );
  }
}

/** Seconds for which the device lets its Sync be held; minutes up to 12.1. */
export function waitOf(root: WbxmlElement): number {
  const seconds = textIn(root, airSync.tags.HeartbeatInterval);
  if (seconds !== undefined) return Math.min(3_540, Number(seconds) || 0);
  return Math.min(59, Number(textIn(root, airSync.tags.Wait)) || 0) * 60;
}

function added(
  version: ProtocolVersion,
  { number, at, from, to, subject, text }: MailMessage & { readonly number: number; readonly at: Date },
): WbxmlElement {
  const { tags } = airSync;
  const body = isAtLeast(version, '12.0')
    ? element(
        airSyncBase.tags.Body,
        element(airSyncBase.tags.Type, '1'),
        element(airSyncBase.tags.EstimatedDataSize, String(Buffer.byteLength(text))),
        element(airSyncBase.tags.Data, text),
      )
    : element(email.tags.Body, text);
  return element(
    tags.Add,
    element(tags.ServerId, `m${number}`),
    element(
      tags.ApplicationData,
      element(email.tags.To, to),
      element(email.tags.From, from),
      element(email.tags.Subject, subject),
      element(email.tags.DateReceived, at.toISOString()),
      element(email.tags.Read, '0'),
      body,
    ),
  );
}

function path(node: WbxmlElement, ...tags: readonly WbxmlTag[]): WbxmlElement | undefined {
  let at: WbxmlElement | undefined = node;
  for (const tag of tags) at = at === undefined ? undefined : findChild(at, tag);
  return at;
}

function textIn(node: WbxmlElement, tag: WbxmlTag): string | undefined {
  const child = findChild(node, tag);
  return child === undefined ? undefined : textOf(child);
}

function keyOf(deviceId: Uint8Array): string {
  return Buffer.from(deviceId).toString('hex');
}
