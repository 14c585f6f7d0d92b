// Two small dialogs of the list: a pasted list that becomes a filter, and a view that is saved.
import { Alert, Button, Checkbox, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../../api/hooks.ts';
import { createSelection, createView, listViews } from '../../../api/operations/fleet.ts';
import { Failure } from '../../../design/failure.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { formatNumber } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { columnKeys, type DevicesSearch, usualSort } from './list-search.ts';
import { mostPasted, pastedParts } from './pasted.ts';
import { listTexts } from './texts.ts';

export function PasteDialog({
  onClose,
  onFound,
}: {
  onClose: () => void;
  onFound: (selectionId: string) => void;
}) {
  const t = listTexts.use();
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const parts = pastedParts(text);
  const find = useChange(createSelection, { onDone: ({ id }) => onFound(id) });
  const wrong =
    parts.length === 0
      ? t('pasteNone')
      : parts.length > mostPasted
        ? t('pasteTooMany', { count: formatNumber(parts.length) })
        : undefined;
  return (
    <Modal opened onClose={onClose} title={t('pasteTitle')} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (wrong === undefined) find.mutate({ body: { identifiers: [...parts] } });
        }}
      >
        <Stack>
          <Textarea
            data-autofocus
            label={t('pasteLabel')}
            description={t('pasteHint')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={tried ? wrong : undefined}
            autosize
            minRows={6}
            maxRows={14}
            spellCheck={false}
          />
          {find.error && <Failure problem={find.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={find.isPending}>
              {t('pasteFind')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export function SaveViewDialog({ search, onClose }: { search: DevicesSearch; onClose: () => void }) {
  const t = listTexts.use();
  const may = useMay();
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const save = useChange(createView, {
    refreshes: [listViews],
    onDone: () => {
      notifyDone(t('saved'));
      onClose();
    },
  });
  const mayShare = may('searches.manage');
  return (
    <Modal opened onClose={onClose} title={t('saveViewTitle')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() === '') return;
          save.mutate({
            body: {
              name: name.trim(),
              shared,
              query: search.q,
              columns: [...columnKeys(search.cols)],
              sort: (search.sort === '' ? usualSort : search.sort) as 'name',
            },
          });
        }}
      >
        <Stack>
          <TextInput
            data-autofocus
            label={t('viewName')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={100}
            required
          />
          <Checkbox
            label={t('share')}
            description={mayShare ? t('shareHint') : t('shareNotAllowed')}
            checked={shared}
            disabled={!mayShare}
            onChange={(event) => setShared(event.currentTarget.checked)}
          />
          {save.error && <Failure problem={save.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending}>
              {t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** What of a pasted list was not found. */
export function NotFound({ missing }: { missing: readonly string[] }) {
  const t = listTexts.use();
  return (
    <Alert color="orange" variant="light" title={t('notFound', { count: missing.length })}>
      <Textarea
        readOnly
        autosize
        minRows={2}
        maxRows={8}
        value={missing.join('\n')}
        aria-label={t('notFound', { count: missing.length })}
      />
    </Alert>
  );
}
