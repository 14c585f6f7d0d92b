// What goes back to the device: a status, and mostly nothing.
import {
  type AnsweredCheckIn,
  appleMediaTypes,
  type CheckInAnswer,
  encodeCheckInAnswer,
} from '@gatehouse/protocols/apple-mdm/index.ts';

export interface AppleAnswer {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: Uint8Array;
}

/** Zero bytes, not an empty plist: nothing more to do. */
export const done: AppleAnswer = { status: 200 };

/** This user is not managed in this session; the device asks again at the next login. */
export const notManaged: AppleAnswer = { status: 410 };

export function answerWith<T extends AnsweredCheckIn>(type: T, answer: CheckInAnswer<T>): AppleAnswer {
  return plistAnswer(encodeCheckInAnswer(type, answer));
}

export function plistAnswer(body: Uint8Array): AppleAnswer {
  return { status: 200, contentType: appleMediaTypes.answer, body };
}
