// Key rotation. The master key is wrapped around data keys only, so changing it is quick; data keys are renewed by sealing
// every value again. Data keys may be rotated beside servers on an external database; the master key may not, because a server
// reads it at its start, and is refused while one runs.
import type { Config } from '../config.ts';
import { PresenceRefused } from '../kernel/db/presence.ts';
import { type Kernel, openKernel } from '../kernel/kernel.ts';
import { type SealedClass, sealedColumns } from '../kernel/sealed/columns.ts';
import { addMasterKey, dropOldMasterKeys } from '../kernel/sealed/master-key.ts';
import { rotateDataKey } from '../kernel/sealed/rotate.ts';
import { createSealer } from '../kernel/sealed/sealer.ts';
import { selectOrganizationIds } from './queries.ts';

const usage = 'usage: gatehouse keys rotate-master | rotate-data\n';

export async function rotateKeys(config: Config, args: readonly string[]): Promise<number> {
  const [action] = args;
  if (action !== 'rotate-master' && action !== 'rotate-data') {
    process.stderr.write(usage);
    return 2;
  }
  let kernel: Kernel;
  try {
    kernel = await openKernel(config, action === 'rotate-master' ? 'alone' : 'beside-others');
  } catch (error) {
    if (!(error instanceof PresenceRefused)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  try {
    if (action === 'rotate-master') {
      const keys = addMasterKey(config.masterKeyFile);
      const wrapped = await createSealer(() => keys).rewrap(kernel.database);
      dropOldMasterKeys(config.masterKeyFile);
      process.stdout.write(
        `A new master key wraps ${wrapped} data keys; the old one is gone from ${config.masterKeyFile}.\n`,
      );
      return 0;
    }
    const classes = [...new Set(Object.values(sealedColumns).map((column): SealedClass => column.class))];
    const organizationIds = await kernel.database.withSystem('list-organizations', selectOrganizationIds);
    for (const organizationId of organizationIds) {
      for (const sealedClass of classes) {
        const { version, resealed } = await rotateDataKey(kernel, organizationId, sealedClass);
        process.stderr.write(
          `${organizationId} ${sealedClass}: version ${version}, ${resealed} values sealed again\n`,
        );
      }
    }
    return 0;
  } finally {
    await kernel.close();
  }
}
