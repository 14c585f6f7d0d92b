// What an invitation says, by language. A language is complete or not there: the type of the English one is the checklist.

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
} as const;

export type InvitationTexts = { readonly [Key in keyof typeof en]: string };

const languages: Readonly<Record<string, InvitationTexts>> = { en };

export function invitationTexts(language: string): { readonly tag: string; readonly texts: InvitationTexts } {
  const tag = [language, language.split('-')[0] ?? ''].find((each) => Object.hasOwn(languages, each));
  return tag === undefined ? { tag: 'en', texts: en } : { tag, texts: languages[tag] ?? en };
}

/** What people call such a device. */
export const deviceWords: Readonly<Record<string, string>> = {
  ios: 'iPhone or iPad',
  macos: 'Mac',
  linux: 'Linux computer',
  windows: 'Windows computer',
  android: 'Android device',
};
