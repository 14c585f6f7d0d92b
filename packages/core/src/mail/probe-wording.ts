/** What is said of each way of an outside look at a mail server: what was seen, what it means, what to do. */
import type { Language } from '../languages.ts';
import type { JudgedSight, ProbeReason, ProbeVerdict, ProbeWay } from './probe-result.ts';

type Sentence = (sight: JudgedSight) => string;

interface ProbeWords {
  readonly ways: Readonly<Record<ProbeWay, string>>;
  readonly verdicts: Readonly<Record<ProbeVerdict, string>>;
  readonly reasons: Readonly<Record<ProbeReason, Sentence>>;
  readonly advice: Readonly<Record<ProbeReason, string | undefined>>;
}

const english: ProbeWords = {
  ways: {
    activesync: 'ActiveSync',
    'activesync-plain': 'ActiveSync without TLS',
    autodiscover: 'Autodiscover',
    'exchange-services': 'Exchange Web Services',
    outlook: 'Outlook (MAPI, RPC over HTTP)',
    webmail: 'Webmail',
    traveler: 'Traveler',
    jmap: 'JMAP',
    imap: 'IMAP',
    pop: 'POP3',
    submission: 'Mail submission',
  },
  verdicts: { open: 'open', closed: 'closed', unclear: 'unclear' },
  reasons: {
    'phones-served': () => 'A service for phones answers: mail can be had here round the gateway.',
    'asks-password': () => 'It asks for a password: whoever has one gets mail here, round the gateway.',
    'sign-in-page': () => 'There is a page to sign in at.',
    greets: () => 'A mail program answers with its greeting.',
    'sends-phones-past': ({ host }) => `It sends phones to ${host ?? 'another server'}, past the gateway.`,
    'is-gateway': () => 'This is the gateway itself.',
    'sends-to-gateway': ({ host }) => `It sends whoever asks to the gateway (${host ?? ''}).`,
    refused: () => 'Nobody listens there.',
    silent: () => 'There is no answer: packets are dropped on the way.',
    denied: ({ status }) => `It is denied before a password is asked for (HTTP ${status ?? 403}).`,
    absent: ({ status }) => `There is no such service at this address (HTTP ${status ?? 404}).`,
    'secure-only': () => 'It only points to the same address with TLS.',
    'seen-from-gateway': () =>
      'It answers, but it was asked from the gateway’s own address, which the mail server has to let in; whether it answers phones too cannot be seen from here.',
    'password-everywhere': () =>
      'It asks for a password, but so does every other address of this web server; whether mail is behind it cannot be seen.',
    page: ({ status }) =>
      `A web page answers (HTTP ${status ?? 200}), and not the service that was asked for.`,
    'page-everywhere': () =>
      'Every address of this web server is answered with a page; this one says nothing.',
    elsewhere: ({ host }) => `It sends whoever asks to ${host ?? 'another host'}, which was not asked.`,
    'directions-hidden': () => 'It asks for a password before it says where phones shall go.',
    'no-address': () => 'The name has no address, as seen from here.',
    'forbidden-address': () => 'This server may not ask addresses that are not public.',
    'no-tls': () => 'Somebody listens, but no TLS connection comes about.',
    mute: () => 'A connection comes about, and nothing is said.',
    trouble: ({ status }) => `The server is in trouble or overloaded (HTTP ${status ?? 500}).`,
    'not-understood': ({ status }) =>
      status === undefined
        ? 'The answer is of another kind than asked for.'
        : `The answer is not to be made sense of (HTTP ${status}).`,
  },
  advice: {
    'phones-served':
      'Let only the gateway’s addresses reach it: docs/mail/ has the steps for your mail server.',
    'asks-password':
      'Let only the gateway’s addresses reach it: docs/mail/ has the steps for your mail server.',
    'sign-in-page': 'Close it to the outside, or accept it as a way that stays open on purpose.',
    greets: 'Block the port at the firewall, or accept it as a way that stays open on purpose.',
    'sends-phones-past':
      'Have Autodiscover of this domain answered by the gateway, or set its external address there.',
    'is-gateway': undefined,
    'sends-to-gateway': undefined,
    refused: undefined,
    silent: undefined,
    denied: undefined,
    absent: undefined,
    'secure-only': undefined,
    'seen-from-gateway':
      'Run “gatehouse mail-probe” at any other network, or give the server a second address to look from.',
    'password-everywhere':
      'Look at what stands in front of the mail server; the path of ActiveSync should be denied without asking.',
    page: 'Look at it with a browser: a portal, a firewall’s notice or a page of its own may stand in front of the mail server.',
    'page-everywhere': 'Nothing to do if this web server has nothing to do with mail.',
    elsewhere: 'Probe that host too.',
    'directions-hidden':
      'Point Autodiscover of the domain to the gateway, so that phones get its address and no other.',
    'no-address': 'Check the spelling. If the name exists only inside, probe the public name or address.',
    'forbidden-address':
      'Run “gatehouse mail-probe” from outside, or list the address in GATEHOUSE_OUTBOUND_ALLOW.',
    'no-tls':
      'Look at what listens there; a server that wants a certificate of its own from each client looks so too.',
    mute: 'Probe again; what stays mute may be a slow server, or a firewall that looks into connections.',
    trouble: 'Probe again when it is well.',
    'not-understood': 'Look at what listens there.',
  },
};

