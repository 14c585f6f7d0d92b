/** What is wrong with an expression, in the reader's language: forms say it while somebody types, so it is a small table of its own. */
import type { Language } from '../languages.ts';
import { retellerOf } from '../sentences/retell.ts';
import type { SentenceTable } from '../sentences/sentence-table.ts';

export const germanExpressionProblems: SentenceTable = {
  '"matches" is not available, because patterns can take for ever; there are startsWith, endsWith and contains':
    '„matches“ gibt es nicht, weil Muster ewig dauern können; es gibt startsWith, endsWith und contains',
  'there is no function "{1}"': 'eine Funktion „{1}“ gibt es nicht',
  '"{1}" takes one value': '„{1}“ nimmt einen Wert',
  '"{1}" takes {2} values': '„{1}“ nimmt {2} Werte',
  '"{1}" takes a text in quotes': '„{1}“ nimmt einen Text in Anführungszeichen',
  '"has" takes a name such as storage.encrypted': '„has“ nimmt einen Namen wie storage.encrypted',
  '"version" takes a text': '„version“ nimmt einen Text',
  'this is no version such as 17.2': 'das ist keine Version wie 17.2',
  'this is no span such as 90s, 15m, 36h or 7d': 'das ist keine Zeitspanne wie 90s, 15m, 36h oder 7d',
  'there is no "{1}"': '„{1}“ gibt es nicht',
  'there is no "{1}"; there are {2}': '„{1}“ gibt es nicht; es gibt {2}',
  '"{1}" is not one value; there are {2}': '„{1}“ ist nicht ein einzelner Wert; es gibt {2}',
  'a value of type {1} has no size': 'ein Wert vom Typ {1} hat keine Größe',
  'a value of type {1} has no field "{2}"': 'ein Wert vom Typ {1} hat kein Feld „{2}“',
  '"{1}" is between two texts': '„{1}“ steht zwischen zwei Texten',
  '"{1}" stands behind a value': '„{1}“ steht hinter einem Wert',
  '"{1}" stands behind a list': '„{1}“ steht hinter einer Liste',
  '"lowerAscii" stands behind a text and takes nothing':
    '„lowerAscii“ steht hinter einem Text und nimmt nichts',
  'a name for the items was expected here': 'hier wurde ein Name für die Einträge erwartet',
  'this must be true or false': 'das muss wahr oder falsch sein',
  'an empty list has nothing to look for': 'in einer leeren Liste gibt es nichts zu suchen',
  'the items of a list must be simple values of one type':
    'die Einträge einer Liste müssen einfache Werte eines Typs sein',
  'what stands before "?" must be true or false': 'was vor „?“ steht, muss wahr oder falsch sein',
  'both answers must have one type, not {1} and {2}':
    'beide Antworten müssen denselben Typ haben, nicht {1} und {2}',
  'it gives a value of type {1}; true or false is needed':
    'er ergibt einen Wert vom Typ {1}; gebraucht wird wahr oder falsch',
  'it is too costly: up to {1} steps where {2} are allowed; lists within lists multiply':
    'er ist zu aufwendig: bis zu {1} Schritte, wo {2} erlaubt sind; Listen in Listen vervielfachen sich',
  'this has the type {1}; true or false is needed': 'das hat den Typ {1}; gebraucht wird wahr oder falsch',
  '"{1}" cannot stand before a value of type {2}': '„{1}“ kann nicht vor einem Wert vom Typ {2} stehen',
  '"{1}" cannot join {2} and {3}': '„{1}“ kann {2} und {3} nicht verbinden',
  'these two spans are always the same; compare one with age(…)':
    'diese beiden Zeitspannen sind immer gleich; vergleichen Sie eine mit age(…)',
  'this is nested too deeply': 'das ist zu tief verschachtelt',
  'items of lists are reached with exists, all and filter only':
    'an Einträge von Listen kommt man nur mit exists, all und filter',
  'something is missing here': 'hier fehlt etwas',
  'a value was expected here': 'hier wurde ein Wert erwartet',
  'there is no null here: ask has(…) whether something is known':
    'null gibt es hier nicht: Fragen Sie mit has(…), ob etwas bekannt ist',
  'a name was expected here': 'hier wurde ein Name erwartet',
  '"{1}" was expected here': 'hier wurde „{1}“ erwartet',
  'it goes on for too long (4096 characters at most)': 'er ist zu lang (höchstens 4096 Zeichen)',
  'an operator or the end was expected here': 'hier wurde ein Operator oder das Ende erwartet',
  'this number is too large': 'diese Zahl ist zu groß',
  'this character has no meaning here': 'dieses Zeichen bedeutet hier nichts',
  'this escape is not known': 'diese Ersatzdarstellung ist nicht bekannt',
  'this text is not closed': 'dieser Text ist nicht geschlossen',
  'list of {1}': 'Liste von {1}',
};

const retellers: Readonly<Record<Exclude<Language, 'en'>, (text: string) => string>> = {
  de: retellerOf(germanExpressionProblems),
};

/** @param problem of `expressionError` */
export const expressionProblem = (problem: string, language: Language): string =>
  language === 'en' ? problem : retellers[language](problem);
