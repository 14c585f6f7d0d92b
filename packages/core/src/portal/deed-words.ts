/**
 * What others looked at or did, from the audit record, in the words of the person whom it concerns. An action without words of its
 * own is still shown, as a change: nothing is left out because nobody thought of a sentence.
 */
import { type CommandName, commandNames } from '../commands/catalogue.ts';
import { isFactName } from '../facts/catalogue.ts';
import type { Language } from '../languages.ts';
import { factWords } from './fact-words.ts';

type Words = Readonly<Record<Language, string>>;
const words = (en: string, de: string): Words => ({ en, de });

const commandWords: Readonly<Record<CommandName, Words>> = {
  'change-settings': words('changed a setting of the device', 'hat eine Einstellung des Geräts geändert'),
  'clear-activation-lock-bypass-code': words(
    'erased the key that lifts the activation lock',
    'hat den Schlüssel zum Aufheben der Aktivierungssperre gelöscht',
  ),
  'clear-firmware-password': words('removed the start-up password', 'hat das Startkennwort entfernt'),
  'clear-passcode': words('removed the screen lock code', 'hat den Gerätecode zurückgesetzt'),
  'clear-recovery-lock': words(
    'removed the recovery password',
    'hat das Wiederherstellungskennwort entfernt',
  ),
  'delete-user': words('removed a user account from the device', 'hat ein Benutzerkonto vom Gerät entfernt'),
  'disable-lost-mode': words('marked the device as found', 'hat das Gerät als gefunden gemeldet'),
  'enable-lost-mode': words('marked the device as lost', 'hat das Gerät als verloren gemeldet'),
  'fetch-activation-lock-bypass-code': words(
    'fetched the key that lifts the activation lock',
    'hat den Schlüssel zum Aufheben der Aktivierungssperre abgerufen',
  ),
  'full-wipe': words(
    'asked to erase everything on the device',
    'hat das vollständige Löschen des Geräts verlangt',
  ),
  'install-app': words('installed an app', 'hat eine App installiert'),
  'install-profile': words('installed company settings', 'hat Firmeneinstellungen installiert'),
  'install-provisioning-profile': words(
    'installed a permission for a company app',
    'hat eine Berechtigung für eine Firmen-App installiert',
  ),
  'locate-device': words('asked where the device is', 'hat den Standort des Geräts abgefragt'),
  'lock-device': words('locked the screen', 'hat den Bildschirm gesperrt'),
  'platform-command': words(
    'sent the device a technical command',
    'hat dem Gerät einen technischen Befehl gesendet',
  ),
  'play-lost-mode-sound': words('made the device ring', 'hat das Gerät klingeln lassen'),
  'refresh-device': words('asked the device to report', 'hat eine Rückmeldung des Geräts angefordert'),
  'remove-app': words('removed an app', 'hat eine App entfernt'),
  'remove-profile': words('removed company settings', 'hat Firmeneinstellungen entfernt'),
  'remove-provisioning-profile': words(
    'removed a permission for a company app',
    'hat eine Berechtigung für eine Firmen-App entfernt',
  ),
  'renew-identity': words('renewed the device’s certificate', 'hat das Zertifikat des Geräts erneuert'),
  'request-logs': words('fetched the log of the company app', 'hat das Protokoll der Firmen-App abgerufen'),
  'restart-device': words('restarted the device', 'hat das Gerät neu gestartet'),
  'rotate-administrator-password': words(
    'changed the administrator password',
    'hat das Administratorkennwort geändert',
  ),
  'rotate-disk-recovery-key': words(
    'renewed the recovery key',
    'hat den Wiederherstellungsschlüssel erneuert',
  ),
  'rotate-firmware-password': words('changed the start-up password', 'hat das Startkennwort geändert'),
  'rotate-recovery-lock': words(
    'changed the recovery password',
    'hat das Wiederherstellungskennwort geändert',
  ),
  'selective-wipe': words('asked to remove company data', 'hat das Entfernen der Firmendaten verlangt'),
  'send-message': words('sent a message to the device', 'hat eine Nachricht an das Gerät gesendet'),
  'shut-down-device': words('shut the device down', 'hat das Gerät ausgeschaltet'),
  'sync-declarations': words(
    'asked the device to fetch its settings',
    'hat das Gerät seine Einstellungen abrufen lassen',
  ),
  'update-os': words('started an update of the system', 'hat eine Systemaktualisierung gestartet'),
  'verify-firmware-password': words('checked the start-up password', 'hat das Startkennwort geprüft'),
};

