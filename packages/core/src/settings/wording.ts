/**
 * What settings are called, what they do and which everyday words they are looked for by, for people in each language. The
 * English sentence is the catalogue's own.
 */
import type { Language } from '../languages.ts';
import { type SettingName, settingDefinition } from './catalogue.ts';

export interface SettingWords {
  readonly title: string;
  /** One sentence: what it does. */
  readonly help: string;
  /** Other words that people look for, with spaces between. */
  readonly words: string;
}

/** English: title and words; German: title, sentence and words. */
interface Row {
  readonly en: readonly [title: string, words: string];
  readonly de: readonly [title: string, help: string, words: string];
}

const wording = {
  'passcode.required': {
    en: ['Passcode required', 'pin code password lock forcePIN'],
    de: [
      'Gerätecode erforderlich',
      'Wer sich am Gerät anmelden kann, hat einen Gerätecode.',
      'PIN Kennwort Passwort Sperrcode Entsperrcode',
    ],
  },
  'passcode.minimum-length': {
    en: ['Shortest passcode', 'pin length minimum characters digits minLength'],
    de: [
      'Mindestlänge des Gerätecodes',
      'Kürzere Gerätecodes werden nicht angenommen.',
      'PIN Kennwort Passwort Länge Zeichen Stellen',
    ],
  },
  'passcode.minimum-classes': {
    en: [
      'Kinds of characters in the passcode',
      'complex complexity strong alphanumeric letters digits symbols minComplexChars',
    ],
    de: [
      'Zeichenarten im Gerätecode',
      'So viele der Arten Kleinbuchstaben, Großbuchstaben, Ziffern und Zeichen muss ein Gerätecode enthalten.',
      'PIN Kennwort Passwort komplex Komplexität stark Buchstaben Sonderzeichen',
    ],
  },
  'passcode.maximum-age-days': {
    en: ['Passcode is renewed after', 'expiry expires rotate change age maxPINAgeInDays'],
    de: [
      'Gerätecode wird erneuert nach',
      'Nach so vielen Tagen wird ein neuer Gerätecode verlangt.',
      'PIN Kennwort Passwort Ablauf läuft ab Alter wechseln',
    ],
  },
  'passcode.history': {
    en: ['Earlier passcodes refused', 'reuse history previous pinHistory'],
    de: [
      'Frühere Gerätecodes abgelehnt',
      'So viele frühere Gerätecodes dürfen nicht wieder genommen werden.',
      'PIN Kennwort Passwort Verlauf Wiederverwendung',
    ],
  },
  'passcode.grace-minutes': {
    en: ['Time to set a passcode', 'grace delay pin password'],
    de: [
      'Frist für den Gerätecode',
      'So lange darf ein Gerät ohne ordentlichen Gerätecode oder Bildschirmsperre bleiben; Zugänge sind inzwischen nicht offen.',
      'PIN Kennwort Passwort Aufschub',
    ],
  },
  'screen-lock.required': {
    en: ['Screen locks by itself', 'auto lock screensaver idle'],
    de: [
      'Bildschirm sperrt sich selbst',
      'Der Bildschirm sperrt sich nach einiger Zeit von selbst.',
      'Bildschirmsperre Bildschirmschoner automatisch sperren',
    ],
  },
  'screen-lock.maximum-inactivity-seconds': {
    en: ['Screen locks after at most', 'auto lock idle timeout inactivity screensaver maxInactivity'],
    de: [
      'Bildschirm sperrt spätestens nach',
      'Länger darf niemand untätig sein, bevor sich der Bildschirm sperrt; ein Gerät darf es früher tun.',
      'Bildschirmsperre Leerlauf Untätigkeit Zeit Bildschirmschoner',
    ],
  },
  'encryption.required': {
    en: ['Storage encrypted', 'disk encryption filevault bitlocker luks'],
    de: [
      'Speicher verschlüsselt',
      'Speicher mit Daten von Benutzern ist verschlüsselt.',
      'Verschlüsselung Festplatte FileVault BitLocker LUKS',
    ],
  },
  'encryption.grace-minutes': {
    en: ['Time to encrypt', 'grace delay disk encryption filevault'],
    de: [
      'Frist für die Verschlüsselung',
      'So lange darf ein Gerät unverschlüsselt in Quarantäne bleiben, bevor seine Zugänge schließen.',
      'Verschlüsselung Festplatte Aufschub',
    ],
  },
  'os.minimum-version.linux': {
    en: ['Oldest Linux version', 'operating system update minimum distribution'],
    de: [
      'Älteste Linux-Version',
      'Ältere Versionen der Linux-Distribution sind nicht zulässig.',
      'Betriebssystem Aktualisierung Update Mindestversion',
    ],
  },
  'os.minimum-version.macos': {
    en: ['Oldest macOS version', 'operating system update minimum mac'],
    de: [
      'Älteste macOS-Version',
      'Ältere Versionen von macOS sind nicht zulässig; Macs werden zur Aktualisierung aufgefordert.',
      'Betriebssystem Aktualisierung Update Mindestversion Mac',
    ],
  },
  'os.minimum-version.ios': {
    en: ['Oldest iOS version', 'operating system update minimum iphone ipad'],
    de: [
      'Älteste iOS-Version',
      'Ältere Versionen von iOS sind nicht zulässig; Geräte werden zur Aktualisierung aufgefordert.',
      'Betriebssystem Aktualisierung Update Mindestversion iPhone iPad',
    ],
  },
  'os.minimum-version.android': {
    en: ['Oldest Android version', 'operating system update minimum'],
    de: [
      'Älteste Android-Version',
      'Ältere Versionen von Android sind nicht zulässig.',
      'Betriebssystem Aktualisierung Update Mindestversion',
    ],
  },
  'os.minimum-version.windows': {
    en: ['Oldest Windows version', 'operating system update minimum'],
    de: [
      'Älteste Windows-Version',
      'Ältere Versionen von Windows sind nicht zulässig.',
      'Betriebssystem Aktualisierung Update Mindestversion',
    ],
  },
  'os.grace-minutes': {
    en: ['Time to update', 'grace delay operating system'],
    de: [
      'Frist für die Aktualisierung',
      'So lange darf ein Gerät mit älterem Betriebssystem in Quarantäne bleiben, bevor seine Zugänge schließen.',
      'Betriebssystem Update Aufschub',
    ],
  },
  'compromise.forbidden': {
    en: ['No tampered devices', 'jailbreak jailbroken root rooted'],
    de: [
      'Keine manipulierten Geräte',
      'Das Gerät ist nicht manipuliert (Jailbreak, Root).',
      'Jailbreak Root gerootet kompromittiert',
    ],
  },
  'check-in.maximum-age-hours': {
    en: ['Longest time out of contact', 'offline lost silent last seen check-in'],
    de: [
      'Längste Zeit ohne Rückmeldung',
      'So lange darf sich ein Gerät nicht melden.',
      'offline Kontakt zuletzt gesehen Rückmeldung',
    ],
  },
  'facts.maximum-age-hours': {
    en: ['Facts become stale after', 'age old unknown inventory'],
    de: [
      'Angaben veralten nach',
      'Danach gilt eine gemeldete Angabe als unbekannt.',
      'Alter Inventar unbekannt veraltet',
    ],
  },
  'location.collect': {
    en: ['Location may be reported', 'gps position locate map privacy'],
    de: [
      'Standort darf gemeldet werden',
      'Das Gerät darf melden, wo es ist.',
      'GPS Position Ortung Karte Datenschutz',
    ],
  },
  'restrictions.no-camera': {
    en: ['No camera', 'photo picture allowCamera'],
    de: [
      'Keine Kamera',
      'Die Kamera kann nicht benutzt werden, und ihr Symbol verschwindet.',
      'Kamera Foto fotografieren Bild',
    ],
  },
  'restrictions.no-screen-capture': {
    en: ['No screenshots', 'screen capture recording screenshot allowScreenShot'],
    de: [
      'Keine Bildschirmfotos',
      'Weder Bilder noch Aufnahmen des Bildschirms.',
      'Screenshot Bildschirmaufnahme Bildschirmfoto',
    ],
  },
  'restrictions.no-video-calls': {
    en: ['No system video calls', 'facetime conference allowVideoConferencing'],
    de: [
      'Keine Videoanrufe des Systems',
      'Die Videoanrufe des Systems können nicht benutzt werden.',
      'FaceTime Videotelefonie Videoanruf',
    ],
  },
  'restrictions.no-app-installation': {
    en: ['No app installation', 'install apps software allowAppInstallation'],
    de: ['Keine App-Installation', 'Benutzer installieren keine Apps.', 'Apps installieren Software'],
  },
  'restrictions.no-app-removal': {
    en: ['No app removal', 'delete uninstall apps allowAppRemoval'],
    de: ['Kein Entfernen von Apps', 'Benutzer entfernen keine Apps.', 'Apps löschen deinstallieren'],
  },
  'restrictions.no-app-store': {
    en: ['No app store', 'shop app store allowUIAppInstallation'],
    de: [
      'Kein App Store',
      'Der Laden für Apps lässt sich nicht öffnen; die Verwaltung installiert weiterhin.',
      'App-Store Laden Shop',
    ],
  },
  'restrictions.no-unknown-app-sources': {
    en: ['No apps from elsewhere', 'sideload enterprise trust unknown sources allowEnterpriseAppTrust'],
    de: [
      'Keine Apps aus anderen Quellen',
      'Apps kommen nur aus dem Laden und von der Verwaltung.',
      'Sideloading unbekannte Quellen',
    ],
  },
  'restrictions.no-browser': {
    en: ['No system browser', 'safari web allowSafari'],
    de: [
      'Kein Browser des Systems',
      'Der Browser des Systems kann nicht benutzt werden.',
      'Safari Internet surfen',
    ],
  },
  'restrictions.no-media-store': {
    en: ['No media store', 'itunes music films allowiTunes'],
    de: [
      'Kein Laden für Medien',
      'Der Laden für Musik und Filme kann nicht benutzt werden.',
      'iTunes Musik Filme',
    ],
  },
  'restrictions.no-games-service': {
    en: ['No games service', 'game center multiplayer allowGameCenter'],
    de: [
      'Kein Spieledienst',
      'Der Dienst für gemeinsames Spielen kann nicht benutzt werden.',
      'Game Center Spiele spielen',
    ],
  },
  'restrictions.no-assistant': {
    en: ['No voice assistant', 'siri speech allowAssistant'],
    de: ['Kein Sprachassistent', 'Der Sprachassistent kann nicht benutzt werden.', 'Siri Sprache'],
  },
  'restrictions.no-assistant-while-locked': {
    en: ['No voice assistant while locked', 'siri lock screen allowAssistantWhileLocked'],
    de: [
      'Kein Sprachassistent bei gesperrtem Bildschirm',
      'Der Sprachassistent antwortet nicht, solange der Bildschirm gesperrt ist.',
      'Siri Sperrbildschirm',
    ],
  },
  'restrictions.no-nearby-sharing': {
    en: ['No sharing to devices nearby', 'airdrop share allowAirDrop'],
    de: [
      'Kein Teilen mit Geräten in der Nähe',
      'Nichts wird an Geräte in der Nähe gesendet.',
      'AirDrop teilen senden',
    ],
  },
  'restrictions.no-cloud-backup': {
    en: ['No cloud backup', 'icloud backup allowCloudBackup'],
    de: [
      'Keine Sicherung in der Cloud',
      'Das Gerät wird nicht in der Cloud des Herstellers gesichert.',
      'iCloud Backup Datensicherung',
    ],
  },
  'restrictions.no-cloud-documents': {
    en: ['No documents in the cloud', 'icloud drive sync allowCloudDocumentSync'],
    de: [
      'Keine Dokumente in der Cloud',
      'Dokumente und Daten liegen nicht in der Cloud des Herstellers.',
      'iCloud Drive Dateien',
    ],
  },
  'restrictions.no-cloud-passwords': {
    en: ['No passwords in the cloud', 'icloud keychain sync allowCloudKeychainSync'],
    de: [
      'Keine Kennwörter in der Cloud',
      'Kennwörter werden nicht über die Cloud des Herstellers abgeglichen.',
      'iCloud Schlüsselbund Passwörter',
    ],
  },
  'restrictions.no-cloud-photos': {
    en: ['No photos in the cloud', 'icloud photo library allowCloudPhotoLibrary'],
    de: [
      'Keine Fotos in der Cloud',
      'Fotos liegen nicht in der Cloud des Herstellers.',
      'iCloud Fotos Mediathek Bilder',
    ],
  },
  'restrictions.no-managed-app-cloud': {
    en: ['No cloud for the organization’s apps', 'icloud managed apps allowManagedAppsCloudSync'],
    de: [
      'Keine Cloud für Firmen-Apps',
      'Apps der Organisation legen nichts in der Cloud des Herstellers ab.',
      'iCloud verwaltete Apps',
    ],
  },
  'restrictions.encrypted-backup': {
    en: ['Backups encrypted', 'itunes finder backup computer forceEncryptedBackup'],
    de: [
      'Sicherungen verschlüsselt',
      'Sicherungen auf einen Computer sind verschlüsselt.',
      'Backup Datensicherung Verschlüsselung',
    ],
  },
  'restrictions.no-work-to-private': {
    en: [
      'No work documents in private apps',
      'open in managed unmanaged leak allowOpenFromManagedToUnmanaged',
    ],
    de: [
      'Keine Firmendokumente in privaten Apps',
      'Dokumente der Organisation werden nicht in privaten Apps geöffnet.',
      'Öffnen in verwaltet privat Datenabfluss',
    ],
  },
  'restrictions.no-private-to-work': {
    en: ['No private documents in work apps', 'open in unmanaged managed allowOpenFromUnmanagedToManaged'],
    de: [
      'Keine privaten Dokumente in Firmen-Apps',
      'Private Dokumente werden nicht in Apps der Organisation geöffnet.',
      'Öffnen in verwaltet privat',
    ],
  },
  'restrictions.no-explicit-content': {
    en: ['No explicit content', 'adult music films allowExplicitContent'],
    de: [
      'Keine anstößigen Inhalte',
      'Musik und Filme mit anstößigen Inhalten sind ausgeblendet.',
      'Jugendschutz Musik Filme',
    ],
  },
  'restrictions.no-password-autofill': {
    en: ['No password autofill', 'fill in saved passwords allowPasswordAutoFill'],
    de: [
      'Kein automatisches Ausfüllen von Kennwörtern',
      'Gespeicherte Kennwörter werden nicht von selbst eingesetzt.',
      'Passwort AutoFill ausfüllen',
    ],
  },
  'restrictions.no-password-sharing': {
    en: ['No password sharing', 'share passwords nearby allowPasswordSharing'],
    de: [
      'Kein Teilen von Kennwörtern',
      'Kennwörter werden nicht mit Geräten in der Nähe geteilt.',
      'Passwort teilen weitergeben',
    ],
  },
  'restrictions.no-passcode-change': {
    en: ['No change of the passcode', 'pin modify allowPasscodeModification'],
    de: [
      'Keine Änderung des Gerätecodes',
      'Benutzer legen keinen Gerätecode an, ändern oder entfernen ihn nicht.',
      'PIN Passwort ändern',
    ],
  },
  'restrictions.no-notifications-while-locked': {
    en: ['No notifications on the locked screen', 'lock screen history allowLockScreenNotificationsView'],
    de: [
      'Keine Mitteilungen auf dem Sperrbildschirm',
      'Ein gesperrter Bildschirm zeigt keine früheren Mitteilungen.',
      'Benachrichtigungen Sperrbildschirm',
    ],
  },
  'restrictions.no-account-changes': {
    en: ['No change of accounts', 'mail accounts add modify allowAccountModification'],
    de: [
      'Keine Änderung von Konten',
      'Benutzer fügen keine Konten hinzu und ändern keine.',
      'Konten Accounts Mail',
    ],
  },
  'restrictions.no-profile-installation': {
    en: [
      'No configuration of one’s own',
      'profile install certificates allowUIConfigurationProfileInstallation',
    ],
    de: [
      'Keine eigenen Konfigurationen',
      'Benutzer installieren keine eigenen Konfigurationen.',
      'Profil Profile installieren Zertifikate',
    ],
  },
  'restrictions.no-reset': {
    en: ['No reset by the user', 'erase factory wipe allowEraseContentAndSettings'],
    de: [
      'Kein Zurücksetzen durch Benutzer',
      'Benutzer setzen das Gerät nicht zurück.',
      'Werkseinstellungen löschen Reset',
    ],
  },
  'restrictions.no-computer-pairing': {
    en: ['No computers by cable', 'usb pairing host allowHostPairing'],
    de: ['Keine Computer am Kabel', 'Das Gerät spricht mit keinem Computer am Kabel.', 'USB koppeln Kabel'],
  },
  'restrictions.no-untrusted-certificates': {
    en: ['No way past certificate warnings', 'tls untrusted https allowUntrustedTLSPrompt'],
    de: [
      'Kein Übergehen von Zertifikatswarnungen',
      'Benutzer kommen nicht an einer Warnung vor dem Zertifikat eines Servers vorbei.',
      'TLS HTTPS nicht vertrauenswürdig',
    ],
  },
  'restrictions.no-diagnostics': {
    en: ['No diagnostic reports', 'telemetry analytics privacy allowDiagnosticSubmission'],
    de: [
      'Keine Diagnoseberichte',
      'Keine Diagnoseberichte gehen an den Hersteller.',
      'Telemetrie Analyse Datenschutz',
    ],
  },
  'restrictions.no-vpn-creation': {
    en: ['No VPN of one’s own', 'tunnel allowVPNCreation'],
    de: ['Kein eigenes VPN', 'Benutzer richten keine eigenen VPN-Verbindungen ein.', 'Tunnel VPN anlegen'],
  },
  'restrictions.maximum-app-rating': {
    en: ['Highest age rating of apps', 'age children ratingApps'],
    de: [
      'Höchste Altersfreigabe von Apps',
      'Apps darüber sind ausgeblendet: 0 keine, 100 ab 4 Jahren, 200 ab 9, 300 ab 12, 600 ab 17, 1000 alle.',
      'Jugendschutz Alter Kinder',
    ],
  },
  'restrictions.maximum-film-rating': {
    en: ['Highest age rating of films', 'age children movies ratingMovies'],
    de: [
      'Höchste Altersfreigabe von Filmen',
      'Filme darüber sind ausgeblendet, nach der Skala des Herstellers: 0 keine, 1000 alle.',
      'Jugendschutz Alter Kinder Kino',
    ],
  },
  'mail.maximum-failed-attempts': {
    en: ['Wrong passcodes before a mail client acts', 'attempts wipe failed'],
    de: [
      'Falsche Gerätecodes, bis der Mail-Client handelt',
      'Nach so vielen falschen Gerätecodes löscht ein Mail-Client das Gerät oder sperrt es eine Weile.',
      'Fehlversuche PIN löschen',
    ],
  },
  'mail.no-simple-passcode': {
    en: ['No simple passcodes for mail', 'pin 1111 1234'],
    de: [
      'Keine einfachen Gerätecodes für Mail',
      'Mail-Clients lehnen Gerätecodes wie 1111 und 1234 ab.',
      'PIN einfach',
    ],
  },
  'mail.passcode-recovery': {
    en: ['Recovery password deposited', 'passcode recovery escrow'],
    de: [
      'Wiederherstellungskennwort hinterlegt',
      'Mail-Clients hinterlegen ein Kennwort zur Wiederherstellung beim Server.',
      'PIN vergessen',
    ],
  },
  'mail.encrypted-storage-card': {
    en: ['Storage cards encrypted', 'sd card memory'],
    de: [
      'Speicherkarten verschlüsselt',
      'Speicherkarten sind verschlüsselt, wo ein Mail-Konto ist.',
      'SD-Karte Speicher',
    ],
  },
  'mail.no-storage-card': {
    en: ['No storage cards', 'sd card memory'],
    de: [
      'Keine Speicherkarten',
      'Wo ein Mail-Konto ist, wird keine Speicherkarte benutzt.',
      'SD-Karte Speicher',
    ],
  },
  'mail.no-attachments': {
    en: ['No attachments', 'files download mail'],
    de: ['Keine Anhänge', 'Anhänge werden nicht heruntergeladen.', 'Dateien Anhang Download'],
  },
  'mail.maximum-attachment-kilobytes': {
    en: ['Largest attachment', 'size files download'],
    de: ['Größter Anhang', 'Größere Anhänge werden nicht heruntergeladen.', 'Größe Dateien Download'],
  },
  'mail.maximum-email-age-days': {
    en: ['Mail kept on the device', 'days past sync'],
    de: [
      'Mail auf dem Gerät',
      'So weit zurück bleibt Mail auf dem Gerät: die nächste Stufe, die nicht länger ist (1, 3, 7, 14, 30).',
      'Tage Zeitraum synchronisieren',
    ],
  },
  'mail.maximum-calendar-age-days': {
    en: ['Appointments kept on the device', 'days past calendar sync'],
    de: [
      'Termine auf dem Gerät',
      'So weit zurück bleiben Termine auf dem Gerät: die nächste Stufe, die nicht länger ist (14, 30, 90, 180).',
      'Tage Kalender synchronisieren',
    ],
  },
  'mail.maximum-text-kilobytes': {
    en: ['Longest text of a message', 'truncate body size'],
    de: [
      'Längster Text einer Nachricht',
      'So viel vom Text einer Nachricht kommt auf das Gerät; 0: nur der Kopf.',
      'kürzen Größe',
    ],
  },
  'mail.maximum-html-kilobytes': {
    en: ['Longest HTML of a message', 'truncate body size'],
    de: [
      'Längstes HTML einer Nachricht',
      'So viel vom HTML einer Nachricht kommt auf das Gerät; 0: nur der Kopf.',
      'kürzen Größe',
    ],
  },
  'mail.no-html': {
    en: ['Plain text mail only', 'html formatting'],
    de: ['Mail nur als Text', 'Mail kommt ohne Formatierung.', 'HTML Formatierung'],
  },
  'mail.manual-sync-when-roaming': {
    en: ['No mail by itself while roaming', 'abroad foreign network data'],
    de: [
      'Keine Mail von selbst in fremden Netzen',
      'In fremden Netzen wird Mail nur auf Wunsch des Benutzers geholt.',
      'Roaming Ausland Daten',
    ],
  },
  'mail.smime-signed': {
    en: ['Mail is signed', 's/mime signature'],
    de: ['Mail wird signiert', 'Gesendete Mail ist signiert (S/MIME).', 'Signatur unterschreiben'],
  },
  'mail.smime-encrypted': {
    en: ['Mail is encrypted', 's/mime encryption'],
    de: ['Mail wird verschlüsselt', 'Gesendete Mail ist verschlüsselt (S/MIME).', 'Verschlüsselung'],
  },
  'mail.smime-signature-algorithm': {
    en: ['Signature algorithm', 's/mime sha md5'],
    de: [
      'Signaturverfahren',
      'Wie Mail signiert wird: 0 SHA-1, 1 MD5; andere kennt das Protokoll nicht.',
      'S/MIME SHA MD5',
    ],
  },
  'mail.smime-encryption-algorithm': {
    en: ['Encryption algorithm', 's/mime des rc2'],
    de: [
      'Verschlüsselungsverfahren',
      'Wie Mail verschlüsselt wird: 0 Triple DES, 1 DES, 2 RC2 mit 128 Bit, 3 mit 64, 4 mit 40.',
      'S/MIME DES RC2',
    ],
  },
  'mail.smime-negotiation': {
    en: ['Choice of another encryption', 's/mime negotiate'],
    de: [
      'Wahl eines anderen Verfahrens',
      'Ob ein Gerät anders verschlüsseln darf: 0 nein, 1 stark, 2 beliebig.',
      'S/MIME aushandeln',
    ],
  },
  'mail.no-soft-certificates': {
    en: ['S/MIME keys in hardware', 'soft certificates smartcard'],
    de: [
      'S/MIME-Schlüssel in Hardware',
      'Schlüssel für S/MIME bleiben in Hardware.',
      'Zertifikate Smartcard',
    ],
  },
  'mail.bluetooth': {
    en: ['Bluetooth', 'wireless headset hands-free'],
    de: [
      'Bluetooth',
      'Bluetooth, wo ein Mail-Konto ist: 0 aus, 1 nur Freisprechen, 2 an.',
      'Funk Headset Freisprechen',
    ],
  },
  'mail.no-unsigned-programs': {
    en: ['No unsigned programs', 'signature software'],
    de: [
      'Keine unsignierten Programme',
      'Programme ohne Signatur laufen nicht, wo ein Mail-Konto ist.',
      'Signatur Software',
    ],
  },
  'mail.no-unsigned-packages': {
    en: ['No unsigned packages', 'signature install'],
    de: [
      'Keine unsignierten Pakete',
      'Pakete ohne Signatur werden nicht installiert, wo ein Mail-Konto ist.',
      'Signatur installieren',
    ],
  },
  'mail.no-wifi': {
    en: ['No Wi-Fi', 'wlan wireless'],
    de: ['Kein WLAN', 'WLAN ist aus, wo ein Mail-Konto ist.', 'WiFi Funknetz'],
  },
  'mail.no-text-messages': {
    en: ['No text messages', 'sms'],
    de: ['Keine Kurznachrichten', 'Keine Kurznachrichten, wo ein Mail-Konto ist.', 'SMS'],
  },
  'mail.no-pop-imap': {
    en: ['No mail by POP or IMAP', 'pop3 imap4'],
    de: [
      'Keine Mail über POP oder IMAP',
      'Keine Mail über POP3 oder IMAP4, wo ein Mail-Konto ist.',
      'POP3 IMAP4',
    ],
  },
  'mail.no-infrared': {
    en: ['No infrared', 'irda'],
    de: ['Kein Infrarot', 'Infrarot ist aus, wo ein Mail-Konto ist.', 'IrDA'],
  },
  'mail.no-desktop-sync': {
    en: ['No synchronization with computers', 'desktop sync cable'],
    de: [
      'Kein Abgleich mit Computern',
      'Das Gerät gleicht sich mit keinem Computer ab.',
      'synchronisieren Kabel',
    ],
  },
  'mail.no-consumer-mail': {
    en: ['No private mail accounts', 'consumer personal'],
    de: [
      'Keine privaten Mail-Konten',
      'Keine privaten Mail-Konten, wo ein Mail-Konto der Organisation ist.',
      'privat',
    ],
  },
  'mail.no-remote-desktop': {
    en: ['No remote desktops', 'rdp'],
    de: [
      'Keine entfernten Schreibtische',
      'Keine entfernten Schreibtische, wo ein Mail-Konto ist.',
      'Remotedesktop RDP',
    ],
  },
  'mail.no-internet-sharing': {
    en: ['No sharing of the connection', 'tethering hotspot'],
    de: [
      'Kein Teilen der Verbindung',
      'Das Gerät teilt seine Internetverbindung mit niemandem.',
      'Hotspot Tethering',
    ],
  },
  'mail.forbidden-programs': {
    en: ['Forbidden programs', 'block list rom'],
    de: [
      'Verbotene Programme',
      'Programme im ROM, die nicht laufen dürfen, nach Dateinamen mit Kommas dazwischen.',
      'Sperrliste',
    ],
  },
  'mail.approved-programs': {
    en: ['Approved programs', 'allow list sha-1 hash'],
    de: [
      'Erlaubte Programme',
      'SHA-1 der einzigen Programme im Speicher, die laufen dürfen, hexadezimal mit Kommas dazwischen.',
      'Positivliste Prüfsumme',
    ],
  },
  'support.contact': {
    en: ['Whom to ask for help', 'contact help desk support phone'],
    de: [
      'Wer hilft',
      'Wen der Benutzer fragen kann; steht neben jedem Problem.',
      'Kontakt Helpdesk Hotline Telefon',
    ],
  },
} as const satisfies Record<SettingName, Row>;

/** Rows of the catalogue cite the inventory at their ends; people who set things need no citations. */
const citation = /\s*\((?:[A-Z]{3}-\d+(?:, )?)+\)(?=[.;]|$)/g;

export function settingWords(name: SettingName, language: Language): SettingWords {
  const row: Row = wording[name];
  if (language === 'de') {
    const [title, help, words] = row.de;
    return { title, help, words };
  }
  const [title, words] = row.en;
  return { title, help: settingDefinition(name).description.replace(citation, ''), words };
}
