// What became of an organization's requests, added up as they end: what waits to be written down grows with the devices that were
// heard of, not with what they ask.
import { authorizedBy, type MailOutcome } from '@gatehouse/core/mail/mail-outcome.ts';

/** One request, when it is over. Of a held one: when it ends. */
export interface MailTrafficNote {
  /** null: it never came so far that a mail device was known. */
  readonly mailDeviceId: string | null;
  /** null: the stand-in, or nobody yet. */
  readonly serverId: string | null;
  readonly command: string;
  readonly outcome: MailOutcome;
  readonly protocolVersion: string | null;
  readonly userAgent: string | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** ms since the epoch */
  readonly at: number;
  /** Of what failed, in a sentence without names of persons or contents of mail (EAS-T12). */
  readonly error?: string | undefined;
}

export interface Sums {
  requests: number;
  bytesIn: number;
  bytesOut: number;
}

/** `last…`: of the request that ended last. */
export interface DeviceSums extends Sums {
  readonly mailDeviceId: string;
  lastAt: number;
  lastCommand: string;
  lastOutcome: MailOutcome;
  /** The last that was said; null: nothing. */
  protocolVersion: string | null;
  userAgent: string | null;
  authorized: boolean | null;
}

export interface HourSums extends Sums {
  /** Since the epoch. */
  readonly hour: number;
  readonly serverId: string | null;
  readonly outcome: MailOutcome;
}

const hourMs = 3_600_000;
/** Of each organization; the last ones stay. */
const mostErrors = 50;

export class MailTrafficSums {
  readonly devices = new Map<string, DeviceSums>();
  readonly hours: HourSums[] = [];
  readonly errors: MailTrafficNote[] = [];

  /** What it takes to keep it. */
  get size(): number {
    return this.devices.size + this.hours.length;
  }

  add(note: MailTrafficNote): void {
    addTo(this.#hourOf(note), note);
    if (note.mailDeviceId !== null) this.#addToDevice(note.mailDeviceId, note);
    if (note.error === undefined) return;
    this.errors.push(note);
    if (this.errors.length > mostErrors) this.errors.shift();
  }

  /** There are few, and they are found without making a key for each request. */
  #hourOf({ at, serverId, outcome }: MailTrafficNote): HourSums {
    const hour = Math.floor(at / hourMs);
    for (const sums of this.hours)
      if (sums.outcome === outcome && sums.serverId === serverId && sums.hour === hour) return sums;
    const sums: HourSums = { hour, serverId, outcome, requests: 0, bytesIn: 0, bytesOut: 0 };
    this.hours.push(sums);
    return sums;
  }

  #addToDevice(mailDeviceId: string, note: MailTrafficNote): void {
    let sums = this.devices.get(mailDeviceId);
    if (sums === undefined) {
      sums = {
        mailDeviceId,
        requests: 0,
        bytesIn: 0,
        bytesOut: 0,
        lastAt: note.at,
        lastCommand: note.command,
        lastOutcome: note.outcome,
        protocolVersion: null,
        userAgent: null,
        authorized: null,
      };
      this.devices.set(mailDeviceId, sums);
    }
    addTo(sums, note);
    if (note.at >= sums.lastAt) {
      sums.lastAt = note.at;
      sums.lastCommand = note.command;
      sums.lastOutcome = note.outcome;
    }
    sums.protocolVersion = note.protocolVersion ?? sums.protocolVersion;
    sums.userAgent = note.userAgent ?? sums.userAgent;
    sums.authorized = authorizedBy(note.outcome) ?? sums.authorized;
  }
}

function addTo(sums: Sums, { bytesIn, bytesOut }: MailTrafficNote): void {
  sums.requests += 1;
  sums.bytesIn += bytesIn;
  sums.bytesOut += bytesOut;
}
