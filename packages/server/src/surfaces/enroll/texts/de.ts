import type { en } from './en.ts';

/** The German words of the enrolment page; the compiler asks for every one. */
export const de: { readonly [Key in keyof typeof en]: string } = {
  title: 'Gerät registrieren',
  titleOf: '{page} · {organization}',
  organization: 'Registrierung bei {organization}',
  problem: 'Da stimmt etwas nicht',
  startOver: 'Von vorn beginnen',
  signedInAs: 'Angemeldet als {name}',
  stepOf: 'Schritt {step} von {steps}',

  // ---- sign in
  welcome: 'Registrieren Sie Ihr Gerät bei {organization}, damit Sie es für die Arbeit benutzen können.',
  havePassword: 'Ich habe ein Einmalkennwort',
  oneTimePassword: 'Einmalkennwort',
  oneTimePasswordHint:
    'Fünf Gruppen aus fünf Buchstaben und Ziffern, aus Ihrer Einladung. Striche und Groß- oder Kleinschreibung sind gleich.',
  continue: 'Weiter',
  haveAccount: 'Ich habe ein eigenes Kennwort',
  name: 'E-Mail-Adresse oder Benutzername',
  password: 'Kennwort',
  signIn: 'Anmelden',
  haveMail: 'Ich habe ein dienstliches Postfach',
  mailName: 'Mailadresse',
  mailNameHint: 'Die ganze Adresse. Manche Mailserver kennen Sie auch unter einem Benutzernamen.',
  mailPassword: 'Kennwort des Postfachs',
  mailPasswordHint: 'Ihr Mailserver wird gefragt, ob es richtig ist. Gespeichert wird es nirgends.',
  noneOfThese: 'Sie haben nichts davon? Fragen Sie die Gerätebetreuung von {organization}.',
  agentTitle: 'Ein Computer mit Linux',
  agentShort:
    'Computer mit Linux werden mit einem Programm registriert. Installieren Sie den Gatehouse-Agenten und geben Sie ein:',
  otherDevice: 'Auf einem anderen Gerät weitermachen',
  otherDeviceHint: 'Richten Sie die Kamera Ihres Telefons auf diesen Code oder öffnen Sie dort {url}.',
  qrOf: 'QR-Code mit der Adresse dieser Seite',
  looksLike: 'Das ist wohl {device}.',
  openThere: 'Das ist wohl {device}. Öffnen Sie diese Seite auf dem Gerät, das Sie registrieren möchten.',
  getTitle: 'Was Sie bekommen',
  getText:
    'E-Mail, WLAN und die Apps von {organization} auf Ihrem Gerät, von selbst eingerichtet. Sie können jederzeit wieder gehen; was Ihnen gehört, bleibt.',
  portalLink: 'Meine Geräte',
  differTitle: 'Was bei Geräten verschieden ist',
  differ:
    'iPhone und iPad: Sie installieren ein Profil in den Einstellungen. Ohne Code gibt es keinen Zugang.|Mac: Sie installieren ein Profil in den Systemeinstellungen.|Linux-Computer: Ein Programm registriert ihn, von der Befehlszeile.|Android und Windows: Fragen Sie die Gerätebetreuung; sie werden mit ihr registriert.',

  // ---- devices
  'device.iphone': 'ein iPhone',
  'device.ipad': 'ein iPad',
  'device.mac': 'ein Mac',
  'device.apple-tv': 'ein Apple TV',
  'device.vision': 'eine Apple Vision Pro',
  'device.android': 'ein Android-Gerät',
  'device.windows': 'ein Windows-Computer',
  'device.linux': 'ein Linux-Computer',
  'device.other': 'ein Gerät',
  'platform.ios': 'iPhone oder iPad',
  'platform.macos': 'Mac',
  'platform.linux': 'Linux-Computer',
  'platform.android': 'Android-Gerät',
  'platform.windows': 'Windows-Computer',
  chooseDevice: 'Welches Gerät ist es?',
  chooseDeviceHint: 'Wählen Sie das Gerät, das Sie jetzt in der Hand haben.',
  ownership: 'Eigentum',
  'ownership.corporate': '{organization}',
  'ownership.personal': 'Ihres',
  'ownership.unspecified': 'noch nicht angegeben; es wird wie Ihr eigenes behandelt',
  ownedTitle: 'Schon registriert',
  ownedText: 'Diese Geräte sind hier bereits Ihre. Ist das Gerät in Ihrer Hand dabei, ist nichts zu tun.',

  // ---- terms
  termsTitle: 'Dem Sie zustimmen',
  'terms.acceptable-use': 'Nutzungsregeln',
  'terms.licence': 'Lizenz',
  version: 'Version {version}',
  agreeTo: 'Ich habe „{title}“ gelesen und stimme zu.',
  agree: 'Ich stimme zu',
  decline: 'Ich stimme nicht zu',
  declineHint:
    'An Ihrem Gerät wurde nichts geändert. Wenn Sie nicht zustimmen, verlassen Sie die Registrierung, und es bleibt, wie es ist.',
  mustAgree:
    'Um weiterzugehen, stimmen Sie jedem Text zu. Wenn Sie das nicht möchten, wählen Sie „Ich stimme nicht zu“.',
  declinedTitle: 'Sie haben die Registrierung verlassen',
  declined:
    'Sie haben nicht zugestimmt; auf Ihrem Gerät wurde nichts installiert und nichts geändert. Sie können später wiederkommen.',

  // ---- profile
  profileTitle: 'Profil laden',
  profileIntro:
    'Ein Profil macht Ihr Gerät bei {organization} bekannt. Alles Weitere kommt danach von selbst.',
  before: 'Bevor Sie beginnen',
  beforePasscode:
    'Richten Sie auf dem Gerät eine Bildschirmsperre ein, falls es keine hat: Ohne sie gibt es anfangs vielleicht keinen Zugang.',
  beforePower: 'Laden Sie es auf oder schließen Sie es an, und bleiben Sie mit dem Netz verbunden.',
  seeTitle: 'Was {organization} sehen und tun kann',
  seeAlways: 'Immer',
  seeAlwaysText:
    'Modell, Seriennummer, Version des Systems, ob ein Code eingerichtet ist, was die Firma installiert hat.',
  seeSometimes: 'Auf Geräten, die {organization} gehören',
  seeSometimesText:
    'Welche Apps installiert sind; wo das Gerät ist, wenn es als verloren gemeldet wurde; Zurücksetzen in den Werkszustand.',
  seeNever: 'Nie',
  seeNeverText: 'Ihre Nachrichten und E-Mails, Fotos, Anrufe, Kennwörter und die Seiten, die Sie besuchen.',
  download: 'Profil laden',
  downloadAgain: 'Noch einmal laden',
  downloadHint:
    'Ihr Gerät fragt, ob es den Download erlauben soll. Erlauben Sie ihn und kommen Sie auf diese Seite zurück.',
  wrongBrowserTitle: 'Öffnen Sie diese Seite in Safari',
  wrongBrowser:
    'Nur Safari kann ein Profil an die Einstellungen übergeben. Kopieren Sie die Adresse, öffnen Sie sie in Safari und geben Sie dort Ihr Einmalkennwort ein.',
  wrongBrowserAnyway: 'Trotzdem hier weiter',
  notReady:
    '{organization} kann Geräte dieser Art noch nicht registrieren: Das Push-Zertifikat von Apple fehlt oder ist abgelaufen. Fragen Sie die Gerätebetreuung; geladen wurde nichts.',
  orAgent: 'Stattdessen mit dem Agenten registrieren',

  // ---- install
  installTitle: 'Profil installieren',
  installIntro:
    'Das Profil ist auf Ihrem Gerät. Es muss innerhalb von 8 Minuten installiert werden, sonst verwirft das Gerät es.',
  'install.ios.1': 'Öffnen Sie „Einstellungen“.',
  'install.ios.2':
    'Tippen Sie weit oben auf „Profil geladen“. Fehlt das: „Allgemein“, dann „VPN & Geräteverwaltung“.',
  'install.ios.3':
    'Tippen Sie auf „Installieren“, geben Sie den Code des Geräts ein und beantworten Sie die Fragen bis zum Ende.',
  'install.ios.4': 'Kommen Sie hierher zurück. Diese Seite geht von selbst weiter.',
  'install.macos.1': 'Öffnen Sie „Systemeinstellungen“.',
  'install.macos.2':
    'Wählen Sie „Allgemein“, dann „Geräteverwaltung“. Auf älteren Systemen: „Datenschutz & Sicherheit“, dann „Profile“.',
  'install.macos.3':
    'Öffnen Sie das Profil mit einem Doppelklick, wählen Sie „Registrieren“ oder „Installieren“ und geben Sie Ihr Kennwort ein.',
  'install.macos.4': 'Kommen Sie hierher zurück. Diese Seite geht von selbst weiter.',
  'picture.settings': 'Einstellungen',
  'picture.system-settings': 'Systemeinstellungen',
  'picture.profile-downloaded': 'Profil geladen',
  'picture.general': 'Allgemein',
  'picture.device-management': 'Geräteverwaltung',
  'picture.install': 'Installieren',
  'picture.enrol': 'Registrieren …',
  'picture.airplane': 'Flugmodus',
  'picture.wifi': 'WLAN',
  'picture.profile': 'Registrierungsprofil',
  pictureOf: 'Bild: {what}',
  clock: 'Der Download bleibt noch',
  clockOver: 'Der Download wurde verworfen. Laden Sie ihn noch einmal; sonst ist nichts verloren.',
  waiting: 'Warten auf Ihr Gerät …',
  waitingHint: 'Das dauert wenige Sekunden, nachdem das Profil installiert ist.',
  downloadProblem: 'Kein Profil da?',

  // ---- agent
  agentPageTitle: 'Diesen Computer registrieren',
  agentIntro:
    'Computer werden mit dem Gatehouse-Agenten registriert. Installieren Sie ihn, öffnen Sie ein Terminal und geben Sie ein:',
  agentPassword: 'Geben Sie das Einmalkennwort aus Ihrer Einladung ein, wenn danach gefragt wird.',

  // ---- progress
  progressTitle: 'Gleich fertig',
  progressProfile: 'Profil installiert',
  progressAgent: 'Programm installiert',
  progressAnswered: 'Ihr Gerät hat geantwortet',
  progressSettings: 'Einstellungen kommen an: {on} von {total}',
  progressSettingsDone: 'Einstellungen sind angekommen',
  progressAccess: 'Das Netz lässt Sie ein',
  progressAccessWaiting: 'Das Netz wartet noch',
  progressWaitsFor: 'Es fehlt noch von Ihnen:',
  progressByItself: 'Lassen Sie diese Seite offen. Sie geht von selbst weiter.',
  progressContinue: '„Weiter“ erscheint hier, sobald das Netz Sie einlässt.',
  finished: 'erledigt',
  unfinished: 'steht noch aus',

  // ---- done and over
  doneTitle: 'Ihr Gerät ist registriert',
  done: 'Es ist jetzt bei {organization} bekannt. Einstellungen, Apps und der Zugang zum Netz kommen in den nächsten Minuten von selbst.',
  doneHint: 'Sie können diese Seite schließen.',
  doneNow: 'Das geht jetzt: das Netz und alles, was {organization} auf dem Gerät eingerichtet hat.',
  doneContinue: 'Weiter',
  doneContinueHint:
    'Verbindet Sie mit dem Netz. Wenn nichts geschieht, schalten Sie WLAN einmal aus und ein.',
  continued:
    'Das Netz weiß Bescheid. Gleich sind Sie verbunden; wenn nicht, schalten Sie WLAN einmal aus und ein.',
  usedTitle: 'Dieses Einmalkennwort wurde benutzt',
  used: 'Damit wurde ein Gerät registriert. Wenn Sie das waren, ist nichts zu tun; wenn nicht, sagen Sie es der Gerätebetreuung.',
  blockedTitle: 'Dieses Gerät hat keinen Zugang',
  blocked:
    'Es ist registriert, und die Gerätebetreuung von {organization} hat ihm den Zugang genommen. Wenden Sie sich an sie; diese Seite kann das nicht ändern.',
  overTitle: 'Diese Registrierung ist zu Ende',
  over: 'Sie wurde benutzt, abgebrochen oder ist abgelaufen. Bitten Sie um ein neues Einmalkennwort; das dauert eine Minute.',

  // ---- password
  passwordTitle: 'Kennwort wählen',
  passwordIntro: 'Damit können Sie sich hier anmelden, um Ihre Geräte zu registrieren.',
  linkCode: 'Der Teil Ihres Links nach dem #',
  linkCodeHint: 'Er beginnt mit gth_usr_. Wenn Sie den Link öffnen, wird er von selbst eingesetzt.',
  newPassword: 'Neues Kennwort',
  newPasswordRule:
    'Mindestens {length} Zeichen. Es zählt die Länge, nicht die Sonderzeichen: Einige Wörter sind gut.',
  repeatPassword: 'Dasselbe Kennwort noch einmal',
  setPassword: 'Kennwort festlegen',
  passwordsDiffer: 'Die beiden Kennwörter sind verschieden.',
  passwordSetTitle: 'Ihr Kennwort ist festgelegt',
  passwordSet: 'Sie können jetzt ein Gerät registrieren oder diese Seite schließen.',

  // ---- refusals
  'refusal.code-mistyped':
    'Das ist kein Einmalkennwort: Ein Buchstabe oder eine Ziffer ist falsch oder fehlt. Vergleichen Sie mit Ihrer Einladung.',
  'refusal.enrollment-refused':
    'Dieses Einmalkennwort gilt hier nicht. Vielleicht wurde es benutzt, zurückgezogen oder ist abgelaufen; bitten Sie um ein neues.',
  'refusal.user-disabled':
    'Ihr Konto bei {organization} ist nicht aktiv. Wenden Sie sich an die Gerätebetreuung.',
  'refusal.sign-in-refused': 'Der Name oder das Kennwort ist falsch.',
  'refusal.mail-sign-in-refused':
    'Damit kann sich niemand anmelden: Die Adresse oder das Kennwort ist falsch, oder {organization} kennt das Postfach nicht. Mit einem Einmalkennwort geht es ohne.',
  'refusal.mail-sign-in-off': 'Bei {organization} meldet sich niemand mit dem Postfach an.',
  'refusal.mail-server-away':
    'Ihr Mailserver konnte nicht gefragt werden, das Kennwort ist daher ungeprüft. Versuchen Sie es gleich noch einmal oder benutzen Sie ein Einmalkennwort.',
  'refusal.too-many-requests':
    'Zu viele Versuche. Warten Sie eine Minute oder benutzen Sie ein Einmalkennwort.',
  'refusal.unavailable': 'Der Server ist gerade beschäftigt. Versuchen Sie es gleich noch einmal.',
  'refusal.profile-gone':
    'Dieser Download ist verbraucht: Jeder gilt einmal, zehn Minuten lang. Wählen Sie „Noch einmal laden“; sonst ist nichts verloren.',
  'refusal.enrollment-used':
    'Diese Registrierung wurde für ein anderes Gerät benutzt oder ist zu Ende. Bitten Sie um ein neues Einmalkennwort.',
  'refusal.too-many-offers': 'Das Profil wurde zu oft geladen. Bitten Sie um ein neues Einmalkennwort.',
  'refusal.too-many-codes':
    'Sie haben zu viele angefangene Registrierungen. Beenden Sie eine oder bitten Sie um Hilfe.',
  'refusal.too-many-devices':
    'Sie haben so viele Geräte, wie eine Person haben darf. Bitten Sie darum, ein altes zu entfernen.',
  'refusal.password-link-invalid':
    'Dieser Link gilt nicht mehr: Er wurde benutzt, ersetzt oder ist abgelaufen. Bitten Sie um einen neuen.',
  'refusal.form-expired':
    'Diese Seite war zu lange offen, oder Ihr Browser nimmt keine Cookies an. Versuchen Sie es noch einmal.',
  'refusal.not-yet': 'Das Netz würde Sie noch nicht einlassen. Diese Seite sagt, worauf es wartet.',
  'refusal.other-step': 'Dieser Schritt ist schon getan. Hier geht es weiter.',
  'refusal.not-found': 'An dieser Adresse ist nichts.',
  'refusal.other':
    'Das hat nicht geklappt. Versuchen Sie es noch einmal oder fragen Sie die Gerätebetreuung.',
};
