/** Tells on standard error what happens, a line each, and never more of them than somebody can read. */

export interface Narrator {
  /** Dropped, and counted, when too much happens at once. */
  tell(line: string): void;
  /** Told whatever else happens. */
  announce(line: string): void;
}

export interface NarratorOptions {
  readonly write: (text: string) => void;
  readonly now: () => number;
  /** Lines a second in the long run, and at once. */
  readonly perSecond?: number;
  readonly burst?: number;
}

export function createNarrator({ write, now, perSecond = 1, burst = 6 }: NarratorOptions): Narrator {
  let tokens = burst;
  let filledAt = now();
  let dropped = 0;
  const print = (line: string) => {
    const time = new Date(now()).toISOString().slice(11, 19);
    write(`demo ${time}  ${oneLine(line)}\n`);
  };
  return {
    tell(line) {
      tokens = Math.min(burst, tokens + ((now() - filledAt) / 1_000) * perSecond);
      filledAt = now();
      if (tokens < 1) {
        dropped += 1;
        return;
      }
      tokens -= 1;
      print(dropped === 0 ? line : `${line}   (and ${dropped} more)`);
      dropped = 0;
    },
    announce: print,
  };
}

/** What comes from the server or a file must not draw on somebody's terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 200);
}
