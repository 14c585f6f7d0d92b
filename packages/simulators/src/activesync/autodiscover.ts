/** How a mail client finds its server: a question in XML to the domain of the mail address (MS-ASCMD section 2.2.1.1). */
import { autodiscoverRequest, readAutodiscoverAnswer } from '@gatehouse/protocols/activesync/index.ts';
import type { MailLine } from './mail-line.ts';

/** @param at https://HOST[:PORT] @returns the address of the server, with its path */
export async function autodiscover(
  line: MailLine,
  at: string,
  { email }: { readonly email: string },
  authorization: string,
): Promise<string> {
  const answer = await line.ask({
    method: 'POST',
    url: new URL(`${at}/autodiscover/autodiscover.xml`),
    headers: { Authorization: authorization, 'Content-Type': 'text/xml', Accept: '*/*' },
    body: autodiscoverRequest(email),
  });
  if (answer.status !== 200) throw new Error(`Autodiscover: HTTP ${answer.status}`);
  const read = readAutodiscoverAnswer(answer.body);
  if (read.kind !== 'settings') throw new Error('Autodiscover names no server');
  return read.url;
}
