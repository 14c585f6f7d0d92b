import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@gatehouse/core/errors.ts';
import fc from 'fast-check';
import { logoLimits, readBrandImage } from './brand-image.ts';
import { jpeg, png, pngChunk, webp } from './test-pictures.ts';

const script = '<script>alert(1)</script>';
const refuses = (given: Buffer, reason: string, what: string) =>
  assert.throws(
    () => readBrandImage(given),
    (error) => error instanceof DomainError && error.code === 'invalid-input' && error.reason === reason,
    what,
  );

test('FILE-05 what makes the picture is kept, and nothing that came along with it', () => {
  for (const [mediaType, given] of [
    [
      'image/png',
      png(4, 3, [pngChunk('tEXt', Buffer.from(`Comment\0${script}`)), pngChunk('acTL', Buffer.alloc(8))]),
    ],
    ['image/jpeg', jpeg(4, 3, script)],
    ['image/webp', webp(4, 3, script)],
  ] as const) {
    const image = readBrandImage(Buffer.concat([given, Buffer.from(script)]));
    assert.deepEqual([image.mediaType, image.width, image.height], [mediaType, 4, 3]);
    assert.ok(!image.content.includes('script'), mediaType);
    assert.ok(!image.content.includes('acTL'), mediaType);
    const again = readBrandImage(image.content);
    assert.ok(again.content.equals(image.content), `${mediaType}: what was put together is taken as it is`);
  }
});

test('FILE-05 pages, drawings with scripts, animations and files with another name are no logo', () => {
  for (const given of [
    `<!doctype html>${script}`,
    `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`,
    '<?xml version="1.0"?><svg/>',
    'GIF89a\x01\x00\x01\x00',
    '%PDF-1.7',
    'BM',
    '',
    script,
  ])
    refuses(Buffer.from(given, 'latin1'), 'no-picture', given);
  refuses(Buffer.from(`RIFF\x10\0\0\0WEBPANIM\x04\0\0\0\0\0\0\0`, 'latin1'), 'no-picture', 'an animation');
});

test('FILE-06 a picture of more pixels than allowed is refused by its header, at once', () => {
  const { side } = logoLimits;
  for (const make of [png, jpeg, webp]) {
    assert.equal(readBrandImage(make(side, side)).width, side, make.name);
    refuses(make(side + 1, 4), 'picture-too-large', make.name);
    refuses(make(4, side + 1), 'picture-too-large', make.name);
  }
  refuses(png(65_000, 65_000), 'picture-too-large', 'a flood');
  refuses(webp(1 << 24, 1 << 24), 'picture-too-large', 'the largest canvas');
});

test('FILE-05 any bytes give a picture or a refusal, quickly', () => {
  const start = fc.constantFrom(png(), jpeg(), webp(), Buffer.alloc(0));
  fc.assert(
    fc.property(
      start,
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 8 }),
      fc.uint8Array(),
      (whole, edits, tail) => {
        const given = Buffer.concat([whole, tail]);
        for (const [at, value] of edits) if (at < given.length) given[at] = value;
        try {
          const { width, height, content } = readBrandImage(given);
          assert.ok(width >= 1 && width <= logoLimits.side && height >= 1 && height <= logoLimits.side);
          assert.ok(content.length <= given.length + 12);
        } catch (error) {
          assert.ok(error instanceof DomainError, String(error));
        }
      },
    ),
    { numRuns: 3_000 },
  );
});
