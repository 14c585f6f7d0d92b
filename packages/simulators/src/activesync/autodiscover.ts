/** How a mail client finds its server: a question in XML to the domain of the mail address (MS-OXDISCO, MS-ASCMD section 2.2.1.1). */
import {
  descendantsOf,
  element,
  findChild,
  readXml,
  textOf,
  withAttributes,
  writeXml,
} from '@gatehouse/protocols/xml/index.ts';
import type { MailLine } from './mail-line.ts';

const requestSchema = 'http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006';
const responseSchema = 'http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006';
const limits = { maxBytes: 64 * 1024, maxDepth: 16, maxElements: 200, maxAttributes: 8, maxText: 4_096 };

/** @param at https://HOST[:PORT] @returns the address of the server, with its path */
export async function autodiscover(
  line: MailLine,
  at: string,
  { email }: { readonly email: string },
  authorization: string,
): Promise<string> {
  const question = withAttributes(
    element(
      'Autodiscover',
      element('Request', element('EMailAddress', email), element('AcceptableResponseSchema', responseSchema)),
    ),
    { xmlns: requestSchema },
  );
  const answer = await line.ask({
    method: 'POST',
    url: new URL(`${at}/autodiscover/autodiscover.xml`),
    headers: { Authorization: authorization, 'Content-Type': 'text/xml', Accept: '*/*' },
    body: writeXml(question),
  });
  if (answer.status !== 200) throw new Error(`Autodiscover: HTTP ${answer.status}`);
  const servers = [...descendantsOf(readXml(answer.body, limits))].filter(({ name }) => name === 'Server');
  for (const server of servers) {
    const [type, url] = ['Type', 'Url'].map((name) => findChild(server, name));
    if (type !== undefined && url !== undefined && textOf(type) === 'MobileSync') return textOf(url);
  }
  throw new Error('Autodiscover names no server');
}
