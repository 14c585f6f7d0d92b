/** About commands: who may order them, what devices can do, what waits for a second person, and procedures made of them. */
import type { SentenceTable } from '../sentence-table.ts';

export const ofCommands: SentenceTable = {
  'It takes a permission that your role does not have: {1}': 'Ihrer Rolle fehlt eine Berechtigung: {1}',
  '"{1}" is for corporate devices; this one is {2}.':
    '„{1}“ ist für Firmengeräte vorgesehen; dieses ist {2}.',
  'Where a device is may be seen of corporate devices; this one is {1}.':
    'Wo ein Gerät ist, lässt sich nur bei Firmengeräten sehen; dieses ist {1}.',
  'This account gained power less than {1} hours ago and may not destroy data yet.':
    'Dieses Konto hat seine Rechte vor weniger als {1} Stunden erhalten und darf noch keine Daten löschen.',
  'Destroying data takes two people in this organization.':
    'Zum Löschen von Daten braucht es in dieser Organisation zwei Personen.',
  "The organization's {1} wipes per {2} minutes are spent.":
    'Das Löschkontingent der Organisation ist verbraucht: {1} in {2} Minuten.',
  '{1} Another administrator is asked to approve it.': '{1} Eine zweite Person wird um Freigabe gebeten.',
  'It follows when the first device of the batch has done it.':
    'Dieses folgt, sobald das erste Gerät den Befehl ausgeführt hat.',
  'A command is sent to at most {1} devices at once.': 'Ein Befehl geht an höchstens {1} Geräte auf einmal.',
  'The device has not completed its enrolment.': 'Das Gerät ist noch nicht fertig registriert.',
  'The device is blocked and cannot be reached; unblock it first.':
    'Das Gerät ist ausgeschlossen und nicht erreichbar; lassen Sie es erst wieder zu.',
  'The device is no longer managed.': 'Das Gerät wird nicht mehr verwaltet.',
  'There is no such command.': 'Diesen Befehl gibt es nicht.',
  'There is no command {1}.': 'Einen Befehl {1} gibt es nicht.',
  'The device has no such command.': 'Das Gerät hat keinen solchen Befehl.',
  'The command has not been handed to the device.': 'Das Gerät hat den Befehl noch nicht erhalten.',
  'The command is finished already.': 'Der Befehl ist schon abgeschlossen.',
  'Another answer to this command was given before.': 'Auf diesen Befehl kam schon eine andere Antwort.',
  'The device has the command already.': 'Das Gerät hat den Befehl schon.',
  'The command was withdrawn.': 'Der Befehl wurde zurückgezogen.',
  'The command does not allow this now.': 'Der Befehl lässt das jetzt nicht zu.',
  'The device did not come for it in time.': 'Das Gerät hat den Befehl nicht rechtzeitig abgeholt.',
  'The device did not answer in time; whether it was carried out is not known.':
    'Das Gerät hat nicht rechtzeitig geantwortet; ob der Befehl ausgeführt wurde, ist unbekannt.',
  'Whoever ordered it may no longer do so.': 'Wer das angeordnet hat, darf es nicht mehr.',
  'The device has become {1}, and whoever ordered it may not do this to it.':
    'Das Gerät ist jetzt {1}, und wer das angeordnet hat, darf es dann nicht.',
  'The result cannot be stored.': 'Das Ergebnis lässt sich nicht speichern.',
  'The device gave no reason.': 'Das Gerät hat keinen Grund genannt.',

  'The parameters of a command are an object.': 'Die Parameter eines Befehls sind ein Objekt.',
  'The parameters are wrong: {1}.': 'Die Parameter sind falsch: {1}.',
  '{1} is missing': '{1} fehlt',
  '{1} is not a parameter': '{1} ist kein Parameter',
  '{1} must be text': '{1} muss ein Text sein',
  '{1} must have at most {2} characters': '{1} darf höchstens {2} Zeichen haben',
  '{1} must not contain control characters': '{1} darf keine Steuerzeichen enthalten',
  '{1} must be {2} to {3} digits': '{1} muss aus {2} bis {3} Ziffern bestehen',
  '{1} must be true or false': '{1} muss wahr oder falsch sein',
  '{1} must be one of: {2}': '{1} muss eines sein von: {2}',
  '{1} must be a whole number from {2} to {3}': '{1} muss eine ganze Zahl von {2} bis {3} sein',
  '{1} must be an https address': '{1} muss eine https-Adresse sein',
  'Nothing is to be changed.': 'Es gibt nichts zu ändern.',
  'Whose account goes is said by userName, or by allUsers.':
    'Welches Konto gelöscht wird, sagt userName oder allUsers.',
  'Whoever finds the device needs a message or a telephone number.':
    'Wer das Gerät findet, braucht eine Nachricht oder eine Telefonnummer.',
  'An app is named by exactly one of: storeId, bundleId, manifestUrl.':
    'Eine App wird durch genau eines benannt: storeId, bundleId oder manifestUrl.',
  'An assigned app is named by its bundleId; everything else comes from the resource.':
    'Eine zugewiesene App wird durch ihre bundleId benannt; alles andere kommt aus der Ressource.',
  'content is of assigned apps.': 'content gehört zu zugewiesenen Apps.',
  'A network to come back through is for a device that returns to service.':
    'Ein Netz zur Rückkehr ist für Geräte, die von selbst wieder in Betrieb gehen.',
  'A wallpaper and its place are given together.':
    'Ein Hintergrundbild und sein Ort werden zusammen angegeben.',

  'Only devices that are managed by Apple’s own protocol can do this; the agent cannot.':
    'Das können nur Geräte, die über Apples eigenes Protokoll verwaltet werden; der Agent kann es nicht.',
  'Computers have no lost mode; lock or locate the device.':
    'Computer haben keinen Verloren-Modus; sperren oder orten Sie das Gerät.',
  'The agent does not install software.': 'Der Agent installiert keine Software.',
  'A computer with the agent takes its configuration from the policy.':
    'Ein Computer mit dem Agenten erhält seine Konfiguration durch die Richtlinie.',
  'The agent takes no passwords or keys into escrow.':
    'Der Agent hinterlegt keine Kennwörter oder Schlüssel.',
  'The agent renews its certificate by itself when it is time.':
    'Der Agent erneuert sein Zertifikat von selbst, wenn es so weit ist.',
  'The agent does not change the passwords of accounts.':
    'Der Agent ändert keine Kennwörter von Benutzerkonten.',
  'The agent does not restart computers.': 'Der Agent startet keine Computer neu.',
  'The agent does not shut computers down.': 'Der Agent schaltet keine Computer aus.',
  'Computers with the agent get their settings by policy.':
    'Computer mit dem Agenten erhalten ihre Einstellungen durch die Richtlinie.',
  'The agent does not update the system; demand a version by policy.':
    'Der Agent aktualisiert das System nicht; verlangen Sie eine Version durch die Richtlinie.',
  'The agent does not touch the accounts of users.': 'Der Agent rührt die Konten von Benutzern nicht an.',
  'Computers with the agent speak no protocol but ours.':
    'Computer mit dem Agenten sprechen nur das Protokoll von Gatehouse.',
  'Only phones and tablets return to service by themselves.':
    'Nur Telefone und Tablets gehen von selbst wieder in Betrieb.',

  'Apple devices show messages only on their lock screen: lock them with a message.':
    'Apple-Geräte zeigen Nachrichten nur auf dem Sperrbildschirm: Sperren Sie den Bildschirm mit einer Nachricht.',
  'Apple’s protocol hands over no logs: a sysdiagnose is taken at the device itself, by its user.':
    'Apples Protokoll gibt keine Protokolldateien heraus: Eine Systemdiagnose wird am Gerät selbst erstellt.',
  'Apple has no command {1}.': 'Apple kennt keinen Befehl {1}.',
  'The device has no such user.': 'Das Gerät hat keinen solchen Benutzer.',
  'It is meant for one of the device’s users.': 'Das ist für einen Benutzer des Geräts gedacht.',
  'It is meant for the device, not a user.': 'Das ist für das Gerät gedacht, nicht für einen Benutzer.',
  '{1} does not know it.': '{1} kennt das nicht.',
  'It needs {1} {2}.': 'Dafür ist {1} {2} nötig.',
  'The device is in user enrolment, where only what belongs to the organization can be managed.':
    'Das Gerät ist als Privatgerät eines Benutzers registriert: Verwalten lässt sich nur, was der Organisation gehört.',
  'The device is not supervised.': 'Das Gerät wird nicht betreut (supervised).',
  '{1} needs a supervised device': '{1} braucht ein betreutes Gerät (supervised)',
  '{1} needs automated device enrolment': '{1} braucht eine automatische Registrierung',
  '{1} needs {2} {3}': '{1} braucht {2} {3}',
  '{1} needs the access right to {2} ({3})': '{1} braucht im Profil das Recht {3} ({2})',
  '{1} is not available on {2}': '{1} gibt es auf {2} nicht',
  '{1} is gone since {2} {3}': '{1} gibt es seit {2} {3} nicht mehr',
  '{1} is not allowed {2}': '{1} ist hier nicht möglich: {2}',
  '{1} is not allowed in user enrolment': '{1} ist auf einem Privatgerät eines Benutzers nicht möglich',
  '{1} is only for use {2}': '{1} geht nur hier: {2}',
  'in user enrolment': 'auf einem Privatgerät eines Benutzers',
  'on a Shared iPad': 'auf einem geteilten iPad',
  '{1} is not for {2} enrolment': '{1} passt nicht zu dieser Art der Registrierung ({2})',
  '{1} is not for the {2} channel': '{1} ist nicht für diesen Kanal ({2})',
  '{1} is not sent raw: use {2}.': '{1} wird nicht roh gesendet: Verwenden Sie {2}.',
  'DeleteUser {1} {2}.': 'DeleteUser: {1} {2}.',
  'A Mac is locked with a PIN of six digits.': 'Ein Mac wird mit einer PIN aus sechs Ziffern gesperrt.',
  'A Mac does not leave single apps out of its backups.':
    'Ein Mac nimmt einzelne Apps nicht von seinen Sicherungen aus.',
  'In user enrolment an app that the user has already cannot be taken over.':
    'Auf einem Privatgerät eines Benutzers lässt sich eine vorhandene App nicht übernehmen.',
  'Only iPhones and iPads from version 17 and Apple TVs from version 18 return to service by themselves.':
    'Nur iPhones und iPads ab Version 17 und Apple TVs ab Version 18 gehen von selbst wieder in Betrieb.',
  'The device did not come under management by automated enrolment: it would come back without any.':
    'Das Gerät kam nicht durch automatische Registrierung in die Verwaltung: Es käme ohne sie zurück.',
  'The network is none of those that the device is to have.':
    'Das Netz gehört nicht zu denen, die das Gerät haben soll.',
  'The device has version {1} already.': 'Das Gerät hat schon Version {1}.',
  'The user may choose the moment: give the hours, not how often.':
    'Der Benutzer darf den Zeitpunkt wählen: Geben Sie Stunden an, nicht wie oft.',
  'Devices from version 26 on install updates, and do nothing else with them, when they are told to.':
    'Geräte ab Version 26 installieren Aktualisierungen auf Anordnung und tun nichts anderes damit.',
  'Only devices that speak declarations know until when.':
    'Nur Geräte, die Deklarationen verstehen, kennen eine Frist.',
  'Only a Mac lets its user be told of an update, or put it off.':
    'Nur ein Mac kann seinen Benutzer auf eine Aktualisierung hinweisen oder sie aufschieben lassen.',
  'The device does not update: {1}.': 'Das Gerät aktualisiert sich nicht: {1}.',
  'The device does not take the app: {1}.': 'Das Gerät nimmt die App nicht an: {1}.',
  'The device does not take the setting: {1}.': 'Das Gerät nimmt die Einstellung nicht an: {1}.',
  'The Mac has told of no administrator account of ours.':
    'Der Mac hat kein Administratorkonto der Organisation gemeldet.',
  'The device is not to have this app.': 'Das Gerät soll diese App nicht haben.',
  'The app has been changed since; the newer order follows.':
    'Die App wurde seither geändert; der neuere Befehl folgt.',
  'The app calls itself {1}: that is its bundleId, not {2}.':
    'Die App nennt sich {1}: Das ist ihre bundleId, nicht {2}.',
  'The device has never given what clears its passcode.':
    'Das Gerät hat nie übergeben, womit sich sein Gerätecode zurücksetzen lässt.',
  'No recovery key is in escrow: give the one in force.':
    'Es ist kein Wiederherstellungsschlüssel hinterlegt: Geben Sie den geltenden an.',
  'The Mac changed the key and handed over nothing that can be read.':
    'Der Mac hat den Schlüssel geändert und nichts Lesbares übergeben.',
  'The Mac has not changed the password.': 'Der Mac hat das Kennwort nicht geändert.',
  'No password of the firmware is in escrow: give the one to verify.':
    'Es ist kein Firmwarekennwort hinterlegt: Geben Sie das an, das geprüft werden soll.',
  'The Mac does not know the new password.': 'Der Mac kennt das neue Kennwort nicht.',
  'The device is not to have this profile.': 'Das Gerät soll dieses Profil nicht haben.',
  'The profile has been changed since; the newer one follows.':
    'Das Profil wurde seither geändert; das neuere folgt.',
  'Management did not install this profile, and so leaves it alone.':
    'Die Verwaltung hat dieses Profil nicht installiert und rührt es darum nicht an.',
  'A property list cannot hold what is at {1}.':
    'Eine Property List kann nicht enthalten, was bei {1} steht.',
  'The device told no place that can be one.': 'Das Gerät hat keinen möglichen Ort gemeldet.',
  'Nothing of this may be asked of the device.': 'Nichts davon darf das Gerät gefragt werden.',
  'This server hands out no enrolment profiles': 'Dieser Server gibt keine Registrierungsprofile aus',
  'The device has no enrolment profile of ours': 'Das Gerät hat kein Registrierungsprofil von diesem Server',
  'There is no such Apple device.': 'Dieses Apple-Gerät gibt es nicht.',
  'There is no such payload.': 'Diesen Konfigurationsteil gibt es nicht.',

  'The request was decided already.': 'Über den Antrag ist schon entschieden.',
  'The request has expired; it has to be made again.':
    'Der Antrag ist abgelaufen; er muss neu gestellt werden.',
  'The request is not what you were shown; look at it again.':
    'Der Antrag ist nicht mehr der, den Sie gesehen haben; sehen Sie ihn noch einmal an.',
  'Nobody approves what they asked for themselves.': 'Niemand gibt frei, was er selbst beantragt hat.',
  'Nobody approves what follows from a rule that they wrote or assigned.':
    'Niemand gibt frei, was aus einer Regel folgt, die er selbst geschrieben oder zugewiesen hat.',
  'A token without an account behind it approves nothing: nobody can tell whose hand it is in.':
    'Ein Zugriffstoken ohne Konto dahinter gibt nichts frei: Niemand weiß, in wessen Hand es ist.',
  'An account that was made, strengthened or set up anew less than 24 hours ago approves nothing.':
    'Ein Konto, das vor weniger als 24 Stunden angelegt, gestärkt oder neu eingerichtet wurde, gibt nichts frei.',
  'There is no such request.': 'Diesen Antrag gibt es nicht.',
  'You have too many requests open.': 'Sie haben zu viele offene Anträge.',
  'The budget is that already.': 'Das Löschkontingent ist schon so.',
  'The budget is changed by two people and no other way.':
    'Das Löschkontingent ändern nur zwei Personen gemeinsam.',
  'Somebody else asked for it; it can be rejected.':
    'Jemand anders hat das beantragt; der Antrag lässt sich ablehnen.',
  'Emergencies have taken the budget once more already; a second person has to approve.':
    'Notfälle haben das Löschkontingent schon ein weiteres Mal verbraucht; eine zweite Person muss freigeben.',
  'The request does not wait for its first device.': 'Der Antrag wartet nicht auf sein erstes Gerät.',
  'The first device has done it.': 'Das erste Gerät hat den Befehl ausgeführt.',
  'Whoever asked for it may no longer do so.': 'Wer das beantragt hat, darf es nicht mehr.',

  'The options are for corporate devices; of a private one the organization’s data is removed.':
    'Die Möglichkeiten gelten für Firmengeräte; von einem Privatgerät werden die Firmendaten entfernt.',
  'Choose an option for this corporate device: 1 secured group, 2 selective wipe, 3 full wipe.':
    'Wählen Sie für dieses Firmengerät: 1 gesicherte Gruppe, 2 Firmendaten entfernen, 3 vollständig löschen.',
  'The secured group is for corporate devices.': 'Die gesicherte Gruppe ist für Firmengeräte.',
  'This procedure has no options.': 'Dieser Ablauf kennt keine Möglichkeiten zur Wahl.',
  'Shut every gate for the device, and have its sessions on the network ended':
    'Alle Zugangspunkte für das Gerät schließen und seine Sitzungen im Netz beenden',
  'Keep its hardware from enrolling again until an administrator says otherwise':
    'Seine Hardware abweisen, bis die Administration sie wieder zulässt',
  'Take away what the organization gave it, and keep it under management':
    'Wegnehmen, was die Organisation ihm gegeben hat, und es weiter verwalten',
  'Declare it lost where it can be, else lock it':
    'Als verloren melden, wo das geht, sonst den Bildschirm sperren',
  'Ask it where it is': 'Nach seinem Ort fragen',
  'Make it ring': 'Es klingeln lassen',
  'Wait for it to be found': 'Warten, dass es gefunden wird',
  'Ask administrators to have the carrier bar it':
    'Die Administration bitten, es beim Mobilfunkanbieter sperren zu lassen',
  'Remove the organization’s data and management': 'Firmendaten und Verwaltung entfernen',
  'Reset it to factory state': 'Vollständig löschen',
  'Declare it found': 'Als gefunden melden',
  'Give it back what the organization had given it':
    'Ihm zurückgeben, was die Organisation ihm gegeben hatte',
  'Let its hardware enrol again': 'Seine Hardware wieder zulassen',
  'Let it pass the gates again': 'Es wieder durch die Zugangspunkte lassen',
  'There is no such run.': 'Diesen Ablauf gibt es nicht.',
  'The device is not under management; it can be shut out and nothing more.':
    'Das Gerät wird nicht verwaltet; es lässt sich ausschließen, mehr nicht.',
  'Another procedure is under way for this device; stop it first.':
    'Für dieses Gerät läuft schon ein Ablauf; halten Sie ihn erst an.',
  'This account gained power less than 24 hours ago and may not destroy data yet.':
    'Dieses Konto hat seine Rechte vor weniger als 24 Stunden erhalten und darf noch keine Daten löschen.',
  'It does not wait for the device to be found.':
    'Der Ablauf wartet nicht darauf, dass das Gerät gefunden wird.',
  'The procedure is over.': 'Der Ablauf ist zu Ende.',
  'The device was found.': 'Das Gerät wurde gefunden.',
  'You may not do this: it needs the permission “{1}”.':
    'Das dürfen Sie nicht: Es fehlt die Berechtigung „{1}“.',
  'Whoever started this may not do it: it needs the permission “{1}”.':
    'Wer den Ablauf begonnen hat, darf das nicht: Es fehlt die Berechtigung „{1}“.',
  'It was barred already.': 'Seine Zugangspunkte waren schon geschlossen.',
  'It was not barred.': 'Seine Zugangspunkte waren nicht geschlossen.',
  'Hardware identifiers shut out: {1}.': 'Abgewiesene Hardware-Kennungen: {1}.',
  'The lock-down policy is gone.': 'Die Richtlinie zur Abriegelung gibt es nicht mehr.',
  'With the policy “{1}”.': 'Mit der Richtlinie „{1}“.',
  'It is declared lost.': 'Es ist als verloren gemeldet.',
  'It was not declared lost.': 'Es war nicht als verloren gemeldet.',
  'Somebody may find it; “found” ends this, “continue” goes on at once.':
    'Vielleicht findet es jemand; „Gefunden“ beendet das, „Nicht länger warten“ fährt sofort fort.',
  'IMEI and telephone number are among the facts of the device.':
    'IMEI und Telefonnummer stehen bei den Angaben des Geräts.',
  'It was not in the secured group.': 'Es war nicht in der gesicherten Gruppe.',
  'Its hardware was not shut out.': 'Seine Hardware war nicht abgewiesen.',
  'It was not found.': 'Es wurde nicht gefunden.',
  'The device is gone.': 'Das Gerät gibt es nicht mehr.',
  'The device has done it.': 'Das Gerät hat es ausgeführt.',
  'It waits for the device.': 'Das wartet auf das Gerät.',
  'The command ended as “{1}”.': 'Der Befehl endete als „{1}“.',
  'The request was {1}.': 'Der Antrag wurde {1}.',
  'It was approved and could not be done any more.':
    'Es wurde freigegeben und ließ sich nicht mehr ausführen.',
  'This device is lost. Please return it to its owner.':
    'Dieses Gerät ist verloren gegangen. Bitte geben Sie es zurück.',
};
