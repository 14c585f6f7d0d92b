/** What the server says in passing, in German, by what it is about. */
import { germanExpressionProblems } from '../../expressions/problem-words.ts';
import type { SentenceTable } from '../sentence-table.ts';
import { ofAccounts } from './accounts.ts';
import { ofCommands } from './commands.ts';
import { ofDevices } from './devices.ts';
import { ofEnrolment } from './enrolment.ts';
import { ofGates } from './gates.ts';
import { ofPolicies } from './policies.ts';
import { ofRequests } from './requests.ts';
import { ofValidation } from './validation.ts';

export const germanSentences: SentenceTable = {
  ...germanExpressionProblems,
  ...ofAccounts,
  ...ofCommands,
  ...ofDevices,
  ...ofEnrolment,
  ...ofGates,
  ...ofPolicies,
  ...ofRequests,
  ...ofValidation,
};

/** Words that are filled into sentences. */
export const germanWords: SentenceTable = {
  corporate: 'ein Firmengerät',
  personal: 'ein Privatgerät',
  unspecified: 'nicht als Firmengerät angegeben',
  device: 'Gerät',
  user: 'Benutzer',
  group: 'Gruppe',
  organization: 'Organisation',
  policy: 'Richtlinie',
  resource: 'Ressource',
  rule: 'Regel',
  schedule: 'Zeitplan',
  'serial-number': 'Seriennummer',
  imei: 'IMEI',
  'mac-address': 'MAC-Adresse',
  identifier: 'Kennung',
  identifiers: 'Kennungen',
  network: 'das Netz',
  mail: 'die E-Mail',
  vpn: 'das VPN',
  'network, mail': 'Netz und E-Mail',
  'network, mail, vpn': 'Netz, E-Mail und VPN',
  'network, vpn': 'Netz und VPN',
  'mail, vpn': 'E-Mail und VPN',
  open: 'offen',
  used: 'verbraucht',
  failed: 'fehlgeschlagen',
  rejected: 'abgelehnt',
  expired: 'abgelaufen',
  cancelled: 'abgebrochen',
  withdrawn: 'zurückgezogen',
  completed: 'abgeschlossen',
  push: 'Mitteilung auf dem Gerät',
  text: 'Kurznachricht',
};
