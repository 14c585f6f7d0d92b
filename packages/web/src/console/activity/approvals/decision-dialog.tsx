// The question before a decision; what is approved is named by the hash of what was shown.
import { Text } from '@mantine/core';
import type { ListedApproval } from '@gatehouse/contracts/admin/approvals.ts';
import { useChange } from '../../../api/hooks.ts';
import {
  approve,
  getDestructiveBudget,
  listApprovals,
  overrideApproval,
  rejectApproval,
  releaseApproval,
  withdrawApproval,
} from '../../../api/operations/approvals.ts';
import { Ask } from '../../../design/ask.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { approvalTexts } from './texts.ts';

export type Decision = 'approve' | 'refuse' | 'withdraw' | 'release' | 'override';

const done = {
  approve: 'approved',
  refuse: 'refused',
  withdraw: 'took',
  release: 'released',
  override: 'overridden',
} as const;

export function DecisionDialog(props: {
  decision: Decision;
  request: ListedApproval;
  what: string;
  onClose: () => void;
}) {
  const { decision, request, what, onClose } = props;
  const t = approvalTexts.use();
  const options = {
    refreshes: [listApprovals, getDestructiveBudget],
    onDone: () => {
      notifyDone(t(done[decision]));
      onClose();
    },
  };
  const approving = useChange(approve, options);
  const refusing = useChange(rejectApproval, options);
  const withdrawing = useChange(withdrawApproval, options);
  const releasing = useChange(releaseApproval, options);
  const overriding = useChange(overrideApproval, options);
  const change = {
    approve: approving,
    refuse: refusing,
    withdraw: withdrawing,
    release: releasing,
    override: overriding,
  }[decision];

  function decide(reason: string): void {
    if (change.isPending) return;
    const params = { approvalId: request.id };
    const because = reason === '' ? {} : { reason };
    if (decision === 'approve') approving.mutate({ params, body: { hash: request.hash, ...because } });
    else if (decision === 'override') overriding.mutate({ params, body: { hash: request.hash, reason } });
    else if (decision === 'refuse') refusing.mutate({ params, body: because });
    else if (decision === 'withdraw') withdrawing.mutate({ params, body: because });
    else releasing.mutate({ params, body: because });
  }

  const count = request.deviceIds.length;
  const title =
    decision === 'approve'
      ? request.action === 'change-budget'
        ? t('approveAskBudget')
        : t('approveAsk', { count })
      : t(`${decision}Ask`);
  return (
    <Ask
      opened
      onClose={onClose}
      title={title}
      verb={t(decision)}
      keep={t(decision === 'approve' || decision === 'refuse' ? 'goBack' : 'keepWaiting')}
      danger={decision === 'override' || decision === 'approve'}
      needsReason={decision === 'refuse' || decision === 'override'}
      busy={change.isPending}
      problem={change.error}
      onConfirm={({ reason }) => decide(reason)}
    >
      <Text size="sm" fw={600}>
        {what}
      </Text>
      <Text size="sm">{t(`${decision}Note`)}</Text>
    </Ask>
  );
}
