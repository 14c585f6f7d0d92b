/** About the request itself, whoever makes it: its form, its repetition, and a server that cannot answer now. */
import type { SentenceTable } from '../sentence-table.ts';

export const ofRequests: SentenceTable = {
  'Invalid input': 'Ungültige Eingabe',
  'Not signed in': 'Nicht angemeldet',
  'Not permitted': 'Nicht erlaubt',
  'Not found': 'Nicht gefunden',
  Conflict: 'Konflikt',
  'No longer available': 'Nicht mehr vorhanden',
  'Changed meanwhile': 'Inzwischen geändert',
  'Too large': 'Zu groß',
  'Unsupported media type': 'Art des Inhalts nicht unterstützt',
  'Cannot be processed': 'Nicht zu verarbeiten',
  'Too many requests': 'Zu viele Anfragen',
  'Internal error': 'Interner Fehler',
  Unavailable: 'Nicht verfügbar',
  'Storage full': 'Speicher voll',
  'Sign in first': 'Melden Sie sich erst an',
  'Sign in, or send a token': 'Melden Sie sich an, oder senden Sie ein Zugriffstoken',
  'Authorization must be: Bearer TOKEN': 'Authorization muss lauten: Bearer TOKEN',
  'This is not for such accounts': 'Das ist nicht für solche Konten',
  'This needs an organization to act in': 'Dafür muss eine Organisation gewählt sein',
  'This needs the permission "{1}": {2}': 'Dafür fehlt die Berechtigung „{1}“: {2}',
  'Name the organization, by ?organization=SLUG or the header Gatehouse-Organization':
    'Nennen Sie die Organisation, mit ?organization=KÜRZEL oder der Kopfzeile Gatehouse-Organization',
  'Name the organization: the address does not say which it is':
    'Nennen Sie die Organisation: Die Adresse sagt nicht, welche es ist',
  'The organization is given more than once': 'Die Organisation ist mehr als einmal angegeben',
  'Header and query name different organizations': 'Kopfzeile und Adresse nennen verschiedene Organisationen',
  'There is no organization "{1}"': 'Eine Organisation „{1}“ gibt es nicht',
  'The organization asks for a second factor: enrol one first':
    'Die Organisation verlangt einen zweiten Faktor: Richten Sie erst einen ein',
  'The header Gatehouse-Csrf is missing or not of this session':
    'Die Kopfzeile Gatehouse-Csrf fehlt oder gehört nicht zu dieser Sitzung',
  'The request comes from another origin': 'Die Anfrage kommt von einer anderen Seite',
  'This is for administrators who signed in with a browser':
    'Das ist für Administratoren, die sich mit einem Browser angemeldet haben',
  'This server does not answer for that host name': 'Dieser Server antwortet nicht unter diesem Namen',
  'There is nothing at this address': 'An dieser Adresse ist nichts',
  'The request': 'Die Anfrage',
  'is not valid': 'ist nicht gültig',
  'The request is not valid': 'Die Anfrage ist nicht gültig',
  'The address is not valid': 'Die Adresse ist nicht gültig',
  'The body is empty': 'Die Anfrage hat keinen Inhalt',
  'This address takes no body': 'Diese Adresse nimmt keinen Inhalt an',
  'The body is larger than this address accepts': 'Der Inhalt ist größer, als diese Adresse annimmt',
  'The content type is not one this address accepts': 'Diese Art von Inhalt nimmt die Adresse nicht an',
  'The body must be {1}, named once in Content-Type':
    'Der Inhalt muss {1} sein, einmal genannt in Content-Type',
  'The body is not as long as its Content-Length says':
    'Der Inhalt ist nicht so lang, wie Content-Length angibt',
  'The body is not valid JSON': 'Der Inhalt ist kein gültiges JSON',
  'The body nests deeper than {1} levels': 'Der Inhalt ist tiefer als {1} Ebenen verschachtelt',
  'The body may not use the key "{1}"': 'Der Inhalt darf den Schlüssel „{1}“ nicht verwenden',
  'The cursor does not belong to this list': 'Die Stelle gehört nicht zu dieser Liste',
  'If-Match is not a list of entity tags': 'If-Match ist keine Liste von ETags',
  'Somebody else changed this meanwhile. Nothing was saved.':
    'Jemand anders hat das inzwischen geändert. Nichts wurde gespeichert.',
  'The same request is being worked on': 'Dieselbe Anfrage wird gerade bearbeitet',
  'Idempotency-Key must be 1 to 200 visible characters':
    'Idempotency-Key muss aus 1 bis 200 sichtbaren Zeichen bestehen',
  'This Idempotency-Key was used with another request':
    'Dieser Idempotency-Key wurde mit einer anderen Anfrage verwendet',
  'This was done before; its answer is shown only once':
    'Das ist schon geschehen; die Antwort wird nur einmal gezeigt',
  'There is no such failed job, or a newer one waits in its place':
    'Diesen fehlgeschlagenen Auftrag gibt es nicht, oder ein neuerer wartet an seiner Stelle',
  'Too many streams are open': 'Zu viele Verbindungen für Neuigkeiten sind offen',
  'Too many attempts; try again later': 'Zu viele Versuche; versuchen Sie es später noch einmal',
  'Something went wrong here; the log has it under this request’s id':
    'Hier ist etwas fehlgeschlagen; das Protokoll des Servers hat es unter der Kennung dieser Anfrage',
  'The server has no disk space left; nothing was changed':
    'Der Server hat keinen Speicherplatz mehr; nichts wurde geändert',
  'The database has no connection to spare; try again shortly':
    'Die Datenbank hat keine Verbindung frei; versuchen Sie es gleich noch einmal',
  'The database is restarting; try again shortly':
    'Die Datenbank startet neu; versuchen Sie es gleich noch einmal',
  'The database is starting; try again shortly': 'Die Datenbank startet; versuchen Sie es gleich noch einmal',
  'The database took too long to answer': 'Die Datenbank hat zu lange gebraucht',
  'The database cannot be reached; try again shortly':
    'Die Datenbank ist nicht erreichbar; versuchen Sie es gleich noch einmal',

  'A file may have at most {1} bytes': 'Eine Datei darf höchstens {1} Byte groß sein',
  'A file may have at most {1} lines': 'Eine Datei darf höchstens {1} Zeilen haben',
  'The file is empty': 'Die Datei ist leer',
  'The file is not CSV in UTF-8 with commas between': 'Die Datei ist keine CSV-Datei in UTF-8 mit Kommas',
  'The file must be encoded in UTF-8': 'Die Datei muss in UTF-8 kodiert sein',
  'The column "{1}" is not known; the columns are {2}':
    'Die Spalte „{1}“ ist nicht bekannt; die Spalten heißen {2}',
  'The column "{1}" is missing': 'Die Spalte „{1}“ fehlt',
  'A column appears twice': 'Eine Spalte kommt zweimal vor',
};
