/** Asks for a simulation and keeps its result until the question changes. */
import type { NewSimulation, Simulation } from '@gatehouse/contracts/admin/simulations.ts';
import { useCallback, useRef, useState } from 'react';
import { useChange, useRead } from '../../api/hooks.ts';
import { createSimulation, getSimulation, listSimulations } from '../../api/operations/simulations.ts';
import type { ApiProblem } from '../../api/problem.ts';

export type Change = NewSimulation['change'];

export interface RunningSimulation {
  /** What was found; undefined: nothing was asked, or the question is another one by now. */
  readonly simulation: Simulation | undefined;
  readonly isRunning: boolean;
  readonly problem: ApiProblem | null;
  readonly run: (change: Change, horizonHours?: number) => void;
  /** The question has changed: what was found is no answer to it. */
  readonly forget: () => void;
}

/** `const { run, simulation } = useSimulation()`, then `run({ kind: 'policy', policyId, settings })`. */
export function useSimulation(): RunningSimulation {
  const [found, setFound] = useState<Simulation | undefined>(undefined);
  const asked = useRef(0);
  const { mutate, reset, isPending, error } = useChange(createSimulation, { refreshes: [listSimulations] });
  const run = useCallback(
    (change: Change, horizonHours?: number) => {
      asked.current += 1;
      const mine = asked.current;
      setFound(undefined);
      mutate(
        { body: { change, ...(horizonHours === undefined ? {} : { horizonHours }) } },
        { onSuccess: (answer) => void (mine === asked.current && setFound(answer)) },
      );
    },
    [mutate],
  );
  const forget = useCallback(() => {
    asked.current += 1;
    setFound(undefined);
    reset();
  }, [reset]);
  return { simulation: found, isRunning: isPending, problem: error, run, forget };
}

/** One that was run before. */
export function useSimulationResult(simulationId: string) {
  return useRead(getSimulation, { params: { simulationId } });
}
