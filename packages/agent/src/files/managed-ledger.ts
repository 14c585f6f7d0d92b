/**
 * The record of everything Gatehouse put on this machine outside its own directory: each file with device, inode and hash,
 * each folder it had to make. A wipe removes what stands here and nothing else (WIP-04, AGT-T05).
 */
import { createHash } from 'node:crypto';
import { Exclusive } from '../exclusive.ts';
import type { StateDirectory } from '../state/state-directory.ts';
import type { ManagedItems } from '../scans/scan-context.ts';
import { AnchoredFolder, type FileMark, type FolderMark } from './anchored-folder.ts';

/** In the order of removal: apps with their data first, then profiles and certificates (WIP-02). */
export const itemKinds = ['app', 'profile', 'certificate'] as const;
export type ItemKind = (typeof itemKinds)[number];

export interface ManagedFile {
  /** Below the root, with a leading slash. */
  readonly path: string;
  /** Absent between the intent and the write. Older marks are those a crash may have left in place. */
  readonly marks: readonly FileMark[];
}

export interface ManagedFolder {
  readonly path: string;
  readonly mark: FolderMark;
}

export interface ManagedItem {
  readonly id: string;
  readonly kind: ItemKind;
  readonly name: string;
  readonly files: readonly ManagedFile[];
  readonly folders: readonly ManagedFolder[];
  /** SHA-256 of a certificate's DER, lower-case hex. */
  readonly fingerprint?: string;
}

export interface Removal {
  readonly removed: readonly string[];
  /** What was ours by name but is not by content any more, and therefore stays. */
  readonly left: readonly string[];
}

const file = 'managed.json';

export class ManagedLedger {
  readonly #state: StateDirectory;
  readonly #root: string;
  #items: readonly ManagedItem[];

  private constructor(state: StateDirectory, root: string, items: readonly ManagedItem[]) {
    this.#state = state;
    this.#root = root;
    this.#items = items;
  }

  /** `root` is `/` on a machine; tests give a folder. */
  static async open(state: StateDirectory, root = '/'): Promise<ManagedLedger> {
    const stored = await state.readJson(file);
    return new ManagedLedger(state, root, Array.isArray(stored) ? (stored as readonly ManagedItem[]) : []);
  }

  get items(): readonly ManagedItem[] {
    return this.#items;
  }

  readonly #one = new Exclusive();
  #ended = false;

  /**
   * Puts one file of an item in place, replacing an earlier one of ours. False when it is there already, as wanted.
   * Throws when somebody else's stands there.
   */
  putFile(
    item: Pick<ManagedItem, 'id' | 'kind' | 'name' | 'fingerprint'>,
    path: string,
    content: string,
    mode = 0o644,
  ): Promise<boolean> {
    return this.#one.run(() => this.#put(item, path, content, mode));
  }

