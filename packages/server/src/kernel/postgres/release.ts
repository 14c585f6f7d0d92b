/** Whether the embedded PostgreSQL is behind its own line of minor releases, which bring security fixes (UPD-04). */
import type { PostgresBinaries } from './binaries.ts';

/** The newest minor release of each line when this Gatehouse was made; look again at every release of ours. */
const newest: Readonly<Record<number, number>> = { 18: 6 };

export interface PostgresRelease {
  /** such as `18.4` */
  readonly version: string;
  /** the newer one that is known, or undefined */
  readonly behind: string | undefined;
}

export function releaseOf(binaries: Pick<PostgresBinaries, 'version' | 'major'>): PostgresRelease {
  const minor = Number(binaries.version.split('.')[1] ?? 0);
  const known = newest[binaries.major];
  return {
    version: `${binaries.major}.${minor}`,
    behind: known !== undefined && known > minor ? `${binaries.major}.${known}` : undefined,
  };
}
