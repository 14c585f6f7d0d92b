/** About what stands between devices and the network or their mail, and about whoever is told of changes. */
import type { SentenceTable } from '../sentence-table.ts';

export const ofGates: SentenceTable = {
  'The address is no IPv4 or IPv6 address': 'Die Adresse ist keine IPv4- oder IPv6-Adresse',
  'Nothing is sent to this address unless the operator lists it among those that may be reached':
    'An diese Adresse wird nichts gesendet, solange der Betreiber sie nicht unter die erreichbaren aufnimmt',
  'There is no such ISE server.': 'Diesen ISE-Server gibt es nicht.',
  'Another ISE server has this name.': 'Ein anderer ISE-Server heißt schon so.',
  'A user name of HTTP Basic has no colon': 'Ein Benutzername für HTTP Basic enthält keinen Doppelpunkt',
  'With another address the password has to be given again':
    'Mit einer anderen Adresse muss das Kennwort neu angegeben werden',
  'The address of an ISE is https://HOST[:PORT]': 'Die Adresse einer ISE lautet https://HOST[:PORT]',
  'trust holds no certificate (PEM)': 'Das Vertrauen enthält kein Zertifikat (PEM)',
  'The ISE server answers and knows the account.': 'Der ISE-Server antwortet und kennt das Konto.',
  'Of the ISE server: {1}': 'Zum ISE-Server: {1}',
  'it does not know the user name or the password': 'er kennt den Benutzernamen oder das Kennwort nicht',
  'the account may not use this interface': 'das Konto darf diese Schnittstelle nicht benutzen',
  'there is no such interface at this address': 'unter dieser Adresse gibt es keine solche Schnittstelle',
  'what answers there is no such interface': 'was dort antwortet, ist keine solche Schnittstelle',
  'it answers {1}: is there a policy {2}?': 'er antwortet mit {1}: Gibt es die Richtlinie {2}?',
  'it answers {1}': 'er antwortet mit {1}',
  'There is no such network device.': 'Dieses Netzwerkgerät gibt es nicht.',
  'Another network device has this address.': 'Ein anderes Netzwerkgerät hat diese Adresse.',
  'There is no template of this name; there are {1}': 'Diese Vorlage gibt es nicht; es gibt {1}',
  'The settings were changed meanwhile.': 'Die Einstellungen wurden inzwischen geändert.',
  'The template is not known any more.': 'Die Vorlage ist nicht mehr bekannt.',
  'The network device answers and has the same secret.':
    'Das Netzwerkgerät antwortet und hat dasselbe Geheimnis.',
  'The network device answers and has the same secret, but refuses: {1}.':
    'Das Netzwerkgerät antwortet und hat dasselbe Geheimnis, lehnt aber ab: {1}.',
  'Of the network device: {1}': 'Zum Netzwerkgerät: {1}',
  'it was not told ({1})': 'es wurde nicht verständigt ({1})',
  'it refuses: {1}': 'es lehnt ab: {1}',
  'its answers do not prove themselves: is the shared secret the same on both sides?':
    'seine Antworten weisen sich nicht aus: Ist das gemeinsame Geheimnis auf beiden Seiten gleich?',
  'it does not answer: is this server among its clients for dynamic authorization, with the same secret and port?':
    'es antwortet nicht: Ist dieser Server dort für dynamische Autorisierung eingetragen, mit demselben Geheimnis und Port?',
  'no packet can be sent to it': 'es lässt sich kein Paket dorthin senden',

  'The receiver cannot be reached': 'Der Empfänger ist nicht erreichbar',
  'The receiver does not answer': 'Der Empfänger antwortet nicht',
  'The receiver does not answer in time': 'Der Empfänger antwortet nicht rechtzeitig',
  'The receiver’s answer is too long': 'Die Antwort des Empfängers ist zu lang',
  'The receiver’s certificate cannot be verified': 'Das Zertifikat des Empfängers lässt sich nicht prüfen',
  'The name of the receiver has no address': 'Der Name des Empfängers hat keine Adresse',
  'The receiver has an address that is not public': 'Die Adresse des Empfängers ist nicht öffentlich',
  'Too much waits for this receiver already': 'Auf diesen Empfänger wartet schon zu viel',
  'A receiver’s address is https://HOST[:PORT]/PATH, without a user name and without #':
    'Die Adresse eines Empfängers lautet https://HOST[:PORT]/PFAD, ohne Benutzername und ohne #',
  'You may not read of {1}': 'Sie dürfen nichts lesen über {1}',
  'There is no such webhook': 'Diesen Webhook gibt es nicht',
  'An organization has at most {1} webhooks': 'Eine Organisation hat höchstens {1} Webhooks',
  'There is no such delivery': 'Diese Zustellung gibt es nicht',
  'the receiver says that it is gone': 'der Empfänger sagt, dass es ihn nicht mehr gibt',
  'disabled by an administrator': 'von der Administration abgeschaltet',

  'There is no such mail server': 'Diesen Mailserver gibt es nicht',
  'There is no such mail server.': 'Diesen Mailserver gibt es nicht.',
  'There is no such look at a mail server': 'Diese Prüfung eines Mailservers gibt es nicht',
  'Another mail server has this name.': 'Ein anderer Mailserver heißt schon so.',
  'The mail server answers, and asks who it is.': 'Der Mailserver antwortet und fragt, wer da ist.',
  'The mail server answers strangers without asking who they are: no password can be proved with it.':
    'Der Mailserver antwortet Fremden, ohne zu fragen, wer sie sind: Mit ihm lässt sich kein Kennwort prüfen.',
  'The mail server refuses us. If it lets in certain addresses only, those of the gateway are missing there.':
    'Der Mailserver weist das Gateway ab. Lässt er nur bestimmte Adressen zu, fehlen dort die des Gateways.',
  'There is no ActiveSync at this address.': 'Unter dieser Adresse gibt es kein ActiveSync.',
  'The mail server answers with status {1}.': 'Der Mailserver antwortet mit Status {1}.',
  'The mail server cannot be reached': 'Der Mailserver ist nicht erreichbar',
  'The mail server does not answer': 'Der Mailserver antwortet nicht',
  'The mail server does not answer in time': 'Der Mailserver antwortet nicht rechtzeitig',
  'The mail server closed the connection': 'Der Mailserver hat die Verbindung geschlossen',
  'The mail server’s certificate cannot be verified':
    'Das Zertifikat des Mailservers lässt sich nicht prüfen',
  'The mail server’s answer is too long': 'Die Antwort des Mailservers ist zu lang',
  'The mail server’s answer has {1}': 'Die Antwort des Mailservers hat {1}',
  'no readable length': 'keine lesbare Länge',
  'no status line': 'keine Statuszeile',
  'a header without a name': 'eine Kopfzeile ohne Namen',
  'a header that is none': 'eine Kopfzeile, die keine ist',
  'too many headers': 'zu viele Kopfzeilen',
  'a strange transfer encoding': 'eine fremde Übertragungskodierung',
  'two ways to end': 'zwei Enden',
  'The mail server’s answer has chunks that cannot be read':
    'Die Antwort des Mailservers hat Teile, die nicht lesbar sind',
  'The mail server’s answer has a head without end': 'Die Antwort des Mailservers hat einen Kopf ohne Ende',
  'The mail server’s answer cannot be passed on': 'Die Antwort des Mailservers lässt sich nicht weitergeben',
  'The mail server’s answer cannot be uncompressed': 'Die Antwort des Mailservers lässt sich nicht entpacken',
  'The mail server wants another protocol': 'Der Mailserver will ein anderes Protokoll',
  'The name of the mail server has no address': 'Der Name des Mailservers hat keine Adresse',
  'The mail server has an address that is not public': 'Die Adresse des Mailservers ist nicht öffentlich',
  'Plain HTTP goes only to addresses that the operator has listed':
    'Unverschlüsseltes HTTP geht nur an Adressen, die der Betreiber aufgeführt hat',
  'Too much waits for the mail server already': 'Auf den Mailserver wartet schon zu viel',
  'This server stops': 'Dieser Server hält an',
  'The address is no plain http or https URL.': 'Die Adresse ist keine einfache http- oder https-Adresse.',
  'The trusted certificates cannot be read.': 'Die vertrauten Zertifikate sind nicht lesbar.',
  'With another address the secret has to be given anew.':
    'Mit einer anderen Adresse muss das Geheimnis neu angegeben werden.',
  'A header that names users, the one with the secret, and the secret belong together.':
    'Die Kopfzeile mit dem Benutzer, die mit dem Geheimnis und das Geheimnis selbst gehören zusammen.',
  'The gateway says something else in {1}.': 'In {1} sagt das Gateway etwas anderes.',
  'One header cannot hold both the user and the secret.':
    'Eine Kopfzeile kann nicht Benutzer und Geheimnis zugleich enthalten.',
  'This form of log-in needs a domain of Windows.': 'Diese Art der Anmeldung braucht eine Windows-Domäne.',
  'The mail server is assigned there already.': 'Der Mailserver ist dort schon zugewiesen.',
  'There is no such assignment of a mail server.': 'Diese Zuweisung eines Mailservers gibt es nicht.',
  'The organization needs no target.': 'Die Organisation braucht kein Ziel.',
  'The target is no mail domain.': 'Das Ziel ist keine Mail-Domäne.',
  'There is no such mail device.': 'Dieses Mailgerät gibt es nicht.',
  'The device is not under management.': 'Das Gerät wird nicht verwaltet.',
  'A wipe waits for it.': 'Es soll gelöscht werden und hat den Befehl noch nicht abgeholt.',
  'No wipe waits for it.': 'Es wartet kein Löschbefehl.',
  'The client has been told to wipe already.': 'Der Mail-Client hat den Löschbefehl schon erhalten.',
  'The mail server orders it.': 'Der Mailserver ordnet es an.',
  'The mail server orders a wipe, which waits for a second person.':
    'Der Mailserver ordnet ein Löschen an, das auf eine zweite Person wartet.',
};
