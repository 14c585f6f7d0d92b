// What is known of the device. Where it is stands under Location, which asks first: it is left out here, and so nobody is on record
// as having seen it.
import type { Fact } from '@gatehouse/contracts/admin/devices.ts';
import type { FactName, FactValueOf } from '@gatehouse/core/facts/catalogue.ts';
import type { Scan } from '@gatehouse/core/facts/types.ts';
import { useRead } from '../../../../api/hooks.ts';
import { readDeviceFacts } from '../../../../api/operations/device.ts';
import { useMay } from '../../../../session/session.ts';
import { useDeviceId } from '../use-device.ts';

interface Wanted {
  readonly scan?: Scan;
  /** Nothing that concerns a person: what is read by the way leaves no trace, because it tells nothing. */
  readonly technical?: true;
}

export function useFacts({ scan, technical }: Wanted = {}) {
  const deviceId = useDeviceId();
  const may = useMay();
  return useRead(
    readDeviceFacts,
    {
      params: { deviceId },
      query: { without: technical ? 'personal' : 'sensitive', ...(scan === undefined ? {} : { scan }) },
    },
    { enabled: may('devices.facts.read'), keep: true },
  );
}

/** The value of a fact, as its row in the catalogue has it; the server has held the report against that row. */
export function valueOf<N extends FactName>(
  facts: readonly Fact[] | undefined,
  name: N,
): FactValueOf<N> | undefined {
  return facts?.find((fact) => fact.name === name)?.value as FactValueOf<N> | undefined;
}
