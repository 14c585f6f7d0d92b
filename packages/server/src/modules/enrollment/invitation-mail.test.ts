import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeInvitation } from './invitation-mail.ts';

const content = {
  invitationId: '01930000-0000-7000-8000-000000000001',
  language: 'en',
  organization: 'Acme',
  to: { name: 'Ann', address: 'ann@acme.example' },
  platform: 'ios',
  link: 'https://mdm.acme.example/enroll/acme#AAAAA-BBBBB-CCCCC-DDDDD-EEEEE',
  oneTimePassword: 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE',
  expiresAt: new Date('2026-11-24T12:00:00Z'),
  passwordLink: undefined,
  look: { texts: {}, logoPng: undefined },
  host: 'mdm.acme.example',
};

test('an invitation says who invites, to what, where, with what, and until when', async () => {
  const mail = await writeInvitation(content);
  assert.equal(mail.subject, 'Acme: enrol your device');
  assert.equal(
    mail.text,
    [
      'Hello Ann,',
      'Acme invites you to enrol your device (iPhone or iPad) so that you can use it for work.',
      `On the device that you want to enrol, open this page:\n${content.link}`,
      `If the page asks for it, this is your one-time password:\n${content.oneTimePassword}`,
      'It works once, until Tuesday, November 24, 2026 at 12:00 PM UTC.',
      'If you did not expect this message, do not open the page; ask the people who look after devices at Acme.',
    ].join('\n\n'),
  );
  assert.equal(
    (await writeInvitation({ ...content, language: 'xx' })).text,
    mail.text,
    'a language that is not there',
  );
});

test('an invitation is written in the language that it is for', async () => {
  const mail = await writeInvitation({ ...content, language: 'de-AT' });
  assert.equal(mail.subject, 'Acme: Registrieren Sie Ihr Gerät');
  assert.match(mail.text, /^Guten Tag Ann,\n\nAcme lädt Sie ein, Ihr Gerät \(iPhone oder iPad\)/);
  assert.match(mail.text, /Es gilt einmal, bis Dienstag, 24\. November 2026/);
  assert.match(mail.html, /<html lang="de">/);
});

test('TPL-01 names are filled in once and never read as templates', async () => {
  for (const name of [
    '{oneTimePassword}',
    '{{constructor.constructor("x")()}}',
    '${link}',
    '$& $1',
    '{expires}',
  ]) {
    const mail = await writeInvitation({ ...content, organization: name, to: { ...content.to, name } });
    assert.equal(mail.subject, `${name}: enrol your device`);
    assert.ok(mail.text.startsWith(`Hello ${name},\n\n${name} invites you`));
  }
});

test('TPL-02 a line break in a name reaches no header', async () => {
  const name = 'Ann\r\nBcc: evil@example.org\r\n\r\nbody\u0000\u2028';
  const mail = await writeInvitation({ ...content, organization: name, to: { ...content.to, name } });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  for (const header of [mail.subject, mail.to.name]) assert.doesNotMatch(header, /[\u0000-\u001f\u007f]/);
});

test('TPL-03 markup and links in names are shown as text, and the only links lead to this server', async () => {
  const name = '<a href="https://evil.example">Click</a>';
  const mail = await writeInvitation({ ...content, organization: name, to: { ...content.to, name } });
  assert.deepEqual(
    [...mail.html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url),
    [content.link],
  );
});

test('ARC-12 TPL-03 logo, colour, closing words and help of the organization are in its letters, as text', async () => {
  const mail = await writeInvitation({
    ...content,
    look: {
      accent: '#0b5cad',
      texts: { en: { mail: 'Your <b>device desk</b>\nRoom 4' } },
      support: { phone: '+49 30 1234' },
      logoPng: Buffer.from('a picture'),
    },
  });
  assert.match(mail.text, /Your <b>device desk<\/b>\nRoom 4\n\n\+49 30 1234$/);
  assert.ok(mail.html.includes('Your &lt;b&gt;device desk&lt;/b&gt;<br>Room 4'));
  assert.ok(mail.html.includes('style="color:#0b5cad'));
  assert.ok(mail.html.includes('src="cid:logo"'));
  assert.deepEqual(
    mail.pictures.map(({ id }) => id),
    ['qr', 'logo'],
  );
});
