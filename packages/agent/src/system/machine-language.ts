/**
 * The language that the machine is used in: what the system gives its sessions as LANG. The server words the state of the device
 * in it when it knows no language of the user’s.
 */
import { type System, valueOf } from './system.ts';

const files = ['/etc/locale.conf', '/etc/default/locale'] as const;
const setting = /^[ \t]*LANG=["']?([a-z]{2,3})(?:_([A-Z]{2}))?(?=[.@"'\s]|$)/m;

/** @returns a BCP 47 tag such as "de-AT"; undefined where nothing is said, or "C" and "POSIX", which are no language. */
export async function machineLanguage(system: System): Promise<string | undefined> {
  for (const file of files) {
    const text = valueOf(await system.readText(file, { maximumBytes: 4096, cut: true }));
    const [, language, region] = setting.exec(text ?? '') ?? [];
    if (language !== undefined) return region === undefined ? language : `${language}-${region}`;
  }
  return undefined;
}
