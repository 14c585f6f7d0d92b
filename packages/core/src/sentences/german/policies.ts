/** About policies, resources, rules, schedules, simulations and roll-outs. */
import type { SentenceTable } from '../sentence-table.ts';

export const ofPolicies: SentenceTable = {
  'There is no such {1}.': 'Das gibt es nicht: {1}.',
  'There is no such policy.': 'Diese Richtlinie gibt es nicht.',
  'Another policy has this name.': 'Eine andere Richtlinie heißt schon so.',
  'The policy has been changed meanwhile.': 'Die Richtlinie wurde inzwischen geändert.',
  'The settings of a policy are an object.': 'Die Einstellungen einer Richtlinie sind ein Objekt.',
  'The settings are wrong: {1}.': 'Die Einstellungen sind falsch: {1}.',
  'It is assigned there already.': 'Das ist dort schon zugewiesen.',
  'There is no such assignment.': 'Diese Zuweisung gibt es nicht.',
  '“{1}”, assigned to the {2} {3}, has its place.': 'An seiner Stelle steht „{1}“, zugewiesen: {2} {3}.',
  'Nothing of this name has failed on the device.': 'Nichts dieses Namens ist auf dem Gerät fehlgeschlagen.',
  'There is no such schedule.': 'Diesen Zeitplan gibt es nicht.',
  'Another schedule has this name.': 'Ein anderer Zeitplan heißt schon so.',
  'The schedule has been changed meanwhile.': 'Der Zeitplan wurde inzwischen geändert.',
  'The schedule is wrong: {1}.': 'Der Zeitplan ist falsch: {1}.',
  '{1} is not part of a schedule': '{1} gehört nicht zu einem Zeitplan',
  'There is no such resource.': 'Diese Ressource gibt es nicht.',
  'There is no such kind of resource.': 'Diese Art von Ressource gibt es nicht.',
  'Another resource has this name.': 'Eine andere Ressource heißt schon so.',
  'The resource has been changed meanwhile.': 'Die Ressource wurde inzwischen geändert.',
  'The fields of a resource are an object.': 'Die Felder einer Ressource sind ein Objekt.',
  'The resource is wrong: {1}.': 'Die Ressource ist falsch: {1}.',
  'It is used by: {1}.': 'Verwendet wird das von: {1}.',
  'There is no such rule.': 'Diese Regel gibt es nicht.',
  'Another rule has this name.': 'Eine andere Regel heißt schon so.',
  'The rule has been changed meanwhile.': 'Die Regel wurde inzwischen geändert.',
  'The rule is wrong: {1}.': 'Die Regel ist falsch: {1}.',
  'The version is not one such as 18.1.': 'Die Version ist nicht von der Form 18.1.',
  'There is no such exception.': 'Diese Ausnahme gibt es nicht.',
  'The exception would end before it begins.': 'Die Ausnahme würde enden, bevor sie beginnt.',
  'The device has as many exceptions as one may have.': 'Das Gerät hat so viele Ausnahmen, wie möglich sind.',
  'The expression is wrong at line {1}, column {2}: {3}.':
    'Der Ausdruck ist falsch in Zeile {1}, Spalte {2}: {3}.',

  'The rule counts for no gate and has no stages: it is judged, and nothing follows.':
    'Die Regel zählt für keinen Zugangspunkt und hat keine Stufen: Sie wird bewertet, und nichts folgt.',
  'The rule is about cost, and cuts devices off the network.':
    'Die Regel betrifft Kosten und nimmt Geräten das Netz.',
  'The rule is about cost, and removes data.': 'Die Regel betrifft Kosten und entfernt Daten.',
  'A device that merely reports nothing comes to have its data removed.':
    'Von einem Gerät, das nur nichts meldet, werden am Ende Daten entfernt.',
  'Every device that it is assigned to loses {1}.': 'Jedes Gerät, dem sie zugewiesen ist, verliert {1}.',
  '“{1}” is required and forbidden: no device can meet that.':
    '„{1}“ ist verlangt und verboten: Das kann kein Gerät erfüllen.',
  '“{1}” is required and not among what is allowed: no device can meet that.':
    '„{1}“ ist verlangt und nicht unter dem Erlaubten: Das kann kein Gerät erfüllen.',
  'The expression asks nothing of a device: all meet it, or none does.':
    'Der Ausdruck fragt nichts von einem Gerät: Alle erfüllen ihn oder keines.',
  '“{1}” tunes the same rule of policies: of both, the nearer one counts.':
    '„{1}“ stellt dieselbe Regel von Richtlinien ein: Von beiden zählt die nähere.',
  'It contradicts “{1}”: {2}. A device that has both cannot meet them.':
    'Sie widerspricht „{1}“: {2}. Ein Gerät mit beiden kann sie nicht erfüllen.',

  'There is no such simulation.': 'Diese Simulation gibt es nicht.',
  'This is not the change that was simulated.': 'Das ist nicht die Änderung, die simuliert wurde.',
  'The change would do something else by now than was simulated.':
    'Die Änderung hätte inzwischen andere Folgen, als simuliert wurde.',
  'This would shut out {1} of {2} devices. Simulate it and save it bound to the simulation, or confirm it.':
    'Das nähme {1} von {2} Geräten den Zugang. Simulieren Sie es und speichern Sie es mit der Simulation, oder bestätigen Sie es.',
  'There is no such rollout.': 'Diese Einführung gibt es nicht.',
  'This is being rolled out. Abort the rollout or wait for its end.':
    'Das wird gerade eingeführt. Brechen Sie die Einführung ab, oder warten Sie ihr Ende ab.',
  'The shares of rings rise, and the last ring is everybody: 100 percent.':
    'Die Anteile der Stufen steigen, und die letzte Stufe sind alle: 100 Prozent.',
  'The rollout is not halted.': 'Die Einführung ist nicht angehalten.',
  'The rollout is over.': 'Die Einführung ist zu Ende.',
};
