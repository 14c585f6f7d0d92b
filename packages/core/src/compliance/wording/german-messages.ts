/** What rules say, in German. */
import { formatReason, formatValue } from '../plain-language.ts';
import { dativeSpan, span } from './german-time.ts';
import type { MessageTable } from './message.ts';
import type { Named, NamedApps } from './named.ts';
import type { Subject } from './subject.ts';

const subjects: Readonly<Record<Subject, string>> = {
  'storage.encrypted': 'ob sein Speicher verschlüsselt ist',
  'passcode.set': 'ob ein Gerätecode eingerichtet ist',
  'passcode.compliant-with-profiles': 'ob sein Gerätecode den Vorgaben entspricht',
  'passcode.minimum-length': 'wie lang seine Gerätecodes sein müssen',
  'passcode.minimum-classes': 'wie gemischt seine Gerätecodes sein müssen',
  'passcode.maximum-age-days': 'wann seine Gerätecodes ablaufen',
  'passcode.history': 'wie viele frühere Gerätecodes es ablehnt',
  'screen-lock.enabled': 'ob sich sein Bildschirm von selbst sperrt',
  'screen-lock.timeout-seconds': 'nach welcher Zeit sich sein Bildschirm sperrt',
  'os.version': 'welche Version sein Betriebssystem hat',
  'integrity.compromised': 'ob der Schutz seines Betriebssystems aufgehoben ist',
  'apps.installed': 'welche Apps installiert sind',
  'location.services': 'ob die Ortungsdienste eingeschaltet sind',
  'roaming.active': 'ob es in einem fremden Netz ist',
  'roaming.data': 'ob es im Ausland Daten überträgt',
  'cellular.data-used-bytes': 'wie viel Datenvolumen es verbraucht hat',
  'sim.id': 'welche SIM-Karte es benutzt',
  'activesync.authorized': 'ob das Mail-Gateway es zulässt',
  'activesync.last-seen': 'wann es zuletzt E-Mail abgerufen hat',
};

const sides = { inside: 'innerhalb von', outside: 'außerhalb von' } as const;
const characters = (count: number) => `${count} Zeichen`;
const days = (count: number) => (count === 1 ? '1 Tag' : `${count} Tage`);
const afterDays = (count: number) => (count === 1 ? 'nach 1 Tag' : `nach ${count} Tagen`);
const seconds = (count: number) => (count === 1 ? '1 Sekunde' : `${count} Sekunden`);
const kinds = (count: number) => (count === 1 ? '1 Zeichenart' : `${count} Zeichenarten`);
const codes = (count: number) => (count === 1 ? 'der letzte Gerätecode' : `die letzten ${count} Gerätecodes`);

