/** How a simulated device gets in the server's way, on request: what real ones do now and then, made to happen. */

export interface Misbehaviour {
  /** Commands that get NotNow this many more times, by RequestType; `*` for any. */
  readonly notNow?: Readonly<Record<string, number>>;
  /** Commands that fail, by RequestType, with what the error says. */
  readonly errors?: Readonly<Record<string, string>>;
  /** The server's answer to a result is lost this many times: the device sends the same result again. */
  readonly lostAnswers?: number;
  /** Each result is sent this many extra times, as if the connection had stuttered. */
  readonly duplicates?: number;
  /** Results of two commands arrive in the wrong order. */
  readonly reorder?: boolean;
}

/** What is left of it while it is being used up. */
export class Mischief {
  readonly #notNow: Map<string, number>;
  readonly #errors: ReadonlyMap<string, string>;
  readonly duplicates: number;
  readonly reorder: boolean;
  #lostAnswers: number;

  constructor(asked: Misbehaviour = {}) {
    this.#notNow = new Map(Object.entries(asked.notNow ?? {}));
    this.#errors = new Map(Object.entries(asked.errors ?? {}));
    this.duplicates = asked.duplicates ?? 0;
    this.reorder = asked.reorder ?? false;
    this.#lostAnswers = asked.lostAnswers ?? 0;
  }

  saysNotNow(requestType: string): boolean {
    const key = this.#notNow.has(requestType) ? requestType : '*';
    const left = this.#notNow.get(key) ?? 0;
    if (left <= 0) return false;
    this.#notNow.set(key, left - 1);
    return true;
  }

  error(requestType: string): string | undefined {
    return this.#errors.get(requestType) ?? this.#errors.get('*');
  }

  losesAnswer(): boolean {
    if (this.#lostAnswers <= 0) return false;
    this.#lostAnswers -= 1;
    return true;
  }
}
