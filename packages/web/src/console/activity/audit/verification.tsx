// Whether the record is whole, since when one knows it, and finding out anew.
import { Group } from '@mantine/core';
import { useState } from 'react';
import { useChange, useRead } from '../../../api/hooks.ts';
import { send } from '../../../api/call.ts';
import {
  exportAudit,
  getAuditVerification,
  listAuditEntries,
  verifyAudit,
} from '../../../api/operations/activity.ts';
import { AllowedButton } from '../../../design/allowed-button.tsx';
import { notifyProblem } from '../../../design/notify.tsx';
import { saveFile } from '../../../design/save-file.ts';
import { StatusMark } from '../../../design/status-mark.tsx';
import { formatNumber } from '../../../language/format.ts';
import { useMay } from '../../../session/session.ts';
import { activityTexts } from '../texts.ts';

function useVerification() {
  const [running, setRunning] = useState(false);
  const read = useRead(getAuditVerification, {}, running ? { every: 1_000 } : {});
  const isRunning = read.data?.last?.state === 'running';
  if (isRunning !== running) setRunning(isRunning);
  return read.data;
}

function Mark() {
  const t = activityTexts.use();
  const found = useVerification();
  if (found === undefined || found === null) return null;
  const { last } = found;
  if (last === null)
    return (
      <StatusMark
        kind="unchecked"
        word={t('never')}
        why={t('neverWhy', { count: formatNumber(found.entries) })}
      />
    );
  if (last.state === 'running') return <StatusMark kind="pending" word={t('running')} />;
  const since = last.finishedAt ?? undefined;
  if (last.state === 'whole') {
    return (
      <StatusMark
        kind="ok"
        word={t('whole', { to: formatNumber(last.verifiedTo) })}
        why={t('wholeWhy', { signed: formatNumber(last.signedTo) })}
        since={since}
      />
    );
  }
  const first = last.problems.find((problem) => problem.seq !== null)?.seq ?? 1;
  return (
    <StatusMark
      kind="bad"
      word={t('broken', { seq: formatNumber(first) })}
      why={t('brokenWhy', { count: last.problemCount })}
      since={since}
    />
  );
}

function Actions() {
  const t = activityTexts.use();
  const may = useMay();
  const found = useVerification();
  const verify = useChange(verifyAudit, {
    refreshes: [getAuditVerification, listAuditEntries],
    onError: (problem) => notifyProblem(problem),
  });
  const [saving, setSaving] = useState(false);
  async function save(): Promise<void> {
    setSaving(true);
    try {
      const answer = await send(exportAudit, {});
      saveFile(
        `audit-${new Date().toISOString().slice(0, 16).replaceAll(':', '')}.jsonl`,
        await answer.blob(),
      );
    } catch (error) {
      notifyProblem(error);
    } finally {
      setSaving(false);
    }
  }
  const allowed = may('audit.export');
  return (
    <Group gap="xs">
      <AllowedButton
        variant="default"
        allowed={allowed}
        reason={t('verifyNotAllowed')}
        hint={t('exportWhy')}
        loading={saving}
        onClick={() => void save()}
      >
        {t('export')}
      </AllowedButton>
      <AllowedButton
        allowed={allowed}
        reason={t('verifyNotAllowed')}
        loading={verify.isPending || found?.last?.state === 'running'}
        onClick={() => verify.mutate({})}
      >
        {t('verify')}
      </AllowedButton>
    </Group>
  );
}

export const Verification = { Mark, Actions };
