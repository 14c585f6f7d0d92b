import type { Database } from '../../kernel/db/database.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import type { CommandSupport } from './command-support.ts';
import type { StandingDeps } from '../devices/index.ts';

/** A wipe ends what the device is, so commands need what a change of standing needs. */
export interface CommandDeps extends StandingDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly sealer: Pick<Sealer, 'seal' | 'open'>;
  /** Without, every device is believed able to do everything, and says so itself if it is not. */
  readonly support?: CommandSupport;
}
