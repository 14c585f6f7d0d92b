// Sends mail through the operator's mail server. The message is built from values, never from text put together; nothing is
// read from files or fetched from addresses that a message might name.
import type { Config } from '../../config.ts';
import { type Mail, MailRefused, type SendMail } from '../../kernel/mail.ts';
import { createTransport } from 'nodemailer';

/** Answers with 5xx: the server will never take this message. */
function isFinal(error: unknown): boolean {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  // A password that the mail server does not take is the operator's to mend, not the message's fault.
  if (code === 'EAUTH') return false;
  return responseCode === undefined ? code === 'EENVELOPE' : responseCode >= 500;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @returns undefined when no mail server is configured. */
export function createSmtp(settings: Config['smtp']): (SendMail & { close(): void }) | undefined {
  if (!settings) return undefined;
  const { url, from } = settings;
  const secure = url.protocol === 'smtps:';
  const transport = createTransport(
    {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
      secure,
      // Invitations hold secrets: they leave this machine only encrypted.
      requireTLS: !secure && !loopback.has(url.hostname),
      ignoreTLS: loopback.has(url.hostname) && !secure,
      ...(url.username === ''
        ? {}
        : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
      pool: true,
      maxConnections: 2,
      maxMessages: 100,
      connectionTimeout: 15_000,
      greetingTimeout: 15_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    } as Parameters<typeof createTransport>[0],
    { from },
  );
  const send = async (mail: Mail): Promise<void> => {
    try {
      await transport.sendMail({
        to: { name: mail.to.name, address: mail.to.address },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        messageId: mail.messageId,
        // Nobody's absence note shall answer.
        headers: { 'Auto-Submitted': 'auto-generated' },
        attachments: mail.pictures.map(({ id, png }) => ({
          filename: `${id}.png`,
          content: Buffer.from(png),
          contentType: 'image/png',
          cid: id,
          contentDisposition: 'inline' as const,
        })),
      });
    } catch (error) {
      if (isFinal(error)) throw new MailRefused((error as Error).message, { cause: error });
      throw error;
    }
  };
  return Object.assign(send, { close: () => transport.close() });
}