const german: ProbeWords = {
  ways: {
    activesync: 'ActiveSync',
    'activesync-plain': 'ActiveSync ohne TLS',
    autodiscover: 'Autodiscover',
    'exchange-services': 'Exchange-Webdienste',
    outlook: 'Outlook (MAPI, RPC über HTTP)',
    webmail: 'Webmail',
    traveler: 'Traveler',
    jmap: 'JMAP',
    imap: 'IMAP',
    pop: 'POP3',
    submission: 'Mailversand',
  },
  verdicts: { open: 'offen', closed: 'geschlossen', unclear: 'unklar' },
  reasons: {
    'phones-served': () => 'Ein Dienst für Telefone antwortet: Hier gibt es Mail am Gateway vorbei.',
    'asks-password': () =>
      'Es wird ein Kennwort verlangt: Wer eines hat, bekommt hier Mail am Gateway vorbei.',
    'sign-in-page': () => 'Es gibt eine Seite zum Anmelden.',
    greets: () => 'Ein Mailprogramm meldet sich mit seiner Begrüßung.',
    'sends-phones-past': ({ host }) =>
      `Telefone werden zu ${host ?? 'einem anderen Server'} geschickt, am Gateway vorbei.`,
    'is-gateway': () => 'Das ist das Gateway selbst.',
    'sends-to-gateway': ({ host }) => `Wer fragt, wird zum Gateway geschickt (${host ?? ''}).`,
    refused: () => 'Dort lauscht niemand.',
    silent: () => 'Es kommt keine Antwort: Pakete werden unterwegs verworfen.',
    denied: ({ status }) => `Es wird abgewiesen, bevor ein Kennwort verlangt wird (HTTP ${status ?? 403}).`,
    absent: ({ status }) => `Unter dieser Adresse gibt es den Dienst nicht (HTTP ${status ?? 404}).`,
    'secure-only': () => 'Es wird nur auf dieselbe Adresse mit TLS verwiesen.',
    'seen-from-gateway': () =>
      'Es antwortet, wurde aber von der Adresse des Gateways aus gefragt, die der Mailserver einlassen muss; ob es auch Telefonen antwortet, ist von hier nicht zu sehen.',
    'password-everywhere': () =>
      'Es wird ein Kennwort verlangt, aber unter jeder anderen Adresse dieses Webservers auch; ob dahinter Mail liegt, ist nicht zu sehen.',
    page: ({ status }) =>
      `Eine Webseite antwortet (HTTP ${status ?? 200}), nicht der Dienst, nach dem gefragt wurde.`,
    'page-everywhere': () =>
      'Dieser Webserver antwortet unter jeder Adresse mit einer Seite; diese besagt nichts.',
    elsewhere: ({ host }) =>
      `Wer fragt, wird zu ${host ?? 'einem anderen Server'} geschickt, der nicht gefragt wurde.`,
    'directions-hidden': () =>
      'Es wird ein Kennwort verlangt, bevor gesagt wird, wohin sich Telefone wenden sollen.',
    'no-address': () => 'Der Name hat von hier aus gesehen keine Adresse.',
    'forbidden-address': () => 'Dieser Server darf keine Adressen fragen, die nicht öffentlich sind.',
    'no-tls': () => 'Jemand lauscht, aber es kommt keine TLS-Verbindung zustande.',
    mute: () => 'Eine Verbindung kommt zustande, dann folgt nichts.',
    trouble: ({ status }) => `Der Server hat Schwierigkeiten oder ist überlastet (HTTP ${status ?? 500}).`,
    'not-understood': ({ status }) =>
      status === undefined
        ? 'Die Antwort ist von anderer Art als gefragt.'
        : `Die Antwort ergibt keinen Sinn (HTTP ${status}).`,
  },
  advice: {
    'phones-served':
      'Nur die Adressen des Gateways einlassen: docs/mail/ hat die Schritte für Ihren Mailserver.',
    'asks-password':
      'Nur die Adressen des Gateways einlassen: docs/mail/ hat die Schritte für Ihren Mailserver.',
    'sign-in-page': 'Nach außen schließen, oder als Weg annehmen, der mit Absicht offen bleibt.',
    greets: 'Den Port an der Firewall sperren, oder als Weg annehmen, der mit Absicht offen bleibt.',
    'sends-phones-past':
      'Autodiscover dieser Domäne vom Gateway beantworten lassen, oder dort dessen Adresse als externe eintragen.',
    'is-gateway': undefined,
    'sends-to-gateway': undefined,
    refused: undefined,
    silent: undefined,
    denied: undefined,
    absent: undefined,
    'secure-only': undefined,
    'seen-from-gateway':
      '„gatehouse mail-probe“ in irgendeinem anderen Netz aufrufen, oder dem Server eine zweite Adresse geben, von der aus er schaut.',
    'password-everywhere':
      'Nachsehen, was vor dem Mailserver steht; der Pfad von ActiveSync sollte ohne Nachfrage abgewiesen werden.',
    page: 'Mit einem Browser nachsehen: Ein Portal, ein Hinweis der Firewall oder eine eigene Seite kann vor dem Mailserver stehen.',
    'page-everywhere': 'Nichts zu tun, wenn dieser Webserver mit Mail nichts zu tun hat.',
    elsewhere: 'Auch diesen Server prüfen.',
    'directions-hidden':
      'Autodiscover der Domäne auf das Gateway zeigen lassen, damit Telefone dessen Adresse bekommen und keine andere.',
    'no-address':
      'Die Schreibweise prüfen. Gibt es den Namen nur innen, den öffentlichen Namen oder die Adresse prüfen.',
    'forbidden-address':
      '„gatehouse mail-probe“ von außen aufrufen, oder die Adresse in GATEHOUSE_OUTBOUND_ALLOW eintragen.',
    'no-tls':
      'Nachsehen, was dort lauscht; ein Server, der von jedem ein eigenes Zertifikat verlangt, sieht auch so aus.',
    mute: 'Noch einmal prüfen; was stumm bleibt, kann ein langsamer Server sein oder eine Firewall, die in Verbindungen hineinsieht.',
    trouble: 'Noch einmal prüfen, wenn es ihm wieder gut geht.',
    'not-understood': 'Nachsehen, was dort lauscht.',
  },
};

const words: Readonly<Record<Language, ProbeWords>> = { en: english, de: german };

export interface ProbeSentence {
  readonly way: string;
  readonly verdict: string;
  /** What was seen and what it means. */
  readonly meaning: string;
  /** What to do; absent where there is nothing. */
  readonly advice?: string;
}

export function describeSight(sight: JudgedSight, language: Language = 'en'): ProbeSentence {
  const { ways, verdicts, reasons, advice } = words[language];
  const todo = advice[sight.because];
  return {
    way: ways[sight.way],
    verdict: verdicts[sight.verdict],
    meaning: reasons[sight.because](sight),
    ...(todo === undefined ? {} : { advice: todo }),
  };
}

/** Names of ways, for a sentence. */
export function nameWays(ways: readonly ProbeWay[], language: Language = 'en'): string {
  return ways.map((way) => words[language].ways[way]).join(', ');
}
