/** About devices: their standing, what is known of them, certificates, hardware that is shut out, lists of devices. */
import type { SentenceTable } from '../sentence-table.ts';

export const ofDevices: SentenceTable = {
  'There is no such device.': 'Dieses Gerät gibt es nicht.',
  'The device is being wiped.': 'Das Gerät wird gerade gelöscht.',
  'The device is blocked.': 'Das Gerät ist ausgeschlossen.',
  'The device does not allow this now.': 'Das Gerät lässt das jetzt nicht zu.',
  'An administrator has blocked the device.': 'Die Administration hat das Gerät ausgeschlossen.',
  'An administrator has shut it out.': 'Die Administration hat es ausgeschlossen.',
  'An administrator has let it in again.': 'Die Administration hat es wieder zugelassen.',
  'It enrolled again.': 'Es hat sich neu registriert.',
  'The device enrolled again.': 'Das Gerät hat sich neu registriert.',
  'The hardware is shut out.': 'Die Hardware ist abgewiesen.',
  'That is no {1}.': 'Das ist keine gültige Kennung: {1}.',
  'That is blocked already.': 'Das ist schon abgewiesen.',
  'There is no such entry.': 'Diesen Eintrag gibt es nicht.',
  'Nothing of this kind is held for the device.': 'Für das Gerät ist nichts dieser Art hinterlegt.',
  'Nothing is recorded of this device at that time.':
    'Für diesen Zeitpunkt ist von dem Gerät nichts aufgezeichnet.',
  'Facts of the scan {1} have the wrong type: {2}.': 'Angaben der Abfrage {1} haben den falschen Typ: {2}.',
  'You may not see, and so not ask for: {1}.': 'Sie dürfen nicht sehen und darum nicht abfragen: {1}.',

  'The key of a certificate authority is missing': 'Der Schlüssel einer Zertifizierungsstelle fehlt',
  'The issuer of a certificate is missing': 'Der Aussteller eines Zertifikats fehlt',
  'The certificate request is not accepted: {1}': 'Der Zertifikatsantrag wird nicht angenommen: {1}',
  'The key belongs to another certificate; make a new one':
    'Der Schlüssel gehört zu einem anderen Zertifikat; erzeugen Sie einen neuen',
  'There is no such certificate.': 'Dieses Zertifikat gibt es nicht.',
  'The certificate is not yet due for renewal': 'Das Zertifikat ist noch nicht zu erneuern',
  'The certificate is revoked already.': 'Das Zertifikat ist schon gesperrt.',
  'Its certificate was revoked ({1}).': 'Sein Zertifikat wurde gesperrt ({1}).',

  'The results of a search are ordered by enrolment.':
    'Die Ergebnisse einer Suche sind nach der Registrierung geordnet.',
  'A list by last contact begins at a time.': 'Eine Liste nach letztem Kontakt beginnt bei einem Zeitpunkt.',
  'Only lists by name, owner or last contact can begin elsewhere than at their start.':
    'Nur Listen nach Name, zugeordnetem Benutzer oder letztem Kontakt können woanders als am Anfang beginnen.',
  'Give either a search, or devices, or what devices are known by.':
    'Geben Sie entweder eine Suche an oder Geräte oder woran Geräte erkannt werden.',
  'There is no such list of devices; they are kept for a day.':
    'Diese Liste von Geräten gibt es nicht; solche Listen bleiben einen Tag.',
  'A list holds at most {1} devices.': 'Eine Liste fasst höchstens {1} Geräte.',
  'There is no fact "{1}".': 'Eine Angabe „{1}“ gibt es nicht.',
  'There is no column "{1}".': 'Eine Spalte „{1}“ gibt es nicht.',
  'There are no values to choose from.': 'Es gibt keine Werte zur Auswahl.',

  'Your organization does not let people enrol devices by themselves.':
    'Ihre Organisation lässt nicht zu, dass jemand selbst Geräte registriert.',
  'Your organization does not let people do this by themselves.':
    'Ihre Organisation lässt nicht zu, dass jemand das selbst tut.',
  'This can be done to one device a day.': 'Das geht bei einem Gerät am Tag.',
  'There is no such order.': 'Diese Anordnung gibt es nicht.',

  'Part of the decision itself.': 'Teil der Entscheidung selbst.',
  'The rule {1} is broken.': 'Die Regel {1} ist verletzt.',
  'The rule {1} is broken, stage {2}.': 'Die Regel {1} ist verletzt, Stufe {2}.',
  'The device had recovered.': 'Das Gerät war wieder in Ordnung.',
  'The device has recovered.': 'Das Gerät ist wieder in Ordnung.',
  'The device was locked; its user unlocks it.': 'Der Bildschirm wurde gesperrt; der Benutzer entsperrt ihn.',
  'The device had the command already; it comes back by enrolling again.':
    'Das Gerät hatte den Befehl schon; es kommt durch eine neue Registrierung zurück.',
  'By {1}.': 'Auf diesem Weg: {1}.',
  'There was no way to reach the user.': 'Der Benutzer war auf keinem Weg zu erreichen.',
  '{1} No text message: {2} have gone to this number within a day.':
    '{1} Keine Kurznachricht: {2} sind an diese Nummer an einem Tag schon gegangen.',
};
