// Sends text messages through whatever the operator runs or subscribes to: one HTTPS address that takes a JSON document. Most
// providers have such an address, and a few lines stand in for those that have another.
import type { Config } from '../../config.ts';
import { type SendText, TextRefused } from '../../kernel/text-message.ts';

/** POST { "to": "+49…", "text": "…", "id": "…" } with a bearer token. @returns undefined when none is configured. */
export function createHttpSms(settings: Config['sms']): SendText | undefined {
  if (!settings) return undefined;
  const { url, token } = settings;
  return async ({ to, text, messageId }) => {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(15_000),
      headers: {
        'content-type': 'application/json',
        'idempotency-key': messageId,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ to, text, id: messageId }),
    });
    await answer.body?.cancel();
    if (answer.ok) return;
    const message = `the provider of text messages answered ${answer.status}`;
    // A wrong token and a limit are the operator's to mend, not the message's fault.
    const mended = [401, 403, 408, 425, 429].includes(answer.status);
    if (answer.status >= 400 && answer.status < 500 && !mended) throw new TextRefused(message);
    throw new Error(message);
  };
}
