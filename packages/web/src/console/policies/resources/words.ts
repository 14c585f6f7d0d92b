/** What kinds of resources and their fields are called. The server has their names for programs and its sentences in English. */
import type { Language } from '../../../language/texts.ts';

type Words = readonly [en: string, de: string];

const kinds: Readonly<Record<string, readonly [en: string, de: string, enText: string, deText: string]>> = {
  wifi: [
    'Wi-Fi network',
    'WLAN',
    'A wireless network that devices join',
    'Ein Funknetz, dem Geräte beitreten',
  ],
  vpn: ['VPN', 'VPN', 'A tunnel into the organization’s network', 'Ein Tunnel in das Netz der Organisation'],
  cellular: [
    'Mobile data',
    'Mobile Daten',
    'The access point of mobile data',
    'Der Zugangspunkt für mobile Daten',
  ],
  'global-http-proxy': [
    'Proxy for everything',
    'Proxy für alles',
    'All web traffic goes through it',
    'Aller Webverkehr geht darüber',
  ],
  exchange: [
    'Exchange account',
    'Exchange-Konto',
    'Mail, calendar and contacts',
    'Mail, Kalender und Kontakte',
  ],
  mail: [
    'Mail account',
    'Mail-Konto',
    'Mail by IMAP or POP, sent by SMTP',
    'Mail über IMAP oder POP, gesendet über SMTP',
  ],
  caldav: [
    'CalDAV calendar',
    'CalDAV-Kalender',
    'Calendars of a CalDAV server',
    'Kalender eines CalDAV-Servers',
  ],
  carddav: [
    'CardDAV contacts',
    'CardDAV-Kontakte',
    'Contacts of a CardDAV server',
    'Kontakte eines CardDAV-Servers',
  ],
  ldap: [
    'LDAP directory',
    'LDAP-Verzeichnis',
    'A directory to look people up in',
    'Ein Verzeichnis, um Personen nachzuschlagen',
  ],
  'subscribed-calendar': [
    'Subscribed calendar',
    'Kalenderabo',
    'A calendar that devices read',
    'Ein Kalender, den Geräte lesen',
  ],
  'web-clip': [
    'Web clip',
    'Webclip',
    'A bookmark on the home screen',
    'Ein Lesezeichen auf dem Home-Bildschirm',
  ],
  'managed-app': [
    'Managed app',
    'Verwaltete App',
    'An app that belongs to the organization',
    'Eine App, die der Organisation gehört',
  ],
  scep: [
    'Certificate by SCEP',
    'Zertifikat über SCEP',
    'The device makes a key and has it certified',
    'Das Gerät erzeugt einen Schlüssel und lässt ihn beglaubigen',
  ],
  certificate: [
    'Trusted certificate',
    'Vertrauenswürdiges Zertifikat',
    'An authority or server that devices trust',
    'Eine Stelle oder ein Server, denen Geräte vertrauen',
  ],
  identity: [
    'Key and certificate',
    'Schlüssel und Zertifikat',
    'One key for every device that gets it (PKCS #12)',
    'Ein Schlüssel für jedes Gerät, das ihn bekommt (PKCS #12)',
  ],
  'provisioning-profile': [
    'Provisioning profile',
    'Bereitstellungsprofil',
    'Lets devices run apps of the organization’s own',
    'Lässt Geräte eigene Apps der Organisation ausführen',
  ],
  'apple-payload': [
    'Apple settings',
    'Apple-Einstellungen',
    'Any payload of Apple’s schema, key by key',
    'Jeder Abschnitt aus Apples Schema, Schlüssel für Schlüssel',
  ],
  'custom-profile': [
    'Profile from a file',
    'Profil aus einer Datei',
    'A ready-made configuration profile',
    'Ein fertiges Konfigurationsprofil',
  ],
  'custom-declaration': [
    'Apple declaration',
    'Apple-Deklaration',
    'Any configuration of declarative management, key by key',
    'Jede Konfiguration der deklarativen Verwaltung, Schlüssel für Schlüssel',
  ],
};

