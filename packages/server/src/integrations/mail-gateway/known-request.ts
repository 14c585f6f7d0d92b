// What is remembered of a request that was relayed, for when the same phone says the same head again, to the last byte: whose it is, what
// its headers say, and how the mail server was asked. Credentials and cookies are not kept, but where they stand.
import type { RememberedHead } from '../../kernel/http/aside/exchange.ts';
import type { RequestHeaders } from './request-headers.ts';
import type { HeadAround } from './server-request.ts';
import type { Shape } from './visit.ts';

interface Place {
  readonly from: number;
  readonly to: number;
}

export class KnownRequest {
  readonly shape: Shape;
  readonly #headers: RequestHeaders;
  readonly #authorization: Place;
  readonly #cookie: Place | undefined;
  /** As it was last asked with, and of what that was made. */
  asked: { readonly url: URL; readonly query: Shape['query']; readonly around: HeadAround } | undefined;

  private constructor(
    shape: Shape,
    headers: RequestHeaders,
    authorization: Place,
    cookie: Place | undefined,
  ) {
    this.shape = shape;
    this.#headers = { ...headers, authorization: '', cookie: '' };
    this.#authorization = authorization;
    this.#cookie = cookie;
  }

  /** Of one that came without a certificate. */
  static keep(head: RememberedHead, shape: Shape, headers: RequestHeaders): void {
    const authorization = placeIn(head, headers.authorization);
    const cookie = headers.cookie === '' ? undefined : placeIn(head, headers.cookie);
    if (authorization === undefined || (headers.cookie !== '' && cookie === undefined)) return;
    head.keep(new KnownRequest(shape, headers, authorization, cookie));
  }

  /** @param now monotonic ms */
  static find(head: RememberedHead | undefined, now: number): KnownRequest | undefined {
    const memo = head?.memo;
    return memo instanceof KnownRequest && now < memo.shape.until ? memo : undefined;
  }

  headersIn(head: RememberedHead): RequestHeaders {
    const authorization = head.textAt(this.#authorization.from, this.#authorization.to);
    const cookie = this.#cookie === undefined ? '' : head.textAt(this.#cookie.from, this.#cookie.to);
    return { ...this.#headers, authorization, cookie };
  }
}

function placeIn(head: RememberedHead, text: string): Place | undefined {
  const from = text === '' ? -1 : head.placeOf(text);
  return from < 0 ? undefined : { from, to: from + text.length };
}
