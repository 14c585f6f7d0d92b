/** What the server answers to those check-ins that ask for something. All others are answered with nothing at all. */
import { DecodeError } from '../decode-error.ts';
import { isDictionary, type PlistDictionary, readPlist, writePlist } from '../plist/index.ts';
import { data, type FieldShapes, type FieldsOf, optional, readFields, text } from './fields.ts';

export const checkInAnswerShapes = {
  GetBootstrapToken: { BootstrapToken: optional(data(64 * 1024)) },
  GetToken: { TokenData: data(64 * 1024) },
  /** The first answer has the challenge, the second the token; an empty challenge means that none is needed. */
  UserAuthenticate: { DigestChallenge: optional(text(4096)), AuthToken: optional(text(4096)) },
  ReturnToService: { ReturnToService: { type: 'dictionary' } },
} as const satisfies Record<string, FieldShapes>;

export type AnsweredCheckIn = keyof typeof checkInAnswerShapes;
export type CheckInAnswer<T extends AnsweredCheckIn> = FieldsOf<(typeof checkInAnswerShapes)[T]>;

export function encodeCheckInAnswer<T extends AnsweredCheckIn>(
  _type: T,
  answer: CheckInAnswer<T>,
): Uint8Array {
  return writePlist(answer as unknown as PlistDictionary);
}

/** @throws DecodeError */
export function decodeCheckInAnswer<T extends AnsweredCheckIn>(type: T, bytes: Uint8Array): CheckInAnswer<T> {
  const answer = readPlist(bytes);
  if (!isDictionary(answer)) throw new DecodeError('an answer is a dictionary', { path: '$' });
  return readFields(answer, checkInAnswerShapes[type], type);
}