const fields: Readonly<Record<string, Words>> = {
  accessPoint: ['Access point (APN)', 'Zugangspunkt (APN)'],
  address: ['Address', 'Adresse'],
  appStoreId: ['Number in the App Store', 'Nummer im App Store'],
  authentication: ['Sign-in', 'Anmeldung'],
  authority: ['Authority', 'Zertifizierungsstelle'],
  autoJoin: ['Join by itself', 'Von selbst beitreten'],
  backup: ['Data in backups', 'Daten in Sicherungen'],
  bundleId: ['Bundle identifier', 'Bundle-Kennung'],
  captiveLogin: ['Captive portals allowed', 'Anmeldeseiten von Netzen erlaubt'],
  certificate: ['Certificate', 'Zertifikat'],
  challenge: ['Challenge', 'Challenge-Kennwort'],
  configuration: ['Configuration', 'Konfiguration'],
  connection: ['Kind of connection', 'Art der Verbindung'],
  content: ['Keys', 'Schlüssel'],
  daysOfMail: ['Days of mail', 'Tage an Mail'],
  dnsName: ['DNS name', 'DNS-Name'],
  domain: ['Windows domain', 'Windows-Domäne'],
  eapTypes: ['EAP methods', 'EAP-Verfahren'],
  email: ['E-mail address', 'E-Mail-Adresse'],
  emailName: ['E-mail address in it', 'E-Mail-Adresse darin'],
  encrypted: ['Encrypted (TLS)', 'Verschlüsselt (TLS)'],
  everything: ['All traffic', 'Aller Verkehr'],
  extractable: ['Key may leave the device', 'Schlüssel darf das Gerät verlassen'],
  file: ['File', 'Datei'],
  fingerprint: ['Fingerprint of the authority', 'Fingerabdruck der Zertifizierungsstelle'],
  fixedAddress: ['Hardware’s own MAC address', 'Eigene MAC-Adresse der Hardware'],
  fullScreen: ['Like an app', 'Wie eine App'],
  group: ['Group', 'Gruppe'],
  hidden: ['Hidden network', 'Verstecktes Netz'],
  icon: ['Picture', 'Bild'],
  identity: ['Identity', 'Identität'],
  incomingAuthentication: ['Incoming: sign-in', 'Eingang: Anmeldung'],
  incomingEncrypted: ['Incoming: encrypted', 'Eingang: verschlüsselt'],
  incomingPassword: ['Incoming: password', 'Eingang: Kennwort'],
  incomingPort: ['Incoming: port', 'Eingang: Port'],
  incomingServer: ['Incoming: server', 'Eingang: Server'],
  incomingUser: ['Incoming: user', 'Eingang: Benutzer'],
  innerAuthentication: ['Inner authentication', 'Innere Anmeldung'],
  install: ['Installation', 'Installation'],
  keySize: ['Bits of the key', 'Bits des Schlüssels'],
  keyUsage: ['Use of the key', 'Verwendung des Schlüssels'],
  label: ['Label', 'Beschriftung'],
  license: ['Licence', 'Lizenz'],
  localIdentifier: ['Local identifier', 'Lokale Kennung'],
  manifest: ['Manifest', 'Manifest'],
  modernAuthentication: ['Modern sign-in (OAuth)', 'Moderne Anmeldung (OAuth)'],
  name: ['Name on the device', 'Name auf dem Gerät'],
  onDemandAlways: ['Always connect for', 'Immer verbinden für'],
  onDemandIfNeeded: ['Connect if needed for', 'Bei Bedarf verbinden für'],
  onDemandNever: ['Never connect for', 'Nie verbinden für'],
  onDemandProbe: ['Address that answers only inside', 'Adresse, die nur innen antwortet'],
  outerIdentity: ['Outer identity', 'Äußere Identität'],
  outgoingAuthentication: ['Outgoing: sign-in', 'Ausgang: Anmeldung'],
  outgoingEncrypted: ['Outgoing: encrypted', 'Ausgang: verschlüsselt'],
  outgoingPassword: ['Outgoing: password', 'Ausgang: Kennwort'],
  outgoingPort: ['Outgoing: port', 'Ausgang: Port'],
  outgoingServer: ['Outgoing: server', 'Ausgang: Server'],
  outgoingUser: ['Outgoing: user', 'Ausgang: Benutzer'],
  password: ['Password', 'Kennwort'],
  path: ['Path', 'Pfad'],
  payload: ['Keys', 'Schlüssel'],
  port: ['Port', 'Port'],
  preventMove: ['Messages stay in the account', 'Nachrichten bleiben im Konto'],
  principalName: ['Windows user in it', 'Windows-Benutzer darin'],
  protocol: ['Protocol', 'Protokoll'],
  proxyAddress: ['Proxy configuration (PAC)', 'Proxy-Konfiguration (PAC)'],
  proxyMode: ['Proxy', 'Proxy'],
  proxyPassword: ['Proxy: password', 'Proxy: Kennwort'],
  proxyPort: ['Proxy: port', 'Proxy: Port'],
  proxyServer: ['Proxy: server', 'Proxy: Server'],
  proxyUser: ['Proxy: user', 'Proxy: Benutzer'],
  realm: ['Realm', 'Anmeldebereich'],
  remoteIdentifier: ['Remote identifier', 'Kennung der Gegenstelle'],
  removable: ['May be removed', 'Darf entfernt werden'],
  removeAtWipe: ['Goes at a selective wipe', 'Wird mit Firmendaten entfernt'],
  searchBase: ['Search base', 'Suchbasis'],
  searchName: ['Name of the search', 'Name der Suche'],
  searchScope: ['Search depth', 'Suchtiefe'],
  secretConfiguration: ['Secret configuration', 'Geheime Konfiguration'],
  secretContent: ['Secret keys', 'Geheime Schlüssel'],
  security: ['Security', 'Sicherheit'],
  senderName: ['Sender’s name', 'Name des Absenders'],
  server: ['Server', 'Server'],
  sharedSecret: ['Shared secret', 'Gemeinsames Geheimnis'],
  source: ['Source', 'Quelle'],
  ssid: ['Network name (SSID)', 'Netzname (SSID)'],
  subject: ['Subject', 'Subjekt'],
  trustedCertificates: ['Trusted certificates', 'Vertrauenswürdige Zertifikate'],
  trustedServerNames: ['Names of trusted servers', 'Namen vertrauenswürdiger Server'],
  type: ['Type', 'Typ'],
  user: ['User', 'Benutzer'],
  userPassword: ['User’s password', 'Kennwort des Benutzers'],
  variables: ['Variables in it', 'Variablen darin'],
};

const place = (language: Language): 0 | 1 => (language === 'de' ? 1 : 0);

export function kindTitle(kind: string, language: Language): string {
  return kinds[kind]?.[place(language)] ?? kind;
}

export function kindText(kind: string, language: Language): string {
  const row = kinds[kind];
  return row === undefined ? '' : language === 'de' ? row[3] : row[2];
}

/** German has titles; the server’s English sentences would stand among them like strangers. */
export function fieldWords(
  name: string,
  language: Language,
): { readonly title?: string; readonly help?: string } {
  const title = fields[name]?.[place(language)];
  return { ...(title === undefined ? {} : { title }), ...(language === 'de' ? { help: '' } : {}) };
}
