/** What a simulated computer answers when it is scanned (SCN-01 … SCN-05): the facts of the catalogue, from its state. */
import type { FactName, FactValueOf } from '@gatehouse/core/facts/catalogue.ts';
import type { Scan } from '@gatehouse/core/facts/types.ts';
import { product } from '@gatehouse/core/product.ts';
import type { Computer } from './computer.ts';
import { operatingSystems } from './system-releases.ts';

export type ComputerFacts = { -readonly [N in FactName]?: FactValueOf<N> };

const scanners = {
  'device-information': deviceInformation,
  security,
  profiles,
  apps,
  certificates,
} as const satisfies Record<Scan, (computer: Computer) => ComputerFacts>;

export function scanComputer(computer: Computer, scan: Scan): ComputerFacts {
  return scanners[scan](computer);
}

/** What it says of itself at enrolment, before anything else is known. */
export function enrollmentClaims(computer: Computer): Record<string, string> {
  const { hardware, hostName } = computer;
  const system = operatingSystems[computer.system];
  return {
    'device.host-name': hostName,
    'device.manufacturer': hardware.manufacturer,
    'device.model': hardware.model,
    'device.serial-number': hardware.serialNumber,
    'device.hardware-uuid': hardware.hardwareUuid,
    'os.family': system.family,
    'os.name': system.name,
    'os.version': system[computer.release].version,
  };
}

function deviceInformation(computer: Computer): ComputerFacts {
  const { hardware, battery } = computer;
  const system = operatingSystems[computer.system];
  const { version, build, kernel } = system[computer.release];
  return {
    'device.manufacturer': hardware.manufacturer,
    'device.model': hardware.model,
    'device.serial-number': hardware.serialNumber,
    'device.hardware-uuid': hardware.hardwareUuid,
    'device.host-name': computer.hostName,
    'device.virtual-machine': false,
    'os.family': system.family,
    'os.name': system.name,
    'os.version': version,
    'os.build': build,
    'os.kernel': kernel,
    'hardware.cpu': hardware.cpu,
    'hardware.cpu-count': hardware.cpuCount,
    'hardware.memory-bytes': hardware.memoryBytes,
    'battery.present': true,
    'battery.level-percent': Math.round(battery.percent),
    'battery.charging': battery.charging,
    'network.interfaces': computer.interfaces.map((one) => ({ ...one })),
    'network.wifi-ssid': computer.wifiName,
    'agent.version': product.version,
    'agent.boot-id': computer.bootId,
  };
}

function security(computer: Computer): ComputerFacts {
  const { passcode, screenLock, accounts, signs } = computer;
  const withoutPassword = accounts.filter(({ hasPassword }) => !hasPassword).length;
  const method = computer.platform === 'macos' ? 'filevault' : 'luks2';
  return {
    'storage.encrypted': computer.volumes
      .filter(({ holdsUserData }) => holdsUserData)
      .every(({ encrypted }) => encrypted),
    'storage.volumes': computer.volumes.map(({ mount, device, fileSystem, encrypted }) => ({
      mount,
      device,
      fileSystem,
      encrypted,
      method: encrypted ? method : 'none',
    })),
    'storage.swap-encrypted': computer.swapEncrypted,
    'passcode.set': withoutPassword === 0,
    'passcode.accounts-without-password': withoutPassword,
    'passcode.minimum-length': passcode.minimumLength,
    'passcode.minimum-classes': passcode.minimumClasses,
    'passcode.maximum-age-days': passcode.maximumAgeDays,
    'passcode.history': passcode.history,
    'screen-lock.enabled': screenLock.enabled,
    'screen-lock.timeout-seconds': screenLock.timeoutSeconds,
    'integrity.compromised': signs.length > 0,
    'integrity.signs': signs.map((sign) => ({ ...sign })),
    'security.secure-boot': computer.secureBoot,
    'profiles.pending': 0,
    'location.services': computer.locationServices,
  };
}

function profiles(computer: Computer): ComputerFacts {
  const managed =
    computer.appliedSettings === null
      ? []
      : [{ id: 'gatehouse', name: 'Gatehouse policy', kind: 'policy', managed: true, source: 'gatehouse' }];
  const foreign = computer.foreignProfiles.map((one) => ({ ...one, managed: false, source: 'system' }));
  return { 'profiles.installed': [...managed, ...foreign] };
}

function apps(computer: Computer): ComputerFacts {
  const { packages, packageSource } = operatingSystems[computer.system];
  const all = [...packages, ...Object.entries(computer.addedPackages)];
  return {
    'apps.installed': all.map(([id, version]) => ({
      id,
      name: /([^/]+?)(?:\.app)?$/.exec(id)?.[1] ?? id,
      version,
      source: packageSource,
    })),
  };
}

function certificates(computer: Computer): ComputerFacts {
  return { 'certificates.installed': computer.certificates.map((one) => ({ ...one, managed: false })) };
}
