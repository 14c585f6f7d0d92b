import { defineTexts } from '../../language/texts.ts';

export const shellTexts = defineTexts('portal-shell', {
  en: {
    devices: 'Devices',
    privacy: 'Privacy',
    history: 'History',
    account: 'Account',
    documents: 'Documents',
    navigation: 'Portal',
    skip: 'Skip to the content',
    signOut: 'Sign out',
    help: 'Help',
    helpTitle: 'Who helps',
    helpText:
      'The people who look after devices at {{organization}} help you. Tell them the name of the device, or the code on its page.',
    notFound: 'There is nothing at this address',
    notFoundText: 'The device may have been removed, or is assigned to somebody else now.',
    toDevices: 'To my devices',
    broken: 'This page stopped working',
    brokenText: 'Nothing is lost on the server. Load the page again.',
    reload: 'Load again',
  },
  de: {
    devices: 'Geräte',
    privacy: 'Datenschutz',
    history: 'Verlauf',
    account: 'Konto',
    documents: 'Dokumente',
    navigation: 'Portal',
    skip: 'Zum Inhalt springen',
    signOut: 'Abmelden',
    help: 'Hilfe',
    helpTitle: 'Wer hilft',
    helpText:
      'Die Gerätebetreuung von {{organization}} hilft Ihnen. Nennen Sie den Namen des Geräts oder den Code auf seiner Seite.',
    notFound: 'An dieser Adresse ist nichts',
    notFoundText: 'Das Gerät wurde vielleicht entfernt oder ist jetzt jemand anderem zugeordnet.',
    toDevices: 'Zu meinen Geräten',
    broken: 'Diese Seite ist stehen geblieben',
    brokenText: 'Auf dem Server ist nichts verloren. Laden Sie die Seite neu.',
    reload: 'Neu laden',
  },
});
