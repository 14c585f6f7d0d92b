// The encrypted part of a backup: a row of chunks under AES-256-GCM, numbered, the last one marked in its nonce (the STREAM
// construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015). A chunk that is altered, missing, doubled, moved or taken from another file does
// not open, and a file that ends early has no last chunk.
import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { BackupError } from './backup-error.ts';
import { backupLimits } from './format.ts';

const tagLength = 16;

/** The key of the chunks: from the file's key and its head, so that a head that was altered opens nothing. */
export function chunkKey(fileKey: Buffer, head: Buffer): Buffer {
  const salt = createHash('sha256').update(head).digest();
  return Buffer.from(hkdfSync('sha256', fileKey, salt, 'gh-backup-chunks-1', 32));
}

/** 11 bytes of number, one byte that says whether it is the last. */
function nonceOf(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

export class ChunkSealer {
  readonly #key: Buffer;
  #number = 0;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** @returns the bytes for the file, length first. */
  seal(plaintext: Buffer, last: boolean): Buffer {
    if (plaintext.length > backupLimits.plaintext)
      throw new BackupError(`A row of ${plaintext.length} bytes is too large for a backup`);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(this.#number, last));
    this.#number += 1;
    const body = Buffer.concat([
      cipher.update(deflateRawSync(plaintext)),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, body]);
  }
}

/** Opens the chunks of a file from a position on, in order, to its very end. @throws BackupError at the first that does not open. */
export async function* openChunks(
  file: FileHandle,
  from: number,
  key: Buffer,
): AsyncGenerator<{ readonly plaintext: Buffer; readonly last: boolean }> {
  const { size } = await file.stat();
  let position = from;
  for (let number = 0; ; number += 1) {
    if (position >= size) throw new BackupError('The backup is cut off: its end is missing');
    const length = (await readExactly(file, position, 4)).readUInt32BE();
    position += 4;
    if (length < tagLength || length > backupLimits.chunk) throw damaged();
    const body = await readExactly(file, position, length);
    position += length;
    const last = position === size;
    yield { plaintext: inflate(open(key, body, nonceOf(number, last))), last };
    if (last) return;
  }
}

export async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await file.stat();
  // Before the memory is taken: the length comes from the file.
  if (position + length > size) throw new BackupError('The backup is cut off: its end is missing');
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length) throw new BackupError('The backup is cut off: its end is missing');
  return bytes;
}

function open(key: Buffer, body: Buffer, nonce: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAuthTag(body.subarray(body.length - tagLength));
  try {
    return Buffer.concat([decipher.update(body.subarray(0, body.length - tagLength)), decipher.final()]);
  } catch {
    throw damaged();
  }
}

function inflate(compressed: Buffer): Buffer {
  try {
    return inflateRawSync(compressed, { maxOutputLength: backupLimits.plaintext });
  } catch (error) {
    throw new BackupError('The backup is damaged: a part of it does not unpack', { cause: error });
  }
}

function damaged(): BackupError {
  return new BackupError('The backup is damaged or was altered: a part of it does not open with its key');
}
