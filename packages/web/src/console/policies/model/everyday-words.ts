/**
 * Words of one meaning, English and German, as people say them: whoever looks for one finds what is called by another. Keys of
 * Apple's schema have English names only.
 */
const meanings: readonly (readonly string[])[] = [
  ['camera', 'kamera', 'photo', 'foto', 'fotografieren'],
  ['screenshot', 'screen capture', 'bildschirmfoto', 'screen shot', 'bildschirmaufnahme', 'screen recording'],
  ['passcode', 'password', 'pin', 'gerätecode', 'kennwort', 'passwort', 'code'],
  ['length', 'länge', 'mindestlänge', 'characters', 'zeichen', 'stellen'],
  ['lock screen', 'sperrbildschirm', 'locked', 'gesperrt'],
  [
    'auto lock',
    'inactivity',
    'idle',
    'bildschirmsperre',
    'leerlauf',
    'untätigkeit',
    'screen saver',
    'bildschirmschoner',
  ],
  ['encryption', 'verschlüsselung', 'filevault', 'encrypt', 'verschlüsseln'],
  ['backup', 'sicherung', 'datensicherung'],
  ['cloud', 'icloud'],
  ['wifi', 'wi-fi', 'wlan', 'wireless', 'ssid', 'funknetz', 'netzwerk'],
  ['vpn', 'tunnel'],
  ['network', 'netz', 'netzwerk', 'ethernet'],
  ['certificate', 'zertifikat', 'identity', 'identität', 'pki'],
  ['mail', 'email', 'e-mail', 'post'],
  ['calendar', 'kalender', 'termine', 'caldav'],
  ['contacts', 'kontakte', 'adressbuch', 'carddav'],
  ['account', 'konto', 'konten', 'accounts'],
  ['browser', 'safari', 'web', 'internet', 'surfen'],
  ['bookmark', 'lesezeichen', 'web clip', 'webclip', 'favorit'],
  ['app store', 'shop', 'laden', 'appstore'],
  ['install', 'installation', 'installieren'],
  ['remove', 'removal', 'delete', 'entfernen', 'löschen', 'uninstall', 'deinstallieren'],
  ['erase', 'reset', 'zurücksetzen', 'werkseinstellungen', 'wipe'],
  ['assistant', 'siri', 'sprachassistent', 'dictation', 'diktat', 'diktieren'],
  ['airdrop', 'share', 'sharing', 'teilen', 'freigabe'],
  ['print', 'printer', 'printing', 'drucken', 'drucker', 'airprint'],
  ['notification', 'mitteilung', 'benachrichtigung', 'notifications'],
  ['update', 'software update', 'aktualisierung', 'betriebssystem', 'os version'],
  ['location', 'standort', 'ortung', 'position', 'gps'],
  ['keyboard', 'tastatur', 'autocorrect', 'autokorrektur'],
  ['desktop', 'schreibtisch', 'wallpaper', 'hintergrundbild', 'bildschirmhintergrund'],
  ['firewall', 'brandmauer'],
  ['proxy', 'stellvertreter'],
  ['font', 'schrift', 'schriftart'],
  ['bluetooth', 'funk'],
  ['roaming', 'ausland'],
  ['cellular', 'mobile data', 'mobilfunk', 'mobile daten', 'apn', 'sim'],
  ['fingerprint', 'touch id', 'face id', 'biometric', 'fingerabdruck', 'gesichtserkennung'],
  ['game', 'games', 'spiele', 'game center'],
  ['music', 'musik', 'itunes', 'film', 'films', 'movies', 'filme'],
  ['age', 'rating', 'alter', 'altersfreigabe', 'jugendschutz', 'parental', 'kindersicherung'],
  ['privacy', 'datenschutz', 'tcc', 'telemetry', 'diagnostic', 'diagnose'],
  ['permission', 'berechtigung', 'access', 'zugriff', 'rights', 'rechte'],
  ['usb', 'cable', 'kabel', 'pairing', 'koppeln', 'external', 'extern'],
  ['login', 'sign in', 'sign-in', 'anmelden', 'anmeldung', 'log in', 'sso'],
  ['user', 'benutzer', 'username', 'benutzername'],
  ['time', 'zeit', 'uhrzeit', 'date', 'datum', 'clock'],
  ['language', 'sprache', 'locale', 'region'],
  ['dock', 'menu bar', 'menüleiste'],
  ['smart card', 'smartcard', 'chipkarte'],
  ['message', 'nachricht', 'imessage', 'sms', 'chat'],
  ['video call', 'videoanruf', 'facetime', 'video conferencing', 'videotelefonie'],
  ['document', 'dokument', 'file', 'datei', 'dateien', 'open in'],
  ['dns', 'namensauflösung'],
  ['filter', 'web filter', 'webfilter', 'content filter', 'inhaltsfilter'],
  ['energy', 'energie', 'sleep', 'ruhezustand', 'battery', 'akku'],
  ['accessibility', 'bedienungshilfen', 'voiceover', 'zoom'],
  ['kiosk', 'single app', 'einzel-app', 'app lock'],
  ['home screen', 'home-bildschirm', 'layout', 'anordnung'],
  ['script', 'skript', 'login script'],
  ['extension', 'erweiterung', 'kernel', 'plugin', 'plug-in'],
];

/** Case, diacritics and typographic signs make no difference. */
export function plainWords(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const normalized = meanings.map((words) => words.map(plainWords));

/** Shorter beginnings mean too many things. */
const shortestBeginning = 4;

/** The same word, and others that mean it; a word that is being typed counts from its fourth letter. */
export function wordsLike(word: string): readonly string[] {
  const found = normalized.filter((words) =>
    words.some((each) => each === word || (word.length >= shortestBeginning && each.startsWith(word))),
  );
  return [...new Set([word, ...found.flat()])];
}
