// Servers and network devices that are told of changes: how each stands, and how one is added, tried, changed and removed.
import { Button, Group, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Operation } from '../../../api/call.ts';
import { useChange, useList } from '../../../api/hooks.ts';
import type { PageOf, Paging } from '../../../api/operations/shapes.ts';
import { Ask } from '../../../design/ask.tsx';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { Dialog } from '../../../design/dialog.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { Plain } from '../../../design/plain.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { useMay } from '../../../session/session.ts';
import { HealthMark, type HealthMarkProps } from '../health-mark.tsx';
import { gateTexts } from '../texts.ts';
import { type Trial, TrialButton } from '../trial-button.tsx';

interface Told extends HealthMarkProps {
  readonly id: string;
  readonly name: string;
}

export interface ToldListProps<Thing extends Told> {
  readonly list: Operation<{ query: Paging; answer: PageOf<Thing> }>;
  /** Below each of these stands one of the list, by `parameter`. */
  readonly trial: Operation<{ answer: Trial }>;
  readonly remove: Operation;
  readonly parameter: string;
  readonly words: {
    readonly label: string;
    readonly add: string;
    readonly edit: (name: string) => string;
    readonly emptyTitle: string;
    readonly empty: string;
    readonly removeTitle: (name: string) => string;
    readonly removeText: string;
  };
  readonly address: Column<Thing>;
  readonly more?: readonly Column<Thing>[];
  /** What is to be said of its state besides. */
  readonly warning?: (thing: Thing) => string;
  /** The form of a new one, or of one that exists. */
  readonly form: (editing: Thing | undefined, done: (name: string | undefined) => void) => ReactNode;
}

export function ToldList<Thing extends Told>(props: ToldListProps<Thing>) {
  const { words, address, more = [], warning } = props;
  const shared = gateTexts.use();
  const mayManage = useMay()('gates.manage');
  const [editing, setEditing] = useState<Thing | 'new'>();
  const [removing, setRemoving] = useState<Thing>();
  const list = useList(props.list, { query: { limit: 200 } }, { every: 15_000 });
  const rows = list.items as readonly Thing[];
  const given = ({ id }: Thing) => ({ params: { [props.parameter]: id } }) as never;
  const remove = useChange(props.remove, {
    refreshes: [props.list],
    onDone: () => {
      notifyDone(shared('removed', { name: plainLine(removing?.name ?? '', 60) }));
      setRemoving(undefined);
    },
  });
  const done = (name: string | undefined) => {
    setEditing(undefined);
    if (name !== undefined) notifyDone(shared('saved', { name: plainLine(name, 60) }));
  };
  const add = mayManage && <Button onClick={() => setEditing('new')}>{words.add}</Button>;
  const columns: Column<Thing>[] = [
    {
      key: 'name',
      title: shared('name'),
      card: 'title',
      render: ({ name }) => <Plain text={name} limit={60} />,
    },
    address,
    {
      key: 'state',
      title: shared('state'),
      width: '14rem',
      card: 'mark',
      render: (thing) => <HealthMark {...thing} more={warning?.(thing) ?? ''} />,
    },
    ...more,
    ...(mayManage
      ? [
          {
            key: 'actions',
            title: shared('actions'),
            width: '20rem',
            render: (thing: Thing) => (
              <Group gap="xs" wrap="nowrap">
                <TrialButton
                  operation={props.trial}
                  given={given(thing)}
                  name={thing.name}
                  refreshes={[props.list]}
                />
                <Button size="compact-sm" variant="default" onClick={() => setEditing(thing)}>
                  {shared('edit')}
                </Button>
                <Button size="compact-sm" variant="default" onClick={() => setRemoving(thing)}>
                  {shared('remove')}
                </Button>
              </Group>
            ),
          },
        ]
      : []),
  ];
  if (list.error) return <Failure problem={list.error} retry={list.refetch} />;
  return (
    <>
      {rows.length > 0 && add && <div>{add}</div>}
      <DataTable
        label={words.label}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        rowLabel={({ name }) => name}
        isPending={list.isPending}
        empty={
          <EmptyState title={words.emptyTitle} action={add}>
            {words.empty}
          </EmptyState>
        }
      />
      <Dialog
        opened={editing !== undefined}
        onClose={() => setEditing(undefined)}
        title={
          editing === 'new' || editing === undefined ? words.add : words.edit(plainLine(editing.name, 60))
        }
        size="lg"
      >
        {editing !== undefined && props.form(editing === 'new' ? undefined : editing, done)}
      </Dialog>
      <Ask
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={words.removeTitle(plainLine(removing?.name ?? '', 60))}
        verb={shared('remove')}
        danger
        busy={remove.isPending}
        problem={remove.error}
        onConfirm={() => removing && remove.mutate(given(removing))}
      >
        <Text size="sm">{words.removeText}</Text>
      </Ask>
    </>
  );
}
