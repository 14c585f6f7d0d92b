// Pictures for tests, and things that only look like them.
import { crc32, deflateSync } from 'node:zlib';

export function pngChunk(type: string, body: Buffer): Buffer {
  const inner = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const whole = Buffer.alloc(inner.length + 8);
  whole.writeUInt32BE(body.length);
  inner.copy(whole, 4);
  whole.writeUInt32BE(crc32(inner), inner.length + 4);
  return whole;
}

const pngStart = Buffer.from('89504e470d0a1a0a', 'hex');

function header(width: number, height: number): Buffer {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width);
  body.writeUInt32BE(height, 4);
  // Eight bits, red, green, blue.
  body.set([8, 2, 0, 0, 0], 8);
  return pngChunk('IHDR', body);
}

/** One colour. @param more chunks in front of the pixels. */
export function png(width = 4, height = 4, more: readonly Buffer[] = []): Buffer {
  const line = Buffer.concat([Buffer.from([0]), Buffer.alloc(3 * Math.min(width, 64), 0x7f)]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: Math.min(height, 64) }, () => line)));
  return Buffer.concat([
    pngStart,
    header(width, height),
    ...more,
    pngChunk('IDAT', pixels),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function segment(marker: number, body: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** The frame of a JPEG file, with a scan that no decoder has to like. */
export function jpeg(width = 4, height = 4, remark = ''): Buffer {
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe1, Buffer.from(`Exif\0\0${remark}`)),
    segment(0xdb, Buffer.alloc(65, 1)),
    segment(0xc0, frame),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function riff(chunks: readonly (readonly [string, Buffer])[]): Buffer {
  const parts = chunks.map(([type, body]) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  });
  const whole = Buffer.concat([Buffer.alloc(12), ...parts]);
  whole.write('RIFF', 0, 'latin1');
  whole.writeUInt32LE(whole.length - 8, 4);
  whole.write('WEBP', 8, 'latin1');
  return whole;
}

export function webp(width = 4, height = 4, remark = ''): Buffer {
  const canvas = Buffer.alloc(10);
  canvas[0] = 0x10 | 0x08 | 0x04;
  canvas.writeUIntLE(width - 1, 4, 3);
  canvas.writeUIntLE(height - 1, 7, 3);
  const lossless = Buffer.alloc(9);
  lossless[0] = 0x2f;
  lossless.writeUInt32LE(((Math.min(width, 16_384) - 1) | ((Math.min(height, 16_384) - 1) << 14)) >>> 0, 1);
  return riff([
    ['VP8X', canvas],
    ['VP8L', lossless],
    ['EXIF', Buffer.from(remark)],
  ]);
}
