import { defineTexts } from '../../language/texts.ts';

export const choiceTexts = defineTexts('choices', {
  en: {
    typeMore: 'Type a part of the name',
    nothing: 'Nothing found',
    searching: 'Searching …',
    failed: 'The search did not work. Type again.',
    deviceHint: 'Name, serial number, MAC address, owner',
    userHint: 'Name or address',
    groupHint: 'Name of the group',
  },
  de: {
    typeMore: 'Geben Sie einen Teil des Namens ein',
    nothing: 'Nichts gefunden',
    searching: 'Wird gesucht …',
    failed: 'Die Suche ging nicht. Tippen Sie erneut.',
    deviceHint: 'Name, Seriennummer, MAC-Adresse, Benutzer',
    userHint: 'Name oder Adresse',
    groupHint: 'Name der Gruppe',
  },
});
