// Memory that large answers are read into and written from without being copied: whoever passes a part on keeps its buffer until the part is
// written, and then it serves the next one. Made anew for each part, what an attachment takes would keep the collector busier than
// everything else that is done about it.

export const readBufferBytes = 64 * 1024;
/** As many as are kept for the next ones. */
const mostSpare = 64;

export class ReadBuffer {
  readonly bytes: Buffer = Buffer.allocUnsafeSlow(readBufferBytes);
  holders = 0;
}

const spare: ReadBuffer[] = [];

export function takeReadBuffer(): ReadBuffer {
  return spare.pop() ?? new ReadBuffer();
}

/** Nobody reads into it or holds a part of it any more. */
export function putBackReadBuffer(buffer: ReadBuffer): void {
  if (spare.length < mostSpare) spare.push(buffer);
}

/** Bytes that stay as they are until they are let go of. */
export interface Kept {
  readonly bytes: Buffer;
  /** Called once. */
  release(): void;
}

export function hold(buffer: ReadBuffer, bytes: Buffer): Kept {
  buffer.holders += 1;
  return {
    bytes,
    release() {
      buffer.holders -= 1;
      if (buffer.holders === 0) putBackReadBuffer(buffer);
    },
  };
}
