import { defineTexts } from '../../language/texts.ts';

export const actorTexts = defineTexts('actors', {
  en: {
    you: 'you',
    administrator: 'an administrator',
    theSystem: 'Gatehouse itself',
    theUser: 'the user',
    theDevice: 'the device',
    token: 'an API token',
    operator: 'the operator',
  },
  de: {
    you: 'Sie',
    administrator: 'jemand aus der Administration',
    theSystem: 'Gatehouse selbst',
    theUser: 'die Person selbst',
    theDevice: 'das Gerät',
    token: 'ein Zugriffstoken',
    operator: 'Betreiber',
  },
});