  async #put(
    item: Pick<ManagedItem, 'id' | 'kind' | 'name' | 'fingerprint'>,
    path: string,
    content: string,
    mode: number,
  ): Promise<boolean> {
    if (this.#ended) throw new Error('management has ended');
    const wanted = createHash('sha256').update(content).digest('hex');
    const current = this.#find(item.id)?.files.find((one) => one.path === path)?.marks ?? [];
    const standing = current.length === 0 ? undefined : await this.#markAt(path);
    if (standing?.sha256 === wanted && current.some((mark) => sameMark(mark, standing))) return false;
    await this.#change(item, (current) => ({ ...current, files: withFile(current.files, path) }));
    const known = this.#find(item.id)?.files.find((one) => one.path === path)?.marks ?? [];
    const folder = await this.#openFolderOf(path, async (mark, at) => {
      await this.#change(item, (current) => ({
        ...current,
        folders: [...current.folders, { path: at, mark }],
      }));
    });
    try {
      const name = fileName(path);
      const present = await folder.markOf(name);
      const expected = known.find((mark) => sameMark(mark, present));
      await folder.write(name, content, {
        mode,
        ...(expected === undefined ? {} : { expected }),
        record: async (mark) => {
          const marks = expected === undefined ? [mark] : [expected, mark];
          await this.#change(item, (current) => ({
            ...current,
            files: withFile(current.files, path, marks),
          }));
        },
      });
    } finally {
      await folder.close();
    }
    const [last] = (this.#find(item.id)?.files.find((one) => one.path === path)?.marks ?? []).slice(-1);
    if (last !== undefined) {
      await this.#change(item, (current) => ({ ...current, files: withFile(current.files, path, [last]) }));
    }
    return true;
  }

  /** True when each file of the item is in place and unchanged. */
  async isIntact(id: string): Promise<boolean> {
    const item = this.#find(id);
    if (item === undefined) return false;
    for (const { path, marks } of item.files) {
      const present = await this.#markAt(path);
      if (!marks.some((mark) => sameMark(mark, present))) return false;
    }
    return true;
  }

  remove(id: string): Promise<Removal> {
    return this.#one.run(() => this.#remove(id));
  }

  async #remove(id: string): Promise<Removal> {
    const item = this.#find(id);
    if (item === undefined) return { removed: [], left: [] };
    const removed: string[] = [];
    const left: string[] = [];
    for (const { path, marks } of item.files) {
      const outcome = await this.#removeFile(path, marks);
      if (outcome === 'removed') removed.push(path);
      else if (outcome === 'not ours') left.push(path);
    }
    // Innermost first; a folder that somebody else has begun to use stays without being a failure.
    for (const { path, mark } of item.folders.toSorted((a, b) => b.path.length - a.path.length)) {
      await this.#removeFolder(path, mark);
    }
    this.#items = this.#items.filter((one) => one.id !== id);
    await this.#save();
    return { removed, left };
  }

  /** Everything, apps first (WIP-02), and nothing can be put after it. Can be called again after being cut off. */
  removeAll(): Promise<Removal> {
    this.#ended = true;
    return this.#one.run(() => this.#removeAll());
  }

  async #removeAll(): Promise<Removal> {
    const removed: string[] = [];
    const left: string[] = [];
    for (const kind of itemKinds) {
      for (const { id } of this.#items.filter((item) => item.kind === kind)) {
        const outcome = await this.#remove(id);
        removed.push(...outcome.removed);
        left.push(...outcome.left);
      }
    }
    return { removed, left };
  }

  async #removeFile(path: string, marks: readonly FileMark[]): Promise<'removed' | 'absent' | 'not ours'> {
    let folder: AnchoredFolder;
    try {
      folder = await this.#openFolderOf(path);
    } catch (error) {
      // A folder on the way is gone, or is a link now: what lies behind it is not ours.
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'not ours';
    }
    try {
      const present = await folder.markOf(fileName(path));
      if (present === undefined) return 'absent';
      const mine = marks.find((mark) => sameMark(mark, present));
      return mine === undefined ? 'not ours' : await folder.remove(fileName(path), mine);
    } finally {
      await folder.close();
    }
  }

  async #removeFolder(path: string, mark: FolderMark): Promise<void> {
    try {
      const parent = await this.#openFolderOf(path);
      await parent.removeFolder(fileName(path), mark).finally(() => parent.close());
    } catch {
      // Gone already, or behind a link: nothing of ours to remove.
    }
  }

  async #markAt(path: string): Promise<FileMark | undefined> {
    try {
      const folder = await this.#openFolderOf(path);
      return await folder.markOf(fileName(path)).finally(() => folder.close());
    } catch {
      return undefined;
    }
  }

  #openFolderOf(
    path: string,
    make?: (mark: FolderMark, path: string) => Promise<void>,
  ): Promise<AnchoredFolder> {
    const components = path.split('/').slice(1, -1);
    if (make === undefined) return AnchoredFolder.open(this.#root, components);
    return AnchoredFolder.open(this.#root, components, (mark, depth) =>
      make(mark, `/${components.slice(0, depth + 1).join('/')}`),
    );
  }

  #find(id: string): ManagedItem | undefined {
    return this.#items.find((item) => item.id === id);
  }

  async #change(
    { id, kind, name, fingerprint }: Pick<ManagedItem, 'id' | 'kind' | 'name' | 'fingerprint'>,
    change: (item: ManagedItem) => ManagedItem,
  ): Promise<void> {
    const fresh = {
      id,
      kind,
      name,
      files: [],
      folders: [],
      ...(fingerprint === undefined ? {} : { fingerprint }),
    };
    const changed = change(this.#find(id) ?? fresh);
    this.#items = [...this.#items.filter((item) => item.id !== id), changed];
    await this.#save();
  }

  #save(): Promise<void> {
    return this.#state.writeJson(file, this.#items);
  }
}

/** The ledger as scans see it. */
export function managedItemsOf({ items }: ManagedLedger, pendingProfiles: number): ManagedItems {
  return {
    profiles: items
      .filter(({ kind }) => kind === 'profile')
      .map(({ id, name }) => ({ id, name, kind: 'gatehouse-profile' })),
    certificateFingerprints: new Set(items.flatMap(({ fingerprint }) => fingerprint ?? [])),
    paths: new Set(items.flatMap(({ files }) => files.map(({ path }) => path))),
    pendingProfiles,
  };
}

function withFile(
  files: readonly ManagedFile[],
  path: string,
  marks?: readonly FileMark[],
): readonly ManagedFile[] {
  const before = files.find((one) => one.path === path);
  return [...files.filter((one) => one.path !== path), { path, marks: marks ?? before?.marks ?? [] }];
}

function sameMark(one: FileMark, other: FileMark | undefined): boolean {
  return (
    other !== undefined &&
    one.inode !== '' &&
    one.device === other.device &&
    one.inode === other.inode &&
    one.sha256 === other.sha256
  );
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
