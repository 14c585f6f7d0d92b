/**
 * Root-written files outside our own directory, without races: each folder on the way is opened without following links and
 * the next is opened through it, so nobody can put a link in between (AGT-T04). Linux only: it relies on /proc/self/fd.
 */
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rmdir, unlink } from 'node:fs/promises';
import { createHash, randomBytes } from 'node:crypto';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_DIRECTORY, O_NONBLOCK } = constants;

export interface FileMark {
  /** Decimal, because inode numbers can exceed what a double holds. */
  readonly device: string;
  readonly inode: string;
  readonly sha256: string;
}

export interface FolderMark {
  readonly device: string;
  readonly inode: string;
}

export class AnchoredFolder {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Opens `root` (links allowed, it is the operator's word) and then each component below it (links refused). */
  static async open(
    root: string,
    components: readonly string[],
    make?: (made: FolderMark, depth: number) => Promise<void>,
  ): Promise<AnchoredFolder> {
    let folder = new AnchoredFolder(await open(root, O_RDONLY | O_DIRECTORY));
    for (const [depth, name] of components.entries()) {
      const parent = folder;
      try {
        folder = await parent.#child(name, make === undefined ? undefined : (made) => make(made, depth));
      } finally {
        await parent.close();
      }
    }
    return folder;
  }

  async #child(name: string, make?: (made: FolderMark) => Promise<void>): Promise<AnchoredFolder> {
    const path = this.#at(name);
    if (make !== undefined) {
      try {
        await mkdir(path, { mode: 0o755 });
        await make(marksOf(await lstat(path, { bigint: true })));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
    return new AnchoredFolder(await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  }

  /**
   * Writes a file that must not exist yet, or replaces the one that carries `expected`. `record` is called with the mark
   * of the new file before it gets its name, so that it is known to be ours whatever happens next.
   */
  async write(
    name: string,
    content: string,
    options: {
      readonly mode: number;
      readonly expected?: FileMark;
      readonly record: (mark: FileMark) => Promise<void>;
    },
  ): Promise<void> {
    const present = await this.markOf(name);
    if (present !== undefined && (options.expected === undefined || !isSame(present, options.expected))) {
      throw new Error(`${name} exists and is not Gatehouse's`);
    }
    const beside = `.gatehouse-${randomBytes(8).toString('hex')}`;
    const file = await open(this.#at(beside), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, options.mode);
    try {
      await file.chmod(options.mode);
      await file.writeFile(content);
      await file.sync();
      const status = await file.stat({ bigint: true });
      await options.record({
        ...marksOf(status),
        sha256: createHash('sha256').update(content).digest('hex'),
      });
      await rename(this.#at(beside), this.#at(name));
    } catch (error) {
      await unlink(this.#at(beside)).catch(() => undefined);
      throw error;
    } finally {
      await file.close();
    }
    await this.#handle.sync();
  }

  /** Undefined when there is no regular file of that name. */
  async markOf(name: string): Promise<FileMark | undefined> {
    let file: FileHandle;
    try {
      file = await open(this.#at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // ELOOP: a link stands there. It is not ours, and it is not followed.
      if (code === 'ENOENT') return undefined;
      if (code === 'ELOOP' || code === 'ENXIO') return { device: '', inode: '', sha256: '' };
      throw error;
    }
    try {
      const status = await file.stat({ bigint: true });
      if (!status.isFile() || status.size > 16n * 1024n * 1024n) return { device: '', inode: '', sha256: '' };
      const sha256 = createHash('sha256')
        .update(await file.readFile())
        .digest('hex');
      return { ...marksOf(status), sha256 };
    } finally {
      await file.close();
    }
  }

  /** Removes the file if it is the very one that was marked. */
  async remove(name: string, expected: FileMark): Promise<'removed' | 'absent' | 'not ours'> {
    const present = await this.markOf(name);
    if (present === undefined) return 'absent';
    if (!isSame(present, expected)) return 'not ours';
    try {
      await unlink(this.#at(name));
    } catch (error) {
      // `unenroll` and the daemon it ends take the same things away, side by side.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
      throw error;
    }
    await this.#handle.sync();
    return 'removed';
  }

  /** Removes an empty folder that was marked; one that others use stays. */
  async removeFolder(name: string, expected: FolderMark): Promise<boolean> {
    try {
      const status = await lstat(this.#at(name), { bigint: true });
      const { device, inode } = marksOf(status);
      if (!status.isDirectory() || device !== expected.device || inode !== expected.inode) return false;
      await rmdir(this.#at(name));
      return true;
    } catch {
      return false;
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  #at(name: string): string {
    if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
      throw new Error(`"${name}" is no file name`);
    }
    return `/proc/self/fd/${this.#handle.fd}/${name}`;
  }
}

function marksOf(status: { readonly dev: bigint; readonly ino: bigint }): FolderMark {
  return { device: String(status.dev), inode: String(status.ino) };
}

function isSame(one: FileMark, other: FileMark): boolean {
  return one.device === other.device && one.inode === other.inode && one.sha256 === other.sha256;
}
