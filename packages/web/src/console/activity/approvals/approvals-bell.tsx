// The bell in the top bar: how many requests wait for a decision of mine.
import { ActionIcon, Indicator } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { useRead } from '../../../api/hooks.ts';
import { listApprovals } from '../../../api/operations/approvals.ts';
import { Hint } from '../../../design/hint.tsx';
import { useAddressOf } from '../../../design/route-link.tsx';
import { useMay, useMe } from '../../../session/session.ts';
import { api } from '../../../api/call.ts';
import { countToDecide } from './approvals-search.ts';
import { approvalTexts } from './texts.ts';

export function ApprovalsBell() {
  const may = useMay();
  const { me } = useMe();
  // An operator is in no organization until one is entered.
  const somewhere = me.organizationId !== undefined || api.organization !== undefined;
  return may('approvals.read') && somewhere ? <Bell /> : null;
}

function Bell() {
  const t = approvalTexts.use();
  const router = useRouter();
  const addressOf = useAddressOf();
  const { data } = useRead(
    listApprovals,
    { query: { open: 'true', limit: 100 } },
    { live: ['approval.*'], every: 60_000 },
  );
  const count = countToDecide(data?.items ?? []);
  const label = count === 0 ? t('bellNone') : t('bell', { count });
  const to = addressOf('/activity/approvals');
  return (
    <Hint label={label}>
      <Indicator label={count} disabled={count === 0} size={16} offset={6} color="red">
        <ActionIcon
          component="a"
          href={to}
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={label}
          onClick={(event: React.MouseEvent) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
            event.preventDefault();
            void router.navigate({ href: to });
          }}
        >
          <IconBell size={20} aria-hidden />
        </ActionIcon>
      </Indicator>
    </Hint>
  );
}
