/**
 * Every fact in the words of the person whom it concerns: the area it belongs to and what it is, for the privacy ledger. The
 * compiler holds it complete: a fact that nobody explains to people cannot be collected.
 */
import type { FactName } from '../facts/catalogue.ts';
import type { Language } from '../languages.ts';

export const factAreas = ['identity', 'software', 'security', 'network', 'location', 'mail'] as const;
export type FactArea = (typeof factAreas)[number];

const areaWords: Readonly<Record<FactArea, Readonly<Record<Language, string>>>> = {
  identity: { en: 'The device itself', de: 'Das Gerät selbst' },
  software: { en: 'Software and apps', de: 'Software und Apps' },
  security: { en: 'Security', de: 'Sicherheit' },
  network: { en: 'Network and mobile service', de: 'Netz und Mobilfunk' },
  location: { en: 'Location', de: 'Standort' },
  mail: { en: 'Mail', de: 'E-Mail' },
};

type Words = readonly [area: FactArea, en: string, de: string];

const words: Readonly<Record<FactName, Words>> = {
  'device.manufacturer': ['identity', 'Who made the device', 'Hersteller des Geräts'],
  'device.model': ['identity', 'Model', 'Modell'],
  'device.product': [
    'identity',
    'Model as its maker’s software names it',
    'Modell, wie es die Software des Herstellers nennt',
  ],
  'device.serial-number': ['identity', 'Serial number', 'Seriennummer'],
  'device.hardware-uuid': ['identity', 'Number of the main board', 'Kennung der Hauptplatine'],
  'device.host-name': ['identity', 'Name of the device in the network', 'Name des Geräts im Netz'],
  'device.virtual-machine': [
    'identity',
    'Whether it is a virtual machine',
    'Ob es eine virtuelle Maschine ist',
  ],
  'device.imei': ['identity', 'Number of the mobile modem (IMEI)', 'Nummer des Mobilfunkmodems (IMEI)'],
  'device.meid': ['identity', 'Number of the mobile modem (MEID)', 'Nummer des Mobilfunkmodems (MEID)'],
  'device.udid': ['identity', 'Device number of its maker (UDID)', 'Gerätekennung des Herstellers (UDID)'],
  'device.phone-number': ['identity', 'Telephone number', 'Telefonnummer'],
  'os.family': ['software', 'Kind of operating system', 'Art des Betriebssystems'],
  'os.name': ['software', 'Operating system', 'Betriebssystem'],
  'os.version': ['software', 'Version of the operating system', 'Version des Betriebssystems'],
  'os.build': ['software', 'Build of the operating system', 'Ausgabestand des Betriebssystems'],
  'os.security-response': [
    'software',
    'Urgent security update on top of it',
    'Zusätzliche dringende Sicherheitsaktualisierung',
  ],
  'os.update-state': ['software', 'How far an update has come', 'Stand einer laufenden Aktualisierung'],
  'os.update-version': [
    'software',
    'Version that an update leads to',
    'Version, zu der eine Aktualisierung führt',
  ],
  'os.update-failure': [
    'software',
    'Why the last update failed',
    'Warum die letzte Aktualisierung fehlschlug',
  ],
  'os.kernel': ['software', 'Version of the system’s kernel', 'Version des Systemkerns'],
  'hardware.cpu': ['identity', 'Processor', 'Prozessor'],
  'hardware.cpu-count': ['identity', 'Number of processor cores', 'Zahl der Prozessorkerne'],
  'hardware.memory-bytes': ['identity', 'Memory', 'Arbeitsspeicher'],
  'hardware.storage-bytes': ['identity', 'Storage', 'Speicherplatz'],
  'hardware.storage-free-bytes': ['identity', 'Free storage', 'Freier Speicherplatz'],
  'cellular.carrier': ['network', 'Mobile network in use', 'Genutztes Mobilfunknetz'],
  'cellular.data-used-bytes': [
    'network',
    'Mobile data used in this period',
    'In diesem Zeitraum genutzte mobile Daten',
  ],
  'cellular.data-limit-bytes': ['network', 'Mobile data in the plan', 'Datenvolumen des Tarifs'],
  'sim.id': ['network', 'Number of the SIM card', 'Nummer der SIM-Karte'],
  'location.latitude': ['location', 'Where the device is: latitude', 'Wo das Gerät ist: Breitengrad'],
  'location.longitude': ['location', 'Where the device is: longitude', 'Wo das Gerät ist: Längengrad'],
  'location.accuracy-meters': ['location', 'How exact that position is', 'Wie genau diese Position ist'],
  'device.mail-id': [
    'mail',
    'Name under which the mail app shows itself',
    'Kennung, mit der sich die Mail-App meldet',
  ],
  'activesync.authorized': ['mail', 'Whether the device may fetch mail', 'Ob das Gerät E-Mail abrufen darf'],
  'activesync.last-seen': ['mail', 'When it last fetched mail', 'Wann es zuletzt E-Mail abgerufen hat'],
  'accounts.administrator-id': [
    'identity',
    'Administrator account made at set-up',
    'Bei der Einrichtung angelegtes Administratorkonto',
  ],
  'battery.present': ['identity', 'Whether it has a battery', 'Ob es einen Akku hat'],
  'battery.level-percent': ['identity', 'Charge of the battery', 'Ladestand des Akkus'],
  'battery.charging': ['identity', 'Whether the battery is charging', 'Ob der Akku geladen wird'],
  'battery.health': ['identity', 'Condition of the battery', 'Zustand des Akkus'],
  'network.interfaces': [
    'network',
    'Network adapters and their addresses',
    'Netzwerkanschlüsse und ihre Adressen',
  ],
  'network.wifi-ssid': ['network', 'Name of the Wi-Fi network in use', 'Name des genutzten WLANs'],
  'agent.version': ['software', 'Version of the company app', 'Version der Firmen-App'],
  'agent.boot-id': ['identity', 'Marker of the last restart', 'Kennzeichen des letzten Neustarts'],
  'storage.encrypted': ['security', 'Whether the storage is encrypted', 'Ob der Speicher verschlüsselt ist'],
  'storage.volumes': ['security', 'Drives and how each is encrypted', 'Laufwerke und ihre Verschlüsselung'],
  'storage.swap-encrypted': [
    'security',
    'Whether memory kept on disk is encrypted',
    'Ob ausgelagerter Speicher verschlüsselt ist',
  ],
  'passcode.set': [
    'security',
    'Whether a screen lock is set; never the code itself',
    'Ob eine Bildschirmsperre eingerichtet ist; nie der Code selbst',
  ],
  'passcode.accounts-without-password': [
    'security',
    'How many accounts have no password',
    'Wie viele Konten kein Kennwort haben',
  ],
  'passcode.minimum-length': [
    'security',
    'Shortest code that the device accepts',
    'Kürzester Code, den das Gerät annimmt',
  ],
  'passcode.minimum-classes': [
    'security',
    'How varied a code must be',
    'Wie abwechslungsreich ein Code sein muss',
  ],
  'passcode.maximum-age-days': ['security', 'When a code has to be changed', 'Wann ein Code zu ändern ist'],
  'passcode.history': ['security', 'How many old codes are refused', 'Wie viele alte Codes abgelehnt werden'],
  'passcode.compliant': [
    'security',
    'Whether the code is good enough for the device',
    'Ob der Code dem Gerät genügt',
  ],
  'passcode.compliant-with-profiles': [
    'security',
    'Whether the code is good enough for company settings',
    'Ob der Code den Firmeneinstellungen genügt',
  ],
  'screen-lock.enabled': [
    'security',
    'Whether the screen locks by itself',
    'Ob sich der Bildschirm selbst sperrt',
  ],
  'screen-lock.timeout-seconds': [
    'security',
    'After what time the screen locks',
    'Nach welcher Zeit sich der Bildschirm sperrt',
  ],
  'integrity.compromised': [
    'security',
    'Whether the system was tampered with',
    'Ob das System manipuliert wurde',
  ],
  'integrity.signs': ['security', 'What points to tampering', 'Was auf Manipulation hindeutet'],
  'security.secure-boot': [
    'security',
    'Whether only signed systems start',
    'Ob nur signierte Systeme starten',
  ],
  'security.secure-boot-level': [
    'security',
    'How strictly the start is checked',
    'Wie streng der Start geprüft wird',
  ],
  'security.system-integrity': [
    'security',
    'Whether system files are protected',
    'Ob Systemdateien geschützt sind',
  ],
  'security.sealed-system-volume': [
    'security',
    'Whether the system drive is sealed',
    'Ob das Systemlaufwerk versiegelt ist',
  ],
  'security.recovery-lock': [
    'security',
    'Whether recovery asks for a password',
    'Ob die Wiederherstellung ein Kennwort verlangt',
  ],
  'security.remote-desktop': [
    'security',
    'Whether the screen can be shared from afar',
    'Ob der Bildschirm aus der Ferne bedient werden kann',
  ],
  'firewall.enabled': ['security', 'Whether the firewall is on', 'Ob die Firewall eingeschaltet ist'],
  'firewall.stealth': [
    'security',
    'Whether the firewall stays silent to strangers',
    'Ob die Firewall Fremden nicht antwortet',
  ],
  'firewall.blocks-incoming': [
    'security',
    'Whether connections from outside are refused',
    'Ob Verbindungen von außen abgelehnt werden',
  ],
  'storage.recovery-key': [
    'security',
    'Whether a recovery key exists',
    'Ob es einen Wiederherstellungsschlüssel gibt',
  ],
  'management.supervised': [
    'identity',
    'Whether the organization supervises it',
    'Ob die Organisation es betreut (Supervision)',
  ],
  'management.automated-enrollment': [
    'identity',
    'Whether it registered itself at first start',
    'Ob es sich beim ersten Start selbst registriert hat',
  ],
  'management.user-approved': [
    'identity',
    'Whether you approved the management',
    'Ob Sie der Verwaltung zugestimmt haben',
  ],
  'management.user-enrollment': [
    'identity',
    'Whether only company data is managed',
    'Ob nur Firmendaten verwaltet werden',
  ],
  'management.lost-mode': ['location', 'Whether it is marked as lost', 'Ob es als verloren gemeldet ist'],
  'management.activation-lock': [
    'security',
    'Whether only your account can set it up again',
    'Ob nur Ihr Konto es neu einrichten kann',
  ],
  'management.find-my': [
    'location',
    'Whether you can find it with its maker’s service',
    'Ob Sie es mit dem Dienst des Herstellers finden können',
  ],
  'management.awaiting-configuration': ['identity', 'Whether set-up is waiting', 'Ob die Einrichtung wartet'],
  'backup.cloud': [
    'software',
    'Whether it backs up to its maker’s cloud',
    'Ob es in die Cloud des Herstellers sichert',
  ],
  'roaming.active': [
    'network',
    'Whether it is in a foreign mobile network',
    'Ob es in einem fremden Mobilfunknetz ist',
  ],
  'sim.status': ['network', 'State of the SIM card', 'Zustand der SIM-Karte'],
  'roaming.data': ['network', 'Whether data roaming is on', 'Ob Datenroaming eingeschaltet ist'],
  'profiles.pending': ['software', 'Company settings that wait', 'Wartende Firmeneinstellungen'],
  'location.services': [
    'location',
    'Whether location services are on',
    'Ob Ortungsdienste eingeschaltet sind',
  ],
  'profiles.installed': ['software', 'Installed settings profiles', 'Installierte Einstellungsprofile'],
  'provisioning-profiles.installed': [
    'software',
    'Permissions for the organization’s own apps',
    'Berechtigungen für eigene Apps der Organisation',
  ],
  'apps.managed': [
    'software',
    'Apps that the organization installed',
    'Von der Organisation installierte Apps',
  ],
  'apps.installed': ['software', 'All installed apps', 'Alle installierten Apps'],
  'certificates.installed': ['security', 'Installed certificates', 'Installierte Zertifikate'],
};

export interface FactWords {
  readonly area: FactArea;
  readonly text: string;
}

export function factWords(fact: FactName, language: Language): FactWords {
  const [area, en, de] = words[fact];
  return { area, text: { en, de }[language] };
}

export function factAreaWords(area: FactArea, language: Language): string {
  return areaWords[area][language];
}
