// A browser in a test: keeps cookies and the cross-site token, says where its requests come from.
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { publicUrl } from './test-surface.ts';

export class TestBrowser {
  readonly cookies = new Map<string, string>();
  csrfToken: string | undefined;
  readonly #server: FastifyInstance;
  readonly #address: string;

  constructor(server: FastifyInstance, address = '192.0.2.1') {
    this.#server = server;
    this.#address = address;
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<LightMyRequestResponse> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.#server.inject({
      method: method as 'GET',
      url: path.startsWith('/setup') ? path : `/api/v1${path}`,
      remoteAddress: this.#address,
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(method === 'GET' ? {} : { origin: publicUrl.origin, 'sec-fetch-site': 'same-origin' }),
        ...(this.csrfToken === undefined ? {} : { 'gatehouse-csrf': this.csrfToken }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    for (const set of [answer.headers['set-cookie'] ?? []].flat()) {
      const [pair = ''] = set.split(';');
      const at = pair.indexOf('=');
      if (/Max-Age=0/.test(set)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const token = answer.headers['content-type']?.toString().startsWith('application/json')
      ? (answer.json() as { csrfToken?: string }).csrfToken
      : undefined;
    if (token !== undefined) this.csrfToken = token;
    return answer;
  }
}
