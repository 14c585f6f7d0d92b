/** What the library that validates requests says of a place in them. */
import type { SentenceTable } from '../sentence-table.ts';

export const ofValidation: SentenceTable = {
  '{1} must have required properties {2}': '{1}: Es fehlt {2}',
  '{1} must not have additional properties': '{1} enthält Unbekanntes',
  '{1} must not have fewer than {2} characters': '{1} braucht mindestens {2} Zeichen',
  '{1} must not have more than {2} characters': '{1} darf höchstens {2} Zeichen haben',
  '{1} must not have fewer than {2} items': '{1} braucht mindestens {2} Einträge',
  '{1} must not have more than {2} items': '{1} darf höchstens {2} Einträge haben',
  '{1} must be equal to one of the allowed values': '{1} ist keiner der möglichen Werte',
  '{1} must match format {2}': '{1} hat nicht die Form {2}',
  '{1} must match pattern {2}': '{1} hat nicht die Form {2}',
  '{1} must be >= {2}': '{1} muss mindestens {2} sein',
  '{1} must be <= {2}': '{1} darf höchstens {2} sein',
  '{1} is not valid': '{1} ist nicht gültig',
};
