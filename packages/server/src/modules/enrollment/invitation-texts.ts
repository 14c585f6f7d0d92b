// What an invitation says, by language.
import { type Language, languageFor } from '@gatehouse/core/languages.ts';

const en = {
  subject: '{organization}: enrol your device',
  greeting: 'Hello {name},',
  greetingWithoutName: 'Hello,',
  intro: '{organization} invites you to enrol your device ({device}) so that you can use it for work.',
  open: 'On the device that you want to enrol, open this page:',
  openLink: 'Enrol my device',
  password: 'If the page asks for it, this is your one-time password:',
  expires: 'It works once, until {expires}.',
  scan: 'Reading this on another device? Point the camera of the phone at this code.',
  choosePassword:
    'If you would like to have a password of your own for that page, choose one here (until {expires}):',
  choosePasswordLink: 'Choose a password',
  unexpected:
    'If you did not expect this message, do not open the page; ask the people who look after devices at {organization}.',
  pictureOfCode: 'QR code that opens the page',
  device: {
    ios: 'iPhone or iPad',
    macos: 'Mac',
    linux: 'Linux computer',
    windows: 'Windows computer',
    android: 'Android device',
  } as Readonly<Record<string, string>>,
};

export type InvitationTexts = typeof en;

const de: InvitationTexts = {
  subject: '{organization}: Registrieren Sie Ihr Gerät',
  greeting: 'Guten Tag {name},',
  greetingWithoutName: 'Guten Tag,',
  intro:
    '{organization} lädt Sie ein, Ihr Gerät ({device}) zu registrieren, damit Sie es für die Arbeit benutzen können.',
  open: 'Öffnen Sie auf dem Gerät, das Sie registrieren wollen, diese Seite:',
  openLink: 'Mein Gerät registrieren',
  password: 'Wenn die Seite danach fragt, ist dies Ihr Einmalkennwort:',
  expires: 'Es gilt einmal, bis {expires}.',
  scan: 'Lesen Sie das auf einem anderen Gerät? Richten Sie die Kamera des Telefons auf diesen Code.',
  choosePassword:
    'Wenn Sie für diese Seite ein eigenes Kennwort haben möchten, wählen Sie es hier (bis {expires}):',
  choosePasswordLink: 'Kennwort wählen',
  unexpected:
    'Wenn Sie diese Nachricht nicht erwartet haben, öffnen Sie die Seite nicht; fragen Sie die Gerätebetreuung von {organization}.',
  pictureOfCode: 'QR-Code, der die Seite öffnet',
  device: {
    ios: 'iPhone oder iPad',
    macos: 'Mac',
    linux: 'Linux-Computer',
    windows: 'Windows-Computer',
    android: 'Android-Gerät',
  },
};

const languages: Readonly<Record<Language, InvitationTexts>> = { en, de };

export function invitationTexts(wish: string): { readonly tag: Language; readonly texts: InvitationTexts } {
  const tag = languageFor(wish);
  return { tag, texts: languages[tag] };
}
