// The server program: opens the kernel, builds the application, listens, and stops in order. What was acknowledged is
// committed, so a stop that is not orderly loses nothing either.
import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { type Application, createApplication } from '../app.ts';
import type { Config } from '../config.ts';
import { giveMemoryBack, giveMemoryBackWhenQuiet } from '../kernel/idle-memory.ts';
import { type Kernel, openKernel } from '../kernel/kernel.ts';
import { prepareLocalSocket } from '../kernel/local-socket.ts';
import { openServerTls } from '../kernel/tls/index.ts';
import { greeting } from './greeting.ts';

export async function serve(config: Config): Promise<number> {
  const began = Date.now();
  const kernel = await openKernel(config);
  const stop = new AbortController();
  lastResort(kernel, stop);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(signal));
  const { log, directory, clock } = kernel;
  const tls = openServerTls({
    directory: directory.tls,
    addresses: [config.publicUrl, config.deviceUrl],
    operator: config.tls,
    clock,
    log,
  });
  let application: Application | undefined;
  try {
    application = await createApplication(kernel, tls);
    // What only the start needed.
    giveMemoryBack();
    giveMemoryBackWhenQuiet();
    await listen(application, config, directory.run);
    log.info(
      { milliseconds: Date.now() - began, listen: config.listen, devices: config.deviceListen },
      'ready',
    );
    process.stdout.write(await greeting(kernel));
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
    log.info({ signal: String(stop.signal.reason) }, 'stopping');
    return stop.signal.reason instanceof Error ? 1 : 0;
  } finally {
    await application?.close();
    tls.close();
    await kernel.close();
  }
}

/** Fastify would call each of them http://, for TLS stands in front of it. */
const listenTextResolver = (address: string) => `listening at ${address.replace(/^https?:\/\//, '')}`;

async function listen(application: Application, config: Config, runDirectory: string): Promise<void> {
  const at = (server: FastifyInstance, { host, port }: { host: string; port: number }) =>
    server.listen({ host, port, listenTextResolver });
  await at(application.main, config.listen);
  const { console: consolePlace, nac, mail } = config.surfaces;
  if (application.console && consolePlace.listen) await at(application.console, consolePlace.listen);
  if (application.nac && nac.listen) await at(application.nac, nac.listen);
  if (application.mail && mail.listen) await at(application.mail, mail.listen);
  await at(application.device, config.deviceListen);
  await at(application.operations, config.operationsListen);
  await application.local.listen({ path: prepareLocalSocket(runDirectory), listenTextResolver });
}

/** Something threw where nobody listens: log it, stop in order, and let whoever supervises start anew (HTTP-13). */
function lastResort({ log }: Kernel, stop: AbortController): void {
  const fail = (error: unknown) => {
    log.fatal({ err: error }, 'an error reached nobody; the server stops');
    stop.abort(error instanceof Error ? error : new Error(String(error)));
    setTimeout(() => process.exit(1), 10_000).unref();
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
}
