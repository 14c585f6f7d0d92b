/** What states of invitations and codes are called, and how they look. */
import type { Enrollment } from '@gatehouse/contracts/admin/enrollments.ts';
import type { Invitation } from '@gatehouse/contracts/admin/invitations.ts';
import type { StatusKind } from '../../design/status-mark.tsx';
import type { enrolmentTexts } from './texts.ts';

type Key = Parameters<typeof enrolmentTexts.say>[0];

export const invitationWords = {
  waiting: { word: 'stateWaiting', kind: 'pending' },
  sent: { word: 'stateSent', kind: 'info' },
  failed: { word: 'stateFailed', kind: 'bad' },
  'given-out': { word: 'stateGivenOut', kind: 'info' },
} as const satisfies Record<Invitation['state'], { word: Key; kind: StatusKind }>;

export const codeWords = {
  open: { word: 'enrolOpen', kind: 'pending' },
  used: { word: 'enrolUsed', kind: 'pending' },
  completed: { word: 'enrolCompleted', kind: 'ok' },
  cancelled: { word: 'enrolCancelled', kind: 'unchecked' },
  expired: { word: 'enrolExpired', kind: 'stale' },
} as const satisfies Record<Enrollment['state'], { word: Key; kind: StatusKind }>;

const platforms = ['ios', 'macos', 'linux', 'windows', 'android', 'tvos', 'watchos', 'visionos'] as const;

/** A platform by the name that people use. */
export function platformWord(platform: string, t: (key: Key) => string): string {
  const known = platforms.find((each) => each === platform);
  return known === undefined ? platform : t(known);
}
