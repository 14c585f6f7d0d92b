// One change for all selected devices: what it is, how many it would change, and what came of it.
import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import type { ManyDevicesReport } from '@gatehouse/contracts/admin/devices.ts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { countDevices, searchDevices } from '../../../api/operations/fleet.ts';
import type { ApiProblem } from '../../../api/problem.ts';
import { Dialog } from '../../../design/dialog.tsx';
import { Failure } from '../../../design/failure.tsx';
import { formatNumber } from '../../../language/format.ts';
import { countOf, inParts, reasonsOf, type Selected } from './selected-parts.ts';
import { listTexts } from './texts.ts';

type Ask = (deviceIds: string[]) => Promise<ManyDevicesReport>;

export interface BulkFormProps {
  readonly title: string;
  readonly selected: Selected;
  /** What is asked for, or undefined while something is missing. Another one has to be looked at again. */
  readonly asked: string | undefined;
  /** Says what would change; absent: every device that is selected. */
  readonly preview?: Ask;
  readonly change: Ask;
  readonly children: ReactNode;
  /** Somebody wanted to go on. */
  readonly onTried: () => void;
  readonly onClose: () => void;
}

const nothing: ManyDevicesReport = { changed: 0, unchanged: 0, failed: 0, items: [] };

export function BulkForm(props: BulkFormProps) {
  const t = listTexts.use();
  const { selected, asked, preview, change } = props;
  const client = useQueryClient();
  const [done, setDone] = useState<readonly [number, number]>();
  const look = useMutation<ManyDevicesReport, ApiProblem, string>({
    mutationFn: () => (preview === undefined ? Promise.resolve(nothing) : inParts(selected, preview)),
  });
  const act = useMutation<ManyDevicesReport, ApiProblem>({
    mutationFn: () => inParts(selected, change, (part, of) => setDone([part, of])),
    onSettled: () =>
      Promise.all(
        [searchDevices, countDevices].map(({ id }) => client.invalidateQueries({ queryKey: [id] })),
      ),
  });
  const seen = look.variables === asked ? look.data : undefined;
  const count = preview === undefined ? countOf(selected) : seen?.changed;
  return (
    <Dialog opened onClose={props.onClose} title={props.title} size="lg">
      {act.data !== undefined ? (
        <Stack>
          <Counts report={act.data} words={['bulkChanged', 'bulkUnchanged']} />
          <Group justify="flex-end">
            <Button data-autofocus onClick={props.onClose}>
              {t('bulkClose')}
            </Button>
          </Group>
        </Stack>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            props.onTried();
            if (asked === undefined) return;
            if (count === undefined) look.mutate(asked);
            else if (count > 0) act.mutate();
          }}
        >
          <Stack gap="sm">
            {props.children}
            {seen !== undefined && <Counts report={seen} words={['bulkWouldChange', 'bulkAlready']} />}
            {act.isPending && done !== undefined && done[1] > 1 && (
              <Text size="sm" role="status">
                {t('bulkParts', { done: done[0], of: done[1] })}
              </Text>
            )}
            {(act.error ?? look.error) && <Failure problem={act.error ?? look.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={props.onClose}>
                {t('bulkCancel')}
              </Button>
              {count !== 0 && (
                <Button type="submit" loading={look.isPending || act.isPending}>
                  {count === undefined ? t('bulkLook') : t('bulkChange', { count: formatNumber(count) })}
                </Button>
              )}
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}

function Counts({
  report,
  words: [changed, unchanged],
}: {
  report: ManyDevicesReport;
  words: readonly ['bulkChanged' | 'bulkWouldChange', 'bulkUnchanged' | 'bulkAlready'];
}) {
  const t = listTexts.use();
  return (
    <div role="status">
      <List size="sm">
        <List.Item>{t(changed, { count: report.changed })}</List.Item>
        {report.unchanged > 0 && <List.Item>{t(unchanged, { count: report.unchanged })}</List.Item>}
      </List>
      {report.failed > 0 && (
        <Alert mt="xs" variant="light" color="orange" title={t('bulkFailed', { count: report.failed })}>
          <List size="sm">
            {reasonsOf(report).map(({ problem, count }) => (
              <List.Item key={problem}>
                {formatNumber(count)} × {problem}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </div>
  );
}
