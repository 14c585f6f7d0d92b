import { defineTexts } from '../../language/texts.ts';

export const signInTexts = defineTexts('portal-sign-in', {
  en: {
    title: 'My devices',
    intro:
      'Sign in to see your devices, mend what is wrong, and learn what your organization knows about them.',
    organization: 'Organization',
    organizationHint: 'Its short name, as in your invitation',
    name: 'Email or user name',
    password: 'Password',
    submit: 'Sign in',
    wrong: 'Name or password is wrong. If you never chose a password, ask for a link to choose one.',
    throttled: 'Too many attempts. Try again in {{wait}}.',
    required: 'This is needed',
    endedTitle: 'You were signed out',
    ended: 'What you typed is still here. Sign in to go on.',
    other: 'Sign in as somebody else',
    unreachable: 'Gatehouse cannot be reached',
    unreachableText: 'Check the connection. This page tries again by itself.',
    again: 'Your password again',
    againHint: 'So that nobody else can do this with an open page.',
    wrongPassword: 'The password is wrong.',
  },
  de: {
    title: 'Meine Geräte',
    intro:
      'Melden Sie sich an, um Ihre Geräte zu sehen, Probleme zu beheben und zu erfahren, was Ihre Organisation über sie weiß.',
    organization: 'Organisation',
    organizationHint: 'Der Kurzname aus Ihrer Einladung',
    name: 'E-Mail oder Benutzername',
    password: 'Kennwort',
    submit: 'Anmelden',
    wrong:
      'Name oder Kennwort ist falsch. Wenn Sie noch kein Kennwort gewählt haben, bitten Sie um einen Link dafür.',
    throttled: 'Zu viele Versuche. Versuchen Sie es in {{wait}} noch einmal.',
    required: 'Diese Angabe fehlt',
    endedTitle: 'Sie wurden abgemeldet',
    ended: 'Ihre Eingaben sind noch da. Melden Sie sich an, um fortzufahren.',
    other: 'Als jemand anderes anmelden',
    unreachable: 'Gatehouse ist nicht erreichbar',
    unreachableText: 'Prüfen Sie die Verbindung. Diese Seite versucht es von selbst wieder.',
    again: 'Noch einmal Ihr Kennwort',
    againHint: 'Damit niemand anderes dies an einer offenen Seite tun kann.',
    wrongPassword: 'Das Kennwort ist falsch.',
  },
});
