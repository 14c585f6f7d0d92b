/** Where the device is (AGT-04, ACT-16): only when the policy allows it and the machine has location services. */
import { acknowledged, type CommandHandler, failed } from './command-handler.ts';

/** GeoClue's own client; distributions put it in one of these places. */
const programs = ['/usr/libexec/geoclue-2.0/demos/where-am-i', '/usr/lib/geoclue-2.0/demos/where-am-i'];

export const locateDevice: CommandHandler<'locate-device'> = {
  afterInterruption: 'report',
  async run(_params, { system, settings, now }) {
    if (settings['location.collect'] !== true)
      return failed('the policy of this device does not allow its location to be collected');
    for (const program of programs) {
      const said = await system.run(program, ['--timeout=20'], {
        timeoutMs: 30_000,
        maximumBytes: 64 * 1024,
      });
      if (said.state === 'absent') continue;
      if (said.state === 'unreadable') return failed(`location services gave no answer: ${said.why}`);
      const location = parseLocation(said.value);
      return location === undefined
        ? failed('location services do not know where the device is')
        : acknowledged({ ...location, observedAt: now() });
    }
    return failed('this device has no location services');
  },
};

/** The last block of where-am-i's output is the most exact. */
export function parseLocation(
  text: string,
): { readonly latitude: number; readonly longitude: number; readonly accuracyMetres?: number } | undefined {
  const last = (name: string) => {
    const found = [
      ...text.matchAll(new RegExp(`^\\s*${name}:\\s*(-?[0-9]{1,3}(?:\\.[0-9]{1,12})?)`, 'gm')),
    ].at(-1)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const latitude = last('Latitude');
  const longitude = last('Longitude');
  if (
    latitude === undefined ||
    longitude === undefined ||
    Math.abs(latitude) > 90 ||
    Math.abs(longitude) > 180
  )
    return undefined;
  const accuracy = /^\s*Accuracy:\s*([0-9]{1,9})/m.exec(text)?.[1];
  return { latitude, longitude, ...(accuracy === undefined ? {} : { accuracyMetres: Number(accuracy) }) };
}
