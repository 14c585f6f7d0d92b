/** What people call each command, by language. English is the definition's own title; the compiler asks for every German one. */
import type { Language } from '../languages.ts';
import { commandDefinition, type CommandName } from './catalogue.ts';

const german: Readonly<Record<CommandName, string>> = {
  'lock-device': 'Bildschirm sperren',
  'send-message': 'Nachricht senden',
  'refresh-device': 'Aktualisieren',
  'locate-device': 'Orten',
  'selective-wipe': 'Firmendaten entfernen',
  'full-wipe': 'Vollständig löschen',
  'renew-identity': 'Zertifikat erneuern',
  'install-profile': 'Profil installieren',
  'remove-profile': 'Profil entfernen',
  'sync-declarations': 'Einstellungen abrufen',
  'clear-passcode': 'Gerätecode zurücksetzen',
  'restart-device': 'Neu starten',
  'shut-down-device': 'Ausschalten',
  'enable-lost-mode': 'Als verloren melden',
  'disable-lost-mode': 'Als gefunden melden',
  'play-lost-mode-sound': 'Ton abspielen',
  'install-app': 'App installieren',
  'remove-app': 'App entfernen',
  'install-provisioning-profile': 'Bereitstellungsprofil installieren',
  'remove-provisioning-profile': 'Bereitstellungsprofil entfernen',
  'change-settings': 'Einstellungen ändern',
  'rotate-disk-recovery-key': 'Wiederherstellungsschlüssel erneuern',
  'rotate-recovery-lock': 'Wiederherstellungskennwort erneuern',
  'clear-recovery-lock': 'Wiederherstellungskennwort entfernen',
  'rotate-administrator-password': 'Kennwort des Administratorkontos erneuern',
  'fetch-activation-lock-bypass-code': 'Code gegen die Aktivierungssperre hinterlegen',
  'clear-activation-lock-bypass-code': 'Code gegen die Aktivierungssperre auf dem Gerät löschen',
  'update-os': 'System aktualisieren',
  'delete-user': 'Benutzerkonto löschen',
  'rotate-firmware-password': 'Firmwarekennwort erneuern',
  'clear-firmware-password': 'Firmwarekennwort entfernen',
  'verify-firmware-password': 'Firmwarekennwort prüfen',
  'request-logs': 'Agent-Protokoll abrufen',
  'platform-command': 'Befehl der Plattform senden',
};

export function commandTitle(name: CommandName, language: Language): string {
  return language === 'de' ? german[name] : commandDefinition(name).title;
}
