// An erased device asks whether it is to go back to work without a person. It is not, unless its wipe said so; and then it has
// the profile with it already.
import type { CheckInMessageOf } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { Speaker } from '../speaker.ts';
import { type AppleAnswer, answerWith } from '../answer.ts';
import type { AppleDeps } from '../apple-deps.ts';

export function returnToService(
  _deps: AppleDeps,
  _speaker: Speaker,
  _message: CheckInMessageOf<'ReturnToService'>,
): AppleAnswer {
  return answerWith('ReturnToService', { ReturnToService: { Enabled: false } });
}