export const germanMessages: MessageTable = {
  text: ({ text }) => text,

  unreported: ({ about }) => `Das Gerät hat nicht gemeldet, ${subjects[about]}.`,
  'too-old': ({ about }) => `Es ist zu lange her, dass das Gerät gemeldet hat, ${subjects[about]}.`,
  'let-pass': () => 'Diese Regel lässt das durchgehen.',
  restless: () => 'Das hat sich in den letzten Minuten zu oft geändert, um sich darauf zu verlassen.',
  'restless.leave': () =>
    'Lassen Sie das Gerät, wie es ist: Was es meldet, zählt, sobald es fünf Minuten lang so geblieben ist.',
  'report.by-agent': () => 'Öffnen Sie den Agenten und aktualisieren Sie, damit sich das Gerät jetzt meldet.',
  'report.by-itself': () =>
    'Entsperren Sie das Gerät, während es mit dem Internet verbunden ist; es meldet sich dann von selbst.',
  'report.mac': () =>
    'Entsperren Sie den Mac, während er mit dem Internet verbunden ist; wenn er den Agenten hat, aktualisieren Sie darin.',
  'ask-administrators': () => 'Fragen Sie Ihre Gerätebetreuung.',

  'standing.pending': () => 'Das Gerät ist noch nicht vollständig angemeldet.',
  'standing.finish-enrolment': () => 'Schließen Sie die Anmeldung auf dem Gerät ab.',
  'standing.registered': () => 'Das Gerät wird verwaltet.',
  'standing.unmanaged': () => 'Das Gerät wird nicht verwaltet.',
  'standing.enrol-again': () => 'Melden Sie das Gerät neu an.',
  'standing.blocked': () => 'Das Gerät wurde von der Gerätebetreuung gesperrt.',
  'standing.ask-to-unblock': () => 'Bitten Sie Ihre Gerätebetreuung, das Gerät freizugeben.',
  'standing.barred': () => 'Das Gerät wurde von allen Zugängen ausgeschlossen.',
  'standing.barred-because': ({ reason }) =>
    `Das Gerät wurde von allen Zugängen ausgeschlossen: ${formatReason(reason)}`,
  'standing.barred-certificate': () =>
    'Das Gerät wurde von allen Zugängen ausgeschlossen, weil sein Zertifikat widerrufen wurde.',
  'standing.ask-to-let-in': () => 'Bitten Sie Ihre Gerätebetreuung, das Gerät wieder zuzulassen.',
  'standing.ask-for-certificate': () =>
    'Bitten Sie Ihre Gerätebetreuung, das Gerät neu anmelden zu lassen oder wieder zuzulassen.',
  'standing.wiping': () => 'Die Daten der Organisation werden vom Gerät entfernt.',
  'standing.never-reported': () => 'Das Gerät hat sich seit der Anmeldung nicht gemeldet.',
  'enrollment.blocked': () => 'Das Gerät wird verwaltet; die Gerätebetreuung hat es gesperrt.',
  'enrollment.barred': () => 'Das Gerät wird verwaltet; es wurde von allen Zugängen ausgeschlossen.',
  'enrollment.ending': () => 'Die Verwaltung des Geräts wird gerade beendet.',
  'enrollment.removed': () => 'Die Verwaltung wurde vom Gerät entfernt.',

  'restriction.ask': () => 'Fragen Sie die Gerätebetreuung Ihrer Organisation.',

  'encryption.on': () => 'Der Speicher ist verschlüsselt.',
  'encryption.off': () => 'Der Speicher ist nicht verschlüsselt.',
  'encryption.by-passcode': () => 'Richten Sie einen Gerätecode ein: Damit wird der Speicher verschlüsselt.',
  'encryption.of-disk': () => 'Schalten Sie die Verschlüsselung der ganzen Festplatte ein.',
  'encryption.by-filevault': () => 'Schalten Sie FileVault in den Einstellungen des Macs ein.',

  'passcode.set': () => 'Ein Gerätecode ist eingerichtet.',
  'passcode.none': () => 'Es ist kein Gerätecode eingerichtet.',
  'passcode.set-one': () =>
    'Richten Sie für jedes Konto, das sich anmelden kann, einen Gerätecode oder ein Kennwort ein.',
  'passcode.refused': () => 'Der Gerätecode entspricht nicht den Vorgaben, die das Gerät hat.',
  'passcode.change': () => 'Ändern Sie den Gerätecode in einen, den das Gerät annimmt.',
  'passcode.long': ({ enforced }) => `Gerätecodes haben mindestens ${characters(enforced)}.`,
  'passcode.short': ({ enforced, demanded }) =>
    `Gerätecodes dürfen schon mit ${characters(enforced)} auskommen; verlangt sind ${demanded}.`,
  'passcode.make-longer': ({ demanded }) =>
    `Stellen Sie das Gerät so ein, dass es Gerätecodes mit mindestens ${characters(demanded)} verlangt.`,
  'passcode.mixed': ({ enforced }) => `Gerätecodes mischen mindestens ${kinds(enforced)}.`,
  'passcode.plain': ({ enforced, demanded }) =>
    `Gerätecodes brauchen nur ${kinds(enforced)}; verlangt sind ${demanded}.`,
  'passcode.make-mixed': ({ demanded }) =>
    `Stellen Sie das Gerät so ein, dass Gerätecodes ${demanded} dieser Zeichenarten mischen: Kleinbuchstaben, Großbuchstaben, Ziffern, Sonderzeichen.`,
  'passcode.expires': ({ enforced }) => `Gerätecodes laufen ${afterDays(enforced)} ab.`,
  'passcode.expires-late': ({ enforced, demanded }) =>
    `Gerätecodes laufen ${enforced === 0 ? 'nie' : afterDays(enforced)} ab; erlaubt sind höchstens ${days(demanded)}.`,
  'passcode.make-expire': ({ demanded }) =>
    `Stellen Sie das Gerät so ein, dass es spätestens ${afterDays(demanded)} einen neuen Gerätecode verlangt.`,
  'passcode.history': ({ enforced }) =>
    enforced === 1
      ? 'Der letzte Gerätecode wird abgelehnt.'
      : `Die letzten ${enforced} Gerätecodes werden abgelehnt.`,
  'passcode.history-short': ({ enforced, demanded }) =>
    enforced === 0
      ? `Frühere Gerätecodes werden nicht abgelehnt; verlangt ist das für ${codes(demanded)}.`
      : `Nur ${codes(enforced)} ${enforced === 1 ? 'wird' : 'werden'} abgelehnt; verlangt sind ${demanded}.`,
  'passcode.make-remember': ({ demanded }) =>
    `Stellen Sie das Gerät so ein, dass ${codes(demanded)} nicht wieder genommen werden ${demanded === 1 ? 'kann' : 'können'}.`,

  'screen-lock.on': () => 'Der Bildschirm sperrt sich von selbst.',
  'screen-lock.off': () => 'Der Bildschirm sperrt sich nicht von selbst.',
  'screen-lock.turn-on': () => 'Schalten Sie die automatische Bildschirmsperre ein.',
  'screen-lock.soon': ({ seconds: count }) => `Der Bildschirm sperrt sich nach ${seconds(count)}.`,
  'screen-lock.late': ({ seconds: count, longest }) =>
    `Der Bildschirm sperrt sich erst nach ${seconds(count)}; erlaubt sind höchstens ${longest}.`,
  'screen-lock.make-sooner': ({ longest }) =>
    `Lassen Sie den Bildschirm nach höchstens ${seconds(longest)} sperren.`,

  'os.any': () => 'Dieses Modell darf jede Version haben.',
  'os.no-model': () => 'Das Gerät hat sein Modell nicht gemeldet.',
  'os.new': ({ version }) => `Das Betriebssystem hat die Version ${version}.`,
  'os.old': ({ version, minimum }) =>
    `Das Betriebssystem hat die Version ${version}; verlangt ist ${minimum}.`,
  'os.unreadable': ({ minimum }) =>
    `Die Version des Betriebssystems lässt sich nicht mit ${minimum} vergleichen.`,
  'os.update': ({ minimum }) => `Bringen Sie das Betriebssystem auf die Version ${minimum} oder eine neuere.`,

  'compromised.no': () => 'Der Schutz des Betriebssystems ist unversehrt, soweit zu sehen ist.',
  'compromised.yes': () => 'Der Schutz des Betriebssystems wurde aufgehoben.',
  'compromised.restore': () =>
    'Stellen Sie das ursprüngliche Betriebssystem wieder her, und melden Sie das Gerät dann neu an.',

  'check-in.never': () => 'Das Gerät hat sich noch nie gemeldet.',
  'check-in.within': ({ ms }) =>
    `Das Gerät hat sich rechtzeitig gemeldet (spätestens nach ${dativeSpan(ms)}).`,
  'check-in.late': ({ ms }) => `Das Gerät hat sich seit mehr als ${dativeSpan(ms)} nicht gemeldet.`,
  'check-in.connect': () => 'Verbinden Sie das Gerät mit dem Internet.',

  'policy.applied': () => 'Das Gerät wendet seine geltenden Einstellungen an.',
  'policy.on-its-way': () => 'Neue Einstellungen sind auf dem Weg zum Gerät.',
  'policy.not-applied': ({ ms }) =>
    `Das Gerät hat seine geltenden Einstellungen nach ${dativeSpan(ms)} noch nicht übernommen.`,
  'policy.connect': () => 'Verbinden Sie das Gerät mit dem Internet, und aktualisieren Sie im Agenten.',

  'apps.all-required': () => 'Alle verlangten Apps sind installiert.',
  'apps.missing': ({ missing }) => `Nicht installiert: ${appNames(missing)}.`,
  'apps.install': ({ missing }) => `Installieren Sie ${appNames(missing)}.`,
  'apps.none-forbidden': () => 'Es ist keine verbotene App installiert.',
  'apps.forbidden': ({ found }) => `Verboten und installiert: ${appNames(found)}.`,
  'apps.remove': ({ found }) => `Entfernen Sie ${appNames(found)}.`,
  'apps.only-allowed': () => 'Es sind nur erlaubte Apps installiert.',
  'apps.others': ({ count }) =>
    count === 1
      ? '1 installierte App gehört nicht zu den erlaubten.'
      : `${count} installierte Apps gehören nicht zu den erlaubten.`,
  'apps.remove-others': () => 'Entfernen Sie die Apps, die Ihre Organisation nicht erlaubt.',

  'location.on': () => 'Die Ortungsdienste sind eingeschaltet.',
  'location.off': () => 'Die Ortungsdienste sind ausgeschaltet.',
  'location.turn-on': () => 'Schalten Sie die Ortungsdienste ein, und aktualisieren Sie dann im Agenten.',

  'place.unknown': () => 'Es ist nicht bekannt, wo das Gerät ist.',
  'place.at-border': () =>
    'Das Gerät ist so nah an einer Grenze, dass sich nicht sagen lässt, auf welcher Seite.',
  'place.too-old': () => 'Es ist zu lange her, dass das Gerät gemeldet hat, wo es ist.',
  'place.locate': () =>
    'Schalten Sie die Ortungsdienste ein, und öffnen Sie den Agenten, damit das Gerät sagen kann, wo es ist.',
  'place.is': ({ side, areas }) => `Das Gerät ist ${sides[side]} ${areaNames(areas)}.`,
  'place.is-shortly': ({ side, areas, ms }) =>
    `Das Gerät ist ${sides[side]} ${areaNames(areas)}, aber noch nicht ${span(ms)} lang.`,
  'place.return': ({ areas }) => `Kehren Sie zurück: ${areaNames(areas)}.`,
  'place.leave': ({ areas }) => `Verlassen Sie: ${areaNames(areas)}.`,

  'roaming.abroad': () => 'Das Gerät ist in einem fremden Mobilfunknetz.',
  'roaming.at-home': () => 'Das Gerät ist in seinem eigenen Mobilfunknetz.',
  'roaming.use-other': () => 'Benutzen Sie WLAN oder ein Mobilfunknetz, das Ihr Tarif einschließt.',
  'roaming.data-on': () => 'Das Gerät überträgt in fremden Netzen mobile Daten.',
  'roaming.data-off': () => 'Das Gerät überträgt in fremden Netzen keine mobilen Daten.',
  'roaming.turn-off': () => 'Schalten Sie das Daten-Roaming aus.',

  'data-plan.no-limit': () => 'Es ist nicht bekannt, wie viel Datenvolumen der Tarif erlaubt.',
  'data-plan.used': ({ percent }) => `${percent} Prozent des Datenvolumens sind verbraucht.`,
  'data-plan.used-up': ({ percent, mark }) =>
    `${percent} Prozent des Datenvolumens sind verbraucht; die Marke liegt bei ${mark}.`,
  'data-plan.save': () => 'Benutzen Sie WLAN, wo Sie können, bis das Datenvolumen neu beginnt.',

  'sim.same': () => 'Die SIM-Karte ist die, die das Gerät zuvor hatte.',
  'sim.other': () => 'Das Gerät benutzt eine andere SIM-Karte als zuvor.',
  'sim.put-back': () =>
    'Setzen Sie die frühere SIM-Karte wieder ein, oder teilen Sie Ihrer Gerätebetreuung die neue mit.',

  'mail.let-in': () => 'Das Mail-Gateway lässt das Gerät zu.',
  'mail.shut-out': () => 'Das Mail-Gateway lässt das Gerät nicht zu.',
  'mail.set-up': () =>
    'Richten Sie E-Mail auf dem Gerät ein, oder bitten Sie Ihre Gerätebetreuung, es zuzulassen.',
  'mail.unreadable': () => 'Wann zuletzt E-Mail abgerufen wurde, ist nicht lesbar.',
  'mail.within': ({ ms }) => `E-Mail wurde rechtzeitig abgerufen (spätestens nach ${dativeSpan(ms)}).`,
  'mail.late': ({ ms }) => `E-Mail wurde seit mehr als ${dativeSpan(ms)} nicht abgerufen.`,
  'mail.open': () => 'Öffnen Sie die Mail-App, während das Gerät verbunden ist.',

  'mail-gate.wiping': () => 'Das Gerät soll auf den Auslieferungszustand zurückgesetzt werden.',
  'mail-gate.wiping-account': () => 'Das E-Mail-Konto soll vom Gerät entfernt werden.',
  'mail-gate.user-disabled': () => 'Dieses Konto ist gesperrt.',
  'mail-gate.too-many': ({ most }) => `Dieses Konto hat schon auf ${most} Geräten E-Mail.`,
  'mail-gate.wiped': () => 'Die Gerätebetreuung hat die E-Mail von diesem Gerät entfernt.',
  'mail-gate.blocked': () => 'Die Gerätebetreuung hat E-Mail auf diesem Gerät gesperrt.',
  'mail-gate.quarantined': () => 'Die Gerätebetreuung hält E-Mail für dieses Gerät zurück.',
  'mail-gate.unknown': () => 'Ihre Organisation kennt dieses Gerät nicht.',
  'mail-gate.enrol': () => 'Melden Sie das Gerät an, um E-Mail darauf zu bekommen.',
  'mail-gate.enrol-or-ask': () =>
    'Melden Sie das Gerät an, oder bitten Sie Ihre Gerätebetreuung, es zuzulassen.',
  'mail-gate.without-policy': () => 'Die E-Mail-App wendet nicht an, was Ihre Organisation verlangt.',
  'mail-gate.fetch-policy': () => 'Die E-Mail-App muss erst abrufen, was Ihre Organisation verlangt.',

  'custom.met': () => 'Die Bedingung ist erfüllt.',
  'custom.undecided': ({ error }) => `Das lässt sich nicht sagen (${error.replace(/\.$/, '')}).`,
  'custom.too-old': () => 'Worauf das beruht, wurde vor zu langer Zeit gemeldet.',
};

function appNames({ apps, more }: NamedApps): string {
  const named = apps.map(({ name, version }) =>
    version === undefined ? formatValue(name) : `${formatValue(name)} (Version ${version})`,
  );
  return [...named, ...(more > 0 ? [`${more} weitere`] : [])].join(', ');
}

function areaNames({ names, more }: Named): string {
  return [...names, ...(more > 0 ? [`${more} weiteren Gebieten`] : [])].join(' oder ');
}
