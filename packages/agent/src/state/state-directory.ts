/**
 * The agent's own directory: 0700, files 0600, nothing in it followed through a link (AGT-T04, AGT-T09). A write is whole or
 * has not happened: a new file is written beside the old one, forced to the disk, and put in its place.
 */
import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { randomBytes } from 'node:crypto';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;
const maximumBytes = 64 * 1024 * 1024;
/** No write takes this long. */
const halfWrittenMs = 60_000;

export class StateDirectory {
  readonly path: string;
  /** Shared with the folders inside. */
  readonly #life: { ended: boolean };

  private constructor(path: string, life: { ended: boolean }) {
    this.path = path;
    this.#life = life;
  }

  /** Makes the directory if need be. Refuses one that is a link or belongs to somebody else. */
  static open(path: string): Promise<StateDirectory> {
    return StateDirectory.#open(path, { ended: false });
  }

  static async #open(path: string, life: { ended: boolean }): Promise<StateDirectory> {
    if (!isAbsolute(path)) throw new Error(`the state directory must be an absolute path, not "${path}"`);
    await mkdir(path, { recursive: true, mode: 0o700 });
    const status = await lstat(path);
    if (!status.isDirectory()) throw new Error(`${path} is not a directory`);
    if (process.getuid !== undefined && status.uid !== process.getuid()) {
      throw new Error(`${path} belongs to uid ${status.uid}, not to the account the agent runs as`);
    }
    if ((status.mode & 0o077) !== 0) await chmod(path, 0o700);
    return new StateDirectory(path, life);
  }

  /** A directory inside this one, under the same rules. */
  folder(name: string): Promise<StateDirectory> {
    return StateDirectory.#open(join(this.path, checked(name)), this.#life);
  }

  /** From now on nothing is written any more, here and in the folders inside: what is removed stays removed. */
  end(): void {
    this.#life.ended = true;
  }

  /** Undefined when there is no such file. */
  async read(name: string): Promise<string | undefined> {
    try {
      const file = await open(
        join(this.path, checked(name)),
        constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      );
      try {
        const status = await file.stat();
        if (!status.isFile()) throw new Error(`${name} in ${this.path} is not a file`);
        if (status.size > maximumBytes) throw new Error(`${name} in ${this.path} is too large`);
        return await file.readFile('utf8');
      } finally {
        await file.close();
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** JSON, or undefined when the file is absent or broken: a broken file must not keep the agent from starting. */
  async readJson(name: string): Promise<unknown> {
    const text = await this.read(name);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  async write(name: string, content: string): Promise<void> {
    const target = join(this.path, checked(name));
    if (this.#life.ended) return;
    const beside = join(this.path, `.${randomBytes(8).toString('hex')}.new`);
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const file = await open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
      await file.close();
      // The end may have come while the bytes were on their way.
      if (this.#life.ended) await unlink(beside).catch(() => undefined);
      else await rename(beside, target);
    } catch (error) {
      await file.close().catch(() => undefined);
      await unlink(beside).catch(() => undefined);
      throw error;
    }
    await this.#sync();
  }

  writeJson(name: string, value: unknown): Promise<void> {
    return this.write(name, `${JSON.stringify(value)}\n`);
  }

  async remove(name: string): Promise<void> {
    try {
      await unlink(join(this.path, checked(name)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    await this.#sync();
  }

  /** Names of the files in it; half-written ones of an earlier life are removed, those of another process at work are not. */
  async names(): Promise<readonly string[]> {
    const names: string[] = [];
    for (const name of await readdir(this.path)) {
      if (!name.startsWith('.')) names.push(name);
      else if (await isOlderThan(join(this.path, name), halfWrittenMs)) {
        await unlink(join(this.path, name)).catch(() => undefined);
      }
    }
    return names.sort();
  }

  async removeAll(): Promise<void> {
    for (const name of await this.names()) await this.remove(name);
  }

  /** A rename is only safe from a power cut once the directory itself is on the disk. */
  async #sync(): Promise<void> {
    const directory = await open(this.path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}

async function isOlderThan(path: string, ms: number): Promise<boolean> {
  const status = await lstat(path).catch(() => undefined);
  return status !== undefined && Date.now() - status.mtimeMs > ms;
}

function checked(name: string): string {
  if (!namePattern.test(name)) throw new Error(`"${name}" is no name for a state file`);
  return name;
}
