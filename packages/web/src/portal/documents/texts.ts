import { defineTexts } from '../../language/texts.ts';

export const documentTexts = defineTexts('portal-documents', {
  en: {
    title: 'Documents and terms',
    meaning: 'What you agreed to, and what applies to whoever uses a device for work.',
    back: 'Account',
    none: 'There are no terms',
    noneText: 'Your organization has not published any, and you have agreed to none.',
    'acceptable-use': 'Acceptable use',
    licence: 'Licence',
    version: 'Version {{version}}',
    accepted: 'You agreed',
    open: 'Applies; you are asked when you add your next device',
  },
  de: {
    title: 'Dokumente und Bedingungen',
    meaning: 'Was Sie akzeptiert haben und was für alle gilt, die mit einem Gerät arbeiten.',
    back: 'Konto',
    none: 'Es gibt keine Bedingungen',
    noneText: 'Ihre Organisation hat keine veröffentlicht, und Sie haben keinen zugestimmt.',
    'acceptable-use': 'Nutzungsregeln',
    licence: 'Lizenz',
    version: 'Version {{version}}',
    accepted: 'Sie haben zugestimmt',
    open: 'Gilt; Sie werden gefragt, wenn Sie das nächste Gerät hinzufügen',
  },
});
