// The versions of a suite; going back makes a new one.
import { Text } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useChange, useList } from '../../../api/hooks.ts';
import {
  getPolicy,
  listPolicies,
  listPolicyVersions,
  previewPolicyCollisions,
  type SettingValues,
  type Suite,
  updatePolicy,
} from '../../../api/operations/policies.ts';
import { Ask } from '../../../design/ask.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { useMay } from '../../../session/session.ts';
import { SimulationFound } from '../../simulation/simulation-result.tsx';
import { type Change, useSimulation } from '../../simulation/use-simulation.ts';
import { type VersionRow, VersionsList, type VersionsListProps } from '../editor/versions-list.tsx';
import { policyTexts } from '../texts.ts';

export interface SuiteVersionsProps extends Pick<VersionsListProps, 'titleOf' | 'shown'> {
  readonly suite: Suite;
  readonly readOnly: boolean;
}

export function SuiteVersions({ suite, titleOf, shown, readOnly }: SuiteVersionsProps) {
  const list = useList(listPolicyVersions, { params: { policyId: suite.id }, query: { limit: 50 } });
  const [back, setBack] = useState<VersionRow | undefined>(undefined);
  const versions = useMemo(
    () => list.items.map(({ settings, ...rest }): VersionRow => ({ ...rest, values: settings })),
    [list.items],
  );
  if (list.error) return <Failure problem={list.error} retry={list.refetch} />;
  if (list.isPending) return <Loading lines={5} />;
  return (
    <>
      <VersionsList
        versions={versions}
        current={suite.version}
        hasMore={list.hasMore}
        loadMore={list.loadMore}
        titleOf={titleOf}
        shown={shown}
        onGoBack={readOnly ? undefined : setBack}
      />
      {back !== undefined && <GoBack suite={suite} version={back} onClose={() => setBack(undefined)} />}
    </>
  );
}

interface GoBackProps {
  readonly suite: Suite;
  readonly version: VersionRow;
  readonly onClose: () => void;
}

function GoBack({ suite, version, onClose }: GoBackProps) {
  const t = policyTexts.use();
  const may = useMay();
  const settings = version.values as SettingValues;
  const { simulation, isRunning, run } = useSimulation();
  const mayPreview = may('simulations.run');
  const policyId = suite.id;
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || !mayPreview) return;
    begun.current = true;
    run({ kind: 'policy', policyId, settings } as Change);
  }, [mayPreview, run, policyId, settings]);
  const change = useChange(updatePolicy, {
    refreshes: [getPolicy, listPolicies, listPolicyVersions, previewPolicyCollisions],
    onDone: (saved) => {
      notifyDone(t('backDone', { version: saved.version, from: version.version }));
      onClose();
    },
  });
  return (
    <Ask
      opened
      onClose={onClose}
      title={t('backTitle', { version: version.version })}
      verb={t('backTo', { version: version.version })}
      busy={change.isPending || isRunning}
      problem={change.error}
      onConfirm={() =>
        change.mutate({
          params: { policyId: suite.id },
          body: {
            settings,
            reason: t('backReason', { version: version.version }),
            expectedVersion: suite.version,
            ...(simulation === undefined ? {} : { simulationId: simulation.id }),
          },
        })
      }
    >
      <Text size="sm">{t('backText', { version: version.version })}</Text>
      {simulation !== undefined && <SimulationFound simulation={simulation} />}
    </Ask>
  );
}
