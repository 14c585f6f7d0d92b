/** Alerts in German. */
import { type AlertWording, capital } from './english.ts';

const devices = (count: number): string => (count === 1 ? '1 Gerät' : `${count} Geräte`);
const onDevices = (count: number): string => (count === 1 ? 'auf 1 Gerät' : `auf ${count} Geräten`);

export const german: AlertWording = {
  severities: { info: 'Hinweis', warning: 'Warnung', critical: 'kritisch' },
  kinds: {
    'destruction-held': {
      title: 'Löschende Befehle warten auf eine zweite Person.',
      tell: ({ command, devices: count, askedBy }, { commandTitle, actor }) =>
        `„${commandTitle(command)}“ für ${devices(count)} wartet auf eine zweite Person; beantragt hat das ${actor(askedBy)}.`,
    },
    'destruction-overridden': {
      title: 'In einem Notfall wurde ohne eine zweite Person gehandelt.',
      tell: ({ by, devices: count, reason }, { actor }) =>
        `${capital(actor(by))} hat ${onDevices(count)} ohne eine zweite Person Daten gelöscht: „${reason}“.`,
    },
    'budget-change-asked': {
      title: 'Jemand beantragt ein anderes Löschkontingent.',
      tell: ({ askedBy }, { actor }) =>
        `${capital(actor(askedBy))} beantragt ein anderes Löschkontingent; eine zweite Person muss zustimmen.`,
    },
    'first-device-failed': {
      title: 'Das erste von vielen Geräten hat seinen Befehl nicht ausgeführt; die anderen warten.',
      tell: ({ devices: count }) =>
        `Das erste von ${count} Geräten hat seinen Befehl nicht ausgeführt; die anderen warten, bis jemand sie freigibt oder ablehnt.`,
    },
    'rule-broken': {
      title: 'Eine Compliance-Regel verlangt, dass die Administration Bescheid weiß.',
      tell: ({ rule, ruleName, stage, says }, { ruleTitle, render }) =>
        `Die Regel „${ruleName === '' ? ruleTitle(rule) : ruleName}“ ist verletzt (Stufe ${stage}): ${render(says)}`,
    },
    'action-refused': {
      title: 'Was eine Compliance-Regel verlangt, darf mit diesem Gerät nicht geschehen.',
      tell: ({ command, why }, { commandTitle, told }) =>
        `Eine Regel verlangt „${commandTitle(command)}“; das ist nicht geschehen: ${told(why)}`,
    },
    'carrier-to-be-told': {
      title: 'Ein Gerät wurde gestohlen; der Mobilfunkanbieter kann es sperren.',
      tell: ({ deviceId }) =>
        `Das Gerät ${deviceId} wurde gestohlen und wird vollständig gelöscht; lassen Sie es vom Mobilfunkanbieter sperren, damit es sich nicht verkaufen lässt.`,
    },
    'watch-list': {
      title: 'Geräte kamen auf eine Beobachtungsliste oder verließen sie.',
      tell: ({ list, direction, count }) => {
        const who = count === 1 ? 'Ein Gerät' : devices(count);
        return direction === 'entered'
          ? `${who} ${count === 1 ? 'kam' : 'kamen'} auf die Beobachtungsliste „${list}“.`
          : `${who} ${count === 1 ? 'verließ' : 'verließen'} die Beobachtungsliste „${list}“.`;
      },
    },
    'rollout-halted': {
      title: 'Mehr Geräte als simuliert sind nicht mehr konform; die Einführung wartet auf einen Menschen.',
      tell: ({ notCompliant, expected }) =>
        `Eine Einführung ist angehalten: ${devices(notCompliant)} nicht mehr konform, erwartet ${expected}.`,
    },
    'playbook-stuck': {
      title: 'Ein Ablauf für ein verlorenes oder gestohlenes Gerät kommt nicht von selbst weiter.',
      tell: ({ playbook, deviceId, step, why }, { playbookName, stepTitle, told }) =>
        `Der Ablauf „${playbookName(playbook)}“ für das Gerät ${deviceId} endete bei „${stepTitle(step)}“: ${told(why)}`,
    },
    'mail-device-unknown': {
      title: 'Unbekannte Geräte fragen nach E-Mail.',
      tell: () =>
        'Ein Gerät, das niemand kennt, fragt nach E-Mail; sehen Sie unter den Mailgeräten die unbekannten an.',
    },
    'mail-device-looping': {
      title: 'Ein Mail-Client fragt immer wieder dasselbe.',
      tell: ({ command, times, withinSeconds }) =>
        `Ein Mail-Client hat „${command}“ in ${withinSeconds} Sekunden ${times}-mal gesendet und wird gebremst.`,
    },
    'mail-server-wipe': {
      title: 'Ein Mailserver ordnet das Löschen eines Geräts an.',
      tell: ({ outcome }) =>
        ({
          held: 'Ein Mailserver ordnet das Löschen eines Geräts an. Eine zweite Person muss zustimmen; bis dahin erhält das Gerät keine E-Mail.',
          'account-instead':
            'Ein Mailserver ordnet an, ein Gerät vollständig zu löschen, das nicht als Firmengerät bekannt ist. Entfernt wird nur das Mail-Konto.',
          device: 'Ein Mailserver ordnet an, ein Firmengerät vollständig zu löschen; das geschieht.',
          account: 'Ein Mailserver ordnet an, ein Mail-Konto von einem Gerät zu entfernen; das geschieht.',
        })[outcome],
    },
    'mail-probe-open': {
      title: 'E-Mail ist am Gateway vorbei zu bekommen.',
      tell: ({ server, openWays }, { ways }) =>
        `E-Mail des Servers ${server} ist am Gateway vorbei zu bekommen, über: ${ways(openWays)}.`,
    },
    'mail-wipe-failed': {
      title: 'Ein Mail-Client konnte das angeordnete Löschen nicht ausführen.',
      tell: () => 'Ein Mail-Client meldet, dass er sich nicht löschen ließ. Er erhält keine E-Mail mehr.',
    },
    'signals-interrupted': {
      title: 'Ein Empfänger von Signalen oder ein Webhook erfährt keine Änderungen mehr.',
      tell: ({ what, receiver }) =>
        ({
          'receiver-refuses':
            'Ein Empfänger von Signalen lehnt einige davon ab. Sie werden für die aufgehoben, die sich um ihn kümmern.',
          'receiver-silent':
            'Ein Empfänger von Signalen hat zu lange keine angenommen. Sie werden aufgehoben, von jedem Gerät das neueste.',
          stopped: 'Ein Empfänger von Signalen erfährt keine Änderungen mehr.',
          deleted: 'Ein Empfänger von Signalen erfährt keine Änderungen mehr: Sein Strom wurde gelöscht.',
          'subjects-removed': 'Ein Empfänger von Signalen will von einigen Geräten nichts mehr erfahren.',
          'webhook-fails': `Der Webhook ${receiver} nimmt seine Nachrichten nicht an. Sie lassen sich noch einmal senden.`,
          'webhook-gone': `Der Webhook ${receiver} ist abgeschaltet: Sein Empfänger sagt, dass es ihn nicht mehr gibt.`,
        })[what],
    },
  },
};
