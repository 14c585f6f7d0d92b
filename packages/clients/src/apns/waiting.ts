/**
 * What waits to be sent, one entry per token. A push says only “come”, so one that waits stands for all that were asked for
 * meanwhile; beside one under way at most one follows, because what it is to announce may be newer than the device's look.
 */
import type { Push, PushOutcome } from './push.ts';

export interface Entry {
  readonly key: string;
  /** The newest: a device that re-enrols has another magic. */
  push: Push;
  readonly outcome: Promise<PushOutcome>;
  readonly settle: (outcome: PushOutcome) => void;
  readonly since: number;
  attempts: number;
}

export class Waiting {
  /** In the order of asking; a Map keeps it and finds by token. */
  readonly #queued = new Map<string, Entry>();
  readonly #underWay = new Map<string, Entry>();
  /** Behind the one under way. */
  readonly #following = new Map<string, Entry>();
  readonly #limit: number;
  /** Kept, because a new one would walk over the places of all that were taken before. */
  #next = this.#queued.values();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Ready to be sent. */
  get ready(): number {
    return this.#queued.size;
  }

  /** All that is not answered yet. */
  get size(): number {
    return this.#queued.size + this.#underWay.size + this.#following.size;
  }

  /** @returns undefined when there is no more room. */
  add(push: Push, now: number): Promise<PushOutcome> | undefined {
    const key = Buffer.from(push.token).toString('hex');
    const waiting = this.#queued.get(key) ?? this.#following.get(key);
    if (waiting !== undefined) {
      waiting.push = push;
      return waiting.outcome;
    }
    if (this.size >= this.#limit) return undefined;
    const { promise, resolve } = Promise.withResolvers<PushOutcome>();
    const entry: Entry = { key, push, outcome: promise, settle: resolve, since: now, attempts: 0 };
    (this.#underWay.has(key) ? this.#following : this.#queued).set(key, entry);
    return promise;
  }

  /** The next one, which is under way from now on. */
  take(): Entry | undefined {
    if (this.#queued.size === 0) return undefined;
    let step = this.#next.next();
    if (step.done === true) {
      this.#next = this.#queued.values();
      step = this.#next.next();
    }
    if (step.done === true) return undefined;
    this.#queued.delete(step.value.key);
    this.#underWay.set(step.value.key, step.value);
    return step.value;
  }

  /** Answered: whoever asked is told, and what followed is ready. */
  finish(entry: Entry, outcome: PushOutcome): void {
    this.#underWay.delete(entry.key);
    entry.settle(outcome);
    const next = this.#following.get(entry.key);
    if (next === undefined) return;
    this.#following.delete(entry.key);
    this.#queued.set(next.key, next);
  }

  /** Unanswered: it waits again. What followed it is one with it. */
  putBack(entry: Entry): void {
    this.#underWay.delete(entry.key);
    const next = this.#following.get(entry.key);
    if (next !== undefined) {
      this.#following.delete(entry.key);
      entry.push = next.push;
      void entry.outcome.then(next.settle);
    }
    this.#queued.set(entry.key, entry);
  }

  /** Ends what waits and answers to the description; what is under way stays. */
  drop(outcome: PushOutcome, which: (entry: Entry) => boolean = () => true): void {
    for (const waiting of [this.#queued, this.#following]) {
      for (const entry of waiting.values()) {
        if (!which(entry)) continue;
        waiting.delete(entry.key);
        entry.settle(outcome);
      }
    }
  }
}
