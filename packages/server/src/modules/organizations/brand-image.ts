// A logo, taken apart and put together again: only what makes the picture is kept. Metadata, other files behind the end, and
// everything that is no PNG, JPEG or WebP stay outside (FILE-05), and its size is read before anybody decodes it (FILE-06).
import { DomainError } from '@gatehouse/core/errors.ts';
import { crc32 } from 'node:zlib';

export interface BrandImage {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp';
  readonly width: number;
  readonly height: number;
  readonly content: Buffer;
}

export const logoLimits = { bytes: 512 * 1024, side: 4096 } as const;

/** @throws DomainError `invalid-input` reason `no-picture` or `picture-too-large`. */
export function readBrandImage(given: Buffer): BrandImage {
  const image = readPng(given) ?? readJpeg(given) ?? readWebp(given);
  if (image === undefined) throw noPicture('It is no PNG, JPEG or WebP picture');
  if (image.width < 1 || image.height < 1) throw noPicture('The picture has no size');
  if (image.width > logoLimits.side || image.height > logoLimits.side) {
    throw new DomainError(
      'invalid-input',
      `The picture has ${image.width} × ${image.height} pixels; at most ${logoLimits.side} × ${logoLimits.side} are taken`,
      { reason: 'picture-too-large', detail: { width: image.width, height: image.height } },
    );
  }
  return image;
}

function noPicture(message: string): DomainError {
  return new DomainError('invalid-input', message, { reason: 'no-picture' });
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** What decides about pixels and colours (PNG, third edition, section 11); all else is remarks, or frames of an animation. */
const pngChunks = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'sRGB', 'gAMA', 'cHRM']);

function readPng(given: Buffer): BrandImage | undefined {
  if (!given.subarray(0, 8).equals(pngSignature)) return undefined;
  const kept: Buffer[] = [pngSignature];
  let size: { width: number; height: number } | undefined;
  for (let at = 8; at + 12 <= given.length; ) {
    const length = given.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > given.length) break;
    const type = given.toString('latin1', at + 4, at + 8);
    if (crc32(given.subarray(at + 4, end - 4)) !== given.readUInt32BE(end - 4)) break;
    if ((size === undefined) !== (type === 'IHDR')) break;
    if (type === 'IHDR') {
      if (length !== 13) break;
      size = { width: given.readUInt32BE(at + 8), height: given.readUInt32BE(at + 12) };
    }
    if (pngChunks.has(type)) kept.push(given.subarray(at, end));
    if (type === 'IEND' && size !== undefined)
      return { mediaType: 'image/png', ...size, content: Buffer.concat(kept) };
    at = end;
  }
  throw noPicture('The PNG picture is damaged');
}

/** Start of frame, any coding (ITU-T T.81 table B.1); C4, C8 and CC are none. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
/** Tables, scans, restart interval, and Adobe's remark on the colours, without which they come out wrong. */
const jpegSegments = new Set([0xc4, 0xda, 0xdb, 0xdd, 0xee]);

function readJpeg(given: Buffer): BrandImage | undefined {
  if (given.length < 4 || given.readUInt16BE(0) !== 0xffd8) return undefined;
  const kept: Buffer[] = [given.subarray(0, 2)];
  let size: { width: number; height: number } | undefined;
  for (let at = 2; at + 2 <= given.length && given[at] === 0xff; ) {
    const marker = given[at + 1] ?? 0;
    if (marker === 0xd9) {
      if (size === undefined) break;
      kept.push(given.subarray(at, at + 2));
      return { mediaType: 'image/jpeg', ...size, content: Buffer.concat(kept) };
    }
    if (at + 4 > given.length) break;
    const length = given.readUInt16BE(at + 2);
    // A scan goes on behind its header, up to the next marker.
    const end = marker === 0xda ? endOfScan(given, at + 2 + length) : at + 2 + length;
    if (length < 2 || end > given.length) break;
    if (isFrame(marker)) {
      if (size !== undefined || length < 8) break;
      size = { height: given.readUInt16BE(at + 5), width: given.readUInt16BE(at + 7) };
    }
    if (isFrame(marker) || jpegSegments.has(marker)) kept.push(given.subarray(at, end));
    at = end;
  }
  throw noPicture('The JPEG picture is damaged');
}

/** Where the next marker is that is neither a stuffed byte nor a restart (ITU-T T.81 B.1.1.5); behind the end if there is none. */
function endOfScan(given: Buffer, from: number): number {
  for (let at = given.indexOf(0xff, from); at >= 0; at = given.indexOf(0xff, at + 1)) {
    const next = given[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return given.length + 1;
}

/** One picture: plain, lossless, or with transparency (RFC 9649 section 2). Animations are none. */
const webpChunks = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH']);

function readWebp(given: Buffer): BrandImage | undefined {
  if (given.toString('latin1', 0, 4) !== 'RIFF' || given.toString('latin1', 8, 12) !== 'WEBP')
    return undefined;
  const whole = given.length < 12 ? 0 : Math.min(given.length, 8 + given.readUInt32LE(4));
  const kept: Buffer[] = [];
  let canvas: Size | undefined;
  let picture: Size | undefined;
  for (let at = 12; at + 8 <= whole; ) {
    const type = given.toString('latin1', at, at + 4);
    const length = given.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    if (end > whole) throw noPicture('The WebP picture is damaged');
    const body = given.subarray(at + 8, at + 8 + length);
    if (type === 'VP8X') canvas = canvasOf(body);
    else if (type === 'VP8 ') picture ??= lossySize(body);
    else if (type === 'VP8L') picture ??= losslessSize(body);
    if (webpChunks.has(type))
      kept.push(type === 'VP8X' ? onlyAlpha(given.subarray(at, end)) : given.subarray(at, end));
    at = end;
  }
  if (picture === undefined) throw noPicture('The WebP picture is damaged, or is an animation');
  const content = Buffer.concat([Buffer.alloc(12), ...kept]);
  content.write('RIFF', 0, 'latin1');
  content.writeUInt32LE(content.length - 8, 4);
  content.write('WEBP', 8, 'latin1');
  return {
    mediaType: 'image/webp',
    width: Math.max(picture.width, canvas?.width ?? 0),
    height: Math.max(picture.height, canvas?.height ?? 0),
    content,
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function canvasOf(body: Buffer): Size {
  if (body.length < 10) throw noPicture('The WebP picture is damaged');
  return { width: 1 + body.readUIntLE(4, 3), height: 1 + body.readUIntLE(7, 3) };
}

/** RFC 6386 section 9.1: a key frame begins with its start code and two sizes of 14 bits. */
function lossySize(body: Buffer): Size {
  if (body.length < 10 || body.readUIntBE(3, 3) !== 0x9d012a) throw noPicture('The WebP picture is damaged');
  return { width: body.readUInt16LE(6) & 0x3fff, height: body.readUInt16LE(8) & 0x3fff };
}

/** RFC 9649 section 3.4. */
function losslessSize(body: Buffer): Size {
  if (body.length < 5 || body[0] !== 0x2f) throw noPicture('The WebP picture is damaged');
  const bits = body.readUInt32LE(1);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

/** The flags must not promise remarks and profiles that are gone. */
function onlyAlpha(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk);
  copy[8] = (copy[8] ?? 0) & 0x10;
  return copy;
}
