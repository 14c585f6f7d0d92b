/** The enrolment page as the browser of a device uses it: forms are found on the page, filled in and sent, until a profile comes. */
import { Agent } from 'undici';

/** The page said no; the message is what it showed. */
export class PageRefusal extends Error {
  override readonly name = 'PageRefusal';
}

export interface PageVisit {
  /** As an enrolment says: `https://host/enroll/organization`. */
  readonly page: string;
  readonly oneTimePassword: string;
  /** PEM */
  readonly anchors: readonly string[];
  readonly userAgent?: string;
}

interface Form {
  readonly action: string;
  readonly fields: readonly (readonly [string, string])[];
}

const mostSteps = 8;

/**
 * Shows the one-time password, agrees to every text, and downloads.
 *
 * @returns the enrolment profile.
 * @throws PageRefusal
 */
export async function downloadProfile(visit: PageVisit): Promise<Uint8Array> {
  const agent = new Agent({ connect: { ca: [...visit.anchors], timeout: 10_000 }, connections: 1 });
  const cookies = new Map<string, string>();
  const start = new URL(visit.page);

  async function request(method: 'GET' | 'POST', url: URL, body?: string): Promise<Uint8Array | string> {
    if (url.origin !== start.origin) throw new PageRefusal(`led astray to ${url.href}`);
    const answer = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: {
        accept: 'text/html,application/x-apple-aspen-config',
        'user-agent':
          visit.userAgent ?? 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) Mobile/15E148',
        ...(cookies.size === 0
          ? {}
          : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...(body === undefined
          ? {}
          : {
              'content-type': 'application/x-www-form-urlencoded',
              origin: 'null',
              'sec-fetch-site': 'same-origin',
            }),
      },
      body: body ?? null,
    });
    for (const set of [answer.headers['set-cookie'] ?? []].flat()) {
      const [pair = ''] = set.split(';');
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const bytes = new Uint8Array(await answer.body.arrayBuffer());
    const { location, 'content-type': type } = answer.headers;
    if (answer.statusCode === 303 && typeof location === 'string')
      return request('GET', new URL(location, url));
    if (typeof type === 'string' && type.startsWith('application/x-apple-aspen-config')) return bytes;
    const text = Buffer.from(bytes).toString('utf8');
    if (answer.statusCode !== 200)
      throw new PageRefusal(problemOf(text) ?? `the page answered ${answer.statusCode}`);
    return text;
  }

  try {
    let shown = await request('GET', start);
    for (let step = 0; step < mostSteps && typeof shown === 'string'; step += 1) {
      const form = nextForm(shown, visit.oneTimePassword);
      if (form === undefined) throw new PageRefusal(problemOf(shown) ?? 'the page has no way on');
      const body = new URLSearchParams(form.fields.map(([name, value]): [string, string] => [name, value]));
      shown = await request('POST', new URL(form.action, start), body.toString());
    }
    if (typeof shown === 'string') throw new PageRefusal('there is no end to the questions');
    return shown;
  } finally {
    await agent.destroy();
  }
}

/** The form that a person with a one-time password who agrees to everything would send. */
function nextForm(page: string, oneTimePassword: string): Form | undefined {
  const forms = [...page.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(
    ([, attributes = '', inside = '']) => ({
      action: attribute(attributes, 'action') ?? '',
      inputs: [...inside.matchAll(/<input\b([^>]*)>/gs)].map(([, input = '']) => ({
        name: attribute(input, 'name') ?? '',
        value: attribute(input, 'value') ?? '',
        type: attribute(input, 'type') ?? 'text',
      })),
    }),
  );
  const choice = ['/terms', '/profile', '/code'].flatMap(
    (path) => forms.find(({ action }) => action.endsWith(path)) ?? [],
  );
  const [form] = choice;
  if (form === undefined) return undefined;
  const fields = form.inputs.map(
    ({ name, value, type }) => [name, type === 'text' && name === 'code' ? oneTimePassword : value] as const,
  );
  return {
    action: form.action,
    fields: form.action.endsWith('/terms') ? [...fields, ['decision', 'accept']] : fields,
  };
}

function attribute(text: string, name: string): string | undefined {
  const found = new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1];
  return found
    ?.replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function problemOf(page: string): string | undefined {
  return /<span id="problem">(.*?)<\/span>/s.exec(page)?.[1] ?? /<h1>(.*?)<\/h1>/s.exec(page)?.[1];
}
