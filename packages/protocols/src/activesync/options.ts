/** What a server offers in its answer to OPTIONS, narrowed to what a gateway in front of it speaks (MS-ASHTTP section 2.2.3.2). */
import { type CommandName, findCommand } from './commands.ts';
import { isProtocolVersion, type ProtocolVersion, protocolVersions } from './versions.ts';

/**
 * Versions of MS-ASProtocolVersions or X-MS-RP that are ours too, oldest first. X-MS-RP has to be narrowed like the other: a
 * device that takes it would else start over in a version that is not offered.
 */
export function readVersionList(
  header: string,
  allowed: readonly ProtocolVersion[] = protocolVersions,
): ProtocolVersion[] {
  const offered = new Set(splitList(header).filter(isProtocolVersion));
  return protocolVersions.filter((version) => offered.has(version) && allowed.includes(version));
}

/** Commands of MS-ASProtocolCommands that are known here; others (`Notify`) are not relayed, so they are not offered. */
export function readCommandList(header: string): CommandName[] {
  return [
    ...new Set(
      splitList(header)
        .map(findCommand)
        .filter((command) => command !== undefined),
    ),
  ];
}

/** For both headers. */
export function formatList(items: readonly (ProtocolVersion | CommandName)[]): string {
  return items.join(',');
}

function splitList(header: string): string[] {
  return header
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
