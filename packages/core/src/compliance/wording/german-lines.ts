/** How an explanation is told in German. */
import type { FactSource } from '../../facts/types.ts';
import type { TargetKind } from '../../settings/resolve.ts';
import type { Lines } from './english-lines.ts';
import { dativeSpan } from './german-time.ts';

const sources: Readonly<Record<FactSource | 'server', string>> = {
  attested: 'der Hardware',
  'os-protocol': 'dem Betriebssystem',
  agent: 'dem Agenten',
  activesync: 'dem Mail-Gateway',
  administrator: 'der Gerätebetreuung',
  server: 'dem Server',
};

const targets: Readonly<Record<TargetKind, string>> = {
  organization: 'die Organisation',
  group: 'die Gruppe',
  user: 'die Person',
  device: 'das Gerät',
};

const assigned = (to: { readonly kind: TargetKind; readonly name: string } | null) =>
  to === null ? '' : `, zugewiesen an ${targets[to.kind]} ${to.name}`;
const counted = (one: string, many: string) => (count: number) => `${count} ${count === 1 ? one : many}`;

export const germanLines: Lines = {
  titles: {
    'access-restriction': 'Der Zugang ist nicht eingeschränkt',
    activesync: 'Das Mail-Gateway kennt das Gerät',
    apps: 'Die richtigen Apps sind installiert',
    'check-in-age': 'Das Gerät meldet sich',
    compromised: 'Der Schutz des Betriebssystems ist unversehrt',
    custom: 'Eine Bedingung der Organisation ist erfüllt',
    'data-plan': 'Das Datenvolumen ist nicht verbraucht',
    encryption: 'Der Speicher ist verschlüsselt',
    enrollment: 'Das Gerät wird verwaltet',
    geofence: 'Das Gerät ist, wo es sein darf',
    'location-services': 'Die Ortungsdienste sind eingeschaltet',
    'minimum-os': 'Das Betriebssystem ist neu genug',
    passcode: 'Ein ausreichender Gerätecode ist eingerichtet',
    'policy-current': 'Das Gerät wendet seine geltenden Einstellungen an',
    roaming: 'Das Gerät ist nicht in einem fremden Netz',
    'screen-lock': 'Der Bildschirm sperrt sich von selbst',
    'sim-change': 'Die SIM-Karte wurde nicht gewechselt',
  },
  access: { allow: 'offen', quarantine: 'in Quarantäne', deny: 'gesperrt' },
  statuses: {
    compliant: 'erfüllt',
    'in-grace': 'verletzt, in der Nachfrist',
    'not-compliant': 'verletzt',
    unknown: 'unbekannt',
  },
  gates: { network: 'Netz', mail: 'E-Mail', vpn: 'VPN', apps: 'Apps', content: 'Inhalte' },
  channels: { push: 'Nachricht auf dem Gerät', mail: 'E-Mail', sms: 'SMS' },
  values: { yes: 'ja', no: 'nein', none: 'keine' },
  ownValues: {
    inside: 'innerhalb',
    outside: 'außerhalb',
    'at the border': 'an der Grenze',
    'not shown': 'nicht angezeigt',
  },
  units: {
    characters: counted('Zeichen', 'Zeichen'),
    seconds: counted('Sekunde', 'Sekunden'),
    minutes: counted('Minute', 'Minuten'),
    hours: counted('Stunde', 'Stunden'),
    days: counted('Tag', 'Tage'),
  },
  evidence: ({ fact, value, source, ageMs, stale, others }) => {
    const age = `vor ${dativeSpan(ageMs)}${stale ? ', zu lange her, um zu zählen' : ''}`;
    const contradictions = others.map(
      (other) => `; laut ${sources[other.source]}, dem weniger vertraut wird, ist es ${other.value}`,
    );
    return `${fact} = ${value}, laut ${sources[source]} ${age}${contradictions.join('')}`;
  },
  policy: ({ name, version, assignedTo }) =>
    `der Richtlinie ${name} Version ${version}${assigned(assignedTo)}`,
  rule: ({ name, version, assignedTo }) => `die Regel ${name} Version ${version}${assigned(assignedTo)}`,
  origins: {
    changed: 'aus Einstellungen, die seither geändert wurden',
    default: 'der Vorgabewert, weil keine Richtlinie etwas anderes sagt',
    onlyOne: (policy) => `aus ${policy}`,
    strictest: (policy, of) => `aus ${policy}, der strengsten von ${of}`,
    nearest: (policy, of) => `aus ${policy}, der nächsten von ${of}`,
  },
  networkDiffers: {
    toldCompliant: (names) =>
      `Das Gerät erfüllt die Regeln nicht, dem Netz wird aber gesagt, dass es das tut: ${names || 'Was verletzt ist,'} zählt nicht für das Netz.`,
    toldNot: 'Das Gerät erfüllt die Regeln, dem Netz wird aber gesagt, dass es das nicht tut.',
  },
  seen: (evidence) => `Gesehen: ${evidence}.`,
  demanded: (demand) => `Verlangt: ${demand}.`,
  weighedBy: (rule) => `Gewichtet: durch ${rule}.`,
  demandedBy: (rule) => `Verlangt: durch ${rule}.`,
  excepted: (until, reason) =>
    `Ausgenommen: ${until === null ? 'bis zur Rücknahme' : `bis ${until}`}. ${reason}`,
  stage: (number, actions) => `Stufe ${number}: ${actions}.`,
  effect: (effects) => `Wirkung: ${effects}.`,
  networkDoesNotLearn: 'Das Netz erfährt davon nichts.',
  mend: (remedy) => `Abhilfe: ${remedy}`,
  graceEnds: (at, leftMs) => `Die Nachfrist endet am ${at}, in ${dativeSpan(leftMs)}.`,
  mailClient: (name, access, says) => `E-Mail-App ${name}: ${access}. ${says}`.trimEnd(),
  noMailClient: 'Das Mail-Gateway kennt keine E-Mail-App auf diesem Gerät.',
  told: (name, at, waiting, problem) => {
    const last = at === null ? 'noch von keiner Entscheidung unterrichtet' : `unterrichtet am ${at}`;
    const more = waiting ? (at === null ? '' : '; eine Änderung steht noch aus') : '';
    return `Netz ${name}: ${last}${more}.${problem === null ? '' : ` Der letzte Austausch misslang: ${problem}.`}`;
  },
  answered: (access, at) => `RADIUS erhielt am ${at} die Antwort: ${access}.`,
  unknownStation: 'nicht bekannt',
  changes: (at) => `Ohne neue Meldung ändert sich das am ${at}.`,
  actions: {
    notifyUser: (channels) => `die Person wird benachrichtigt (${channels})`,
    alertAdministrators: 'die Gerätebetreuung wird benachrichtigt',
    restrict: (gates) => `${gates} gesperrt`,
    quarantine: 'Quarantäne',
    removeProfiles: 'Profile der Organisation entfernt',
    lock: 'das Gerät wird gesperrt',
    selectiveWipe: 'Daten der Organisation entfernt',
    fullWipe: 'das Gerät wird zurückgesetzt',
  },
};
