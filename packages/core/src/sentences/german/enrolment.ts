/** About enrolment: codes, invitations, terms, and Apple’s push certificate. */
import type { SentenceTable } from '../sentence-table.ts';

export const ofEnrolment: SentenceTable = {
  'There is no such enrolment.': 'Diese Registrierung gibt es nicht.',
  'The enrolment is {1}; only an open one can be cancelled.':
    'Die Registrierung ist {1}; zurücknehmen lässt sich nur eine offene.',
  'The enrolment code is not valid here; ask for a new one':
    'Der Registrierungscode gilt hier nicht; bitten Sie um einen neuen',
  'The message cannot be read: {1}': 'Die Nachricht ist nicht lesbar: {1}',
  'The enrolment code has been used; ask for a new one':
    'Der Registrierungscode ist verbraucht; bitten Sie um einen neuen',
  'The user of this code is not active any more': 'Der Benutzer dieses Codes ist nicht mehr aktiv',
  'Enrolment of {1} devices is not available yet': 'Geräte mit {1} lassen sich noch nicht registrieren',
  'Name the user; only a corporate device is enrolled without one.':
    'Nennen Sie den Benutzer; ohne ihn wird nur ein Firmengerät registriert.',
  'The user has {1} open enrolment codes; cancel one or wait until one is used':
    'Der Benutzer hat {1} offene Registrierungscodes; nehmen Sie einen zurück, oder warten Sie, bis einer benutzt ist',
  'The user has {1} devices and {2} open enrolment codes; {3} is the most':
    'Der Benutzer hat {1} Geräte und {2} offene Registrierungscodes; höchstens {3} sind möglich',
  'The device is another user’s.': 'Das Gerät gehört einem anderen Benutzer.',
  'The device is of another platform.': 'Das Gerät hat eine andere Plattform.',
  'The device is blocked; unblock it first.': 'Das Gerät ist ausgeschlossen; lassen Sie es erst wieder zu.',
  'The enrolment profile was never installed.': 'Das Registrierungsprofil wurde nie installiert.',
  'The profile was downloaded too often; ask for a new one-time password':
    'Das Profil wurde zu oft heruntergeladen; bitten Sie um ein neues Einmalkennwort',
  'The enrolment was used or has ended; ask for a new one-time password':
    'Die Registrierung ist verbraucht oder zu Ende; bitten Sie um ein neues Einmalkennwort',
  'The download is no longer available; ask for it again on the page':
    'Das Herunterladen ist nicht mehr möglich; fordern Sie es auf der Seite neu an',
  'An administrator has blocked this device; ask to have it let in again':
    'Die Administration hat dieses Gerät ausgeschlossen; bitten Sie, es wieder zuzulassen',
  'The device can no longer be replaced; ask for a new code':
    'Das Gerät lässt sich nicht mehr ersetzen; bitten Sie um einen neuen Code',
  'The code is for another machine; ask for a new one':
    'Der Code ist für ein anderes Gerät; bitten Sie um einen neuen',
  'Such devices are not enrolled on this page': 'Solche Geräte werden auf dieser Seite nicht registriert',
  'This step is not next': 'Dieser Schritt ist nicht an der Reihe',

  'Name either users or a group': 'Nennen Sie entweder Benutzer oder eine Gruppe',
  'A group of more than {1} is invited by a CSV file':
    'Eine Gruppe mit mehr als {1} wird mit einer CSV-Datei eingeladen',
  'No mail server is configured: set GATEHOUSE_SMTP_URL, or give links out':
    'Es ist kein Mailserver eingerichtet: Setzen Sie GATEHOUSE_SMTP_URL, oder geben Sie Links aus',
  'No mail server is configured': 'Es ist kein Mailserver eingerichtet',
  'The user is disabled': 'Der Benutzer ist abgeschaltet',
  'The enrolment is not open any more': 'Die Registrierung ist nicht mehr offen',
  'The platform is missing or not one of ours': 'Die Plattform fehlt oder ist unbekannt',
  'The ownership is not one of ours': 'Die Zuordnung (Firmengerät, Privatgerät) ist unbekannt',
  'There is no such invitation.': 'Diese Einladung gibt es nicht.',
  'The enrolment of this invitation is not open any more.':
    'Die Registrierung zu dieser Einladung ist nicht mehr offen.',
  'There are no such terms.': 'Diese Nutzungsbedingungen gibt es nicht.',
  'Only published terms can be withdrawn.':
    'Nur veröffentlichte Nutzungsbedingungen lassen sich zurückziehen.',
  'Terms that were published are not changed any more; write a new version.':
    'Veröffentlichte Nutzungsbedingungen werden nicht mehr geändert; schreiben Sie eine neue Version.',

  'The organization has no valid push certificate of Apple’s, without which no Apple device can be managed. Upload one first.':
    'Die Organisation hat kein gültiges Push-Zertifikat von Apple, ohne das sich kein Apple-Gerät verwalten lässt. Laden Sie erst eines hoch.',
  'What was signed is not the request that waits.': 'Was signiert wurde, ist nicht der wartende Antrag.',
  'The signed request is not accepted: {1}': 'Der signierte Antrag wird nicht angenommen: {1}',
  'Devices are bound to another topic and would be lost. Renew the certificate under the Apple account it was made with, or type the new topic out to go on.':
    'Geräte sind an ein anderes Topic gebunden und gingen verloren. Erneuern Sie das Zertifikat mit dem Apple-Account, mit dem es erstellt wurde, oder schreiben Sie das neue Topic aus, um fortzufahren.',
  'This is no push certificate of device management: its subject names no topic.':
    'Das ist kein Push-Zertifikat für die Geräteverwaltung: Sein Inhaber nennt kein Topic.',
  'The certificate cannot be read: {1}': 'Das Zertifikat ist nicht lesbar: {1}',
  'there is no certificate in it': 'es ist kein Zertifikat darin',
  'The certificate has expired.': 'Das Zertifikat ist abgelaufen.',
  'The certificate is not valid yet.': 'Das Zertifikat gilt noch nicht.',
  'The private key cannot be read, or its passphrase is wrong.':
    'Der private Schlüssel ist nicht lesbar, oder seine Passphrase ist falsch.',
  'Key and certificate do not belong together.': 'Schlüssel und Zertifikat gehören nicht zusammen.',
  'The certificate belongs neither to the request that waits nor to the present key; send its key with it.':
    'Das Zertifikat gehört weder zum wartenden Antrag noch zum jetzigen Schlüssel; senden Sie seinen Schlüssel mit.',
  'there is no push certificate': 'es gibt kein Push-Zertifikat',
  'it ended on {1}': 'es endete am {1}',
  'bound to {1}, the certificate is for {2}': 'gebunden an {1}, das Zertifikat ist für {2}',
  'the push certificate has expired: no Apple device is reached until it is renewed under the same Apple account':
    'das Push-Zertifikat ist abgelaufen: Kein Apple-Gerät wird erreicht, bis es mit demselben Apple-Account erneuert ist',
  'the push certificate ends in less than {1} days; renew it under the same Apple account':
    'das Push-Zertifikat endet in weniger als {1} Tagen; erneuern Sie es mit demselben Apple-Account',
};
