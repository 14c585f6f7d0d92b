// What a check-in asks of those who work off all of one moment, and what it gets.
import type { CheckInRequest, CheckInResponse } from '@gatehouse/contracts/agent.ts';
import type { DomainError } from '@gatehouse/core/errors.ts';

export interface AskedCheckIn {
  readonly deviceId: string;
  readonly report: CheckInRequest;
  /** When it arrived, ms since the epoch. */
  readonly now: number;
  /** In which the device says that it is used, best first. */
  readonly languages: readonly string[];
}

/** What is wrong with one device's report concerns nobody else. */
export type CheckInOutcome = CheckInResponse | DomainError;