const deedWords: Readonly<Record<string, Words>> = {
  'devices.look': words('opened your device’s page', 'hat die Seite Ihres Geräts geöffnet'),
  'devices.reveal-escrow': words(
    'looked at a recovery key or password that is kept for the device',
    'hat einen hinterlegten Schlüssel oder ein Kennwort des Geräts angesehen',
  ),
  'devices.update': words(
    'changed the device’s name, asset number or owner',
    'hat Name, Inventarnummer oder Zuordnung des Geräts geändert',
  ),
  'devices.change-ownership': words(
    'changed whether the device is the company’s or private',
    'hat geändert, ob es ein Firmen- oder Privatgerät ist',
  ),
  'devices.block': words('took the device’s access away', 'hat dem Gerät den Zugang genommen'),
  'devices.unblock': words('gave the device its access back', 'hat dem Gerät den Zugang zurückgegeben'),
  'devices.bar': words('took the device’s access away', 'hat dem Gerät den Zugang genommen'),
  'devices.unbar': words('gave the device its access back', 'hat dem Gerät den Zugang zurückgegeben'),
  'devices.unmanage': words('ended the management of the device', 'hat die Verwaltung des Geräts beendet'),
  'devices.delete': words('deleted the device from the list', 'hat das Gerät aus der Liste gelöscht'),
  'exceptions.create': words(
    'made an exception for the device',
    'hat eine Ausnahme für das Gerät eingetragen',
  ),
  'exceptions.update': words(
    'changed an exception for the device',
    'hat eine Ausnahme für das Gerät geändert',
  ),
  'exceptions.delete': words('ended an exception for the device', 'hat eine Ausnahme für das Gerät beendet'),
  'playbooks.start': words(
    'started the procedure for a lost or stolen device',
    'hat das Vorgehen für ein verlorenes oder gestohlenes Gerät gestartet',
  ),
  'playbooks.stop': words(
    'stopped the procedure for a lost or stolen device',
    'hat das Vorgehen für ein verlorenes oder gestohlenes Gerät beendet',
  ),
  'playbooks.step': words(
    'took a step of the procedure for a lost or stolen device',
    'hat einen Schritt des Vorgehens für ein verlorenes oder gestohlenes Gerät ausgeführt',
  ),
  'playbooks.continue': words(
    'went on with the procedure for a lost device without waiting longer',
    'hat das Vorgehen für ein verlorenes Gerät ohne weiteres Warten fortgesetzt',
  ),
  'compliance.act': words(
    'did what a broken rule demands',
    'hat ausgeführt, was eine verletzte Regel verlangt',
  ),
  'compliance.undo': words(
    'took back what a broken rule had demanded',
    'hat zurückgenommen, was eine verletzte Regel verlangt hatte',
  ),
  'devices.keep-in-escrow': words(
    'kept a key or password of the device',
    'hat einen Schlüssel oder ein Kennwort des Geräts hinterlegt',
  ),
  'devices.retry-item': words(
    'had something installed once more',
    'hat etwas noch einmal installieren lassen',
  ),
  'mail.instruct-user': words(
    'sent you instructions for mail',
    'hat Ihnen eine Anleitung für E-Mail gesendet',
  ),
  'users.create': words('created your user account', 'hat Ihr Benutzerkonto angelegt'),
  'users.update': words('changed your personal details', 'hat Ihre persönlichen Angaben geändert'),
  'users.look': words('opened the page with your details', 'hat die Seite mit Ihren Angaben geöffnet'),
  'users.link-password': words(
    'made a link with which you choose a password',
    'hat einen Link zum Wählen eines Kennworts erzeugt',
  ),
  'users.remove-password': words('removed your password', 'hat Ihr Kennwort entfernt'),
};

const lookedAt = words('looked at', 'hat angesehen');
const somethingElse = words('changed something about it', 'hat etwas daran geändert');
const locations = ['location', 'location.latitude', 'location.longitude', 'location.accuracy-meters'];
const mostNamed = 6;

export type DeedKind = 'look' | 'location' | 'act' | 'change';

export interface Deed {
  readonly kind: DeedKind;
  readonly text: string;
}

/** @param show of the entry: which facts were read. */
export function deedIn(
  language: Language,
  action: string,
  show: Readonly<Record<string, unknown>> = {},
): Deed {
  if (action === 'devices.read-private-facts' || action === 'devices.search-private-facts') {
    const facts = Array.isArray(show['facts'])
      ? show['facts'].filter((each) => typeof each === 'string')
      : [];
    const where = facts.some((fact) => locations.includes(fact));
    const named = new Set(facts.flatMap((fact) => nameOf(fact, language)));
    const list = [...named].slice(0, mostNamed).join('; ');
    const text =
      list === ''
        ? `${lookedAt[language]} …`
        : `${lookedAt[language]}: ${list}${named.size > mostNamed ? ' …' : ''}`;
    return { kind: where ? 'location' : 'look', text };
  }
  const command = commandNames.find((name) => action === `devices.${name}`);
  if (command !== undefined) {
    const kind = command === 'locate-device' ? 'location' : 'act';
    return { kind, text: commandWords[command][language] };
  }
  const found = Object.hasOwn(deedWords, action) ? deedWords[action] : undefined;
  const kind = action.endsWith('.look') || action === 'devices.reveal-escrow' ? 'look' : 'change';
  return { kind, text: (found ?? somethingElse)[language] };
}

function nameOf(fact: string, language: Language): string[] {
  if (fact === 'location') return [factWords('location.latitude', language).text];
  return isFactName(fact) ? [factWords(fact, language).text] : [];
}

/** What a command was to do, for lists of what happened to a device. */
export function commandDeed(name: CommandName, language: Language): string {
  return commandWords[name][language];
}
