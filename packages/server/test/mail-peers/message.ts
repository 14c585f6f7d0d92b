// Mail as clients send it.

export interface MessageOptions {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text?: string;
  readonly attachment?: { readonly name: string; readonly content: Uint8Array };
}

/** RFC 5322, lines ended as they must be. */
export function writeMessage({ from, to, subject, text = 'Hello.', attachment }: MessageOptions): string {
  const head = [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString()}`,
    `Message-ID: <${crypto.randomUUID()}@phone.example>`,
    'MIME-Version: 1.0',
  ];
  const plain = ['Content-Type: text/plain; charset=utf-8', '', text];
  if (attachment === undefined) return [...head, ...plain, ''].join('\r\n');
  const coded = Buffer.from(attachment.content).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  return [
    ...head,
    'Content-Type: multipart/mixed; boundary="part"',
    '',
    '--part',
    ...plain,
    '--part',
    `Content-Type: application/octet-stream; name="${attachment.name}"`,
    `Content-Disposition: attachment; filename="${attachment.name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    coded,
    '--part--',
    '',
  ].join('\r\n');
}
