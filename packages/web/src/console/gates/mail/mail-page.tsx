// The gate of mail: devices, those that wait for a decision, servers, traffic, and the look from outside.
import { useSearch } from '@tanstack/react-router';
import { useList } from '../../../api/hooks.ts';
import { listMailDevices } from '../../../api/operations/mail-gate.ts';
import { Page } from '../../../design/page.tsx';
import { GateStanding } from '../gate-standing.tsx';
import { Approve } from './approve.tsx';
import { MailDevices } from './mail-devices.tsx';
import { mailTabs, readMailSearch, waiting } from './mail-view.ts';
import { Probe } from './probe.tsx';
import { Servers } from './servers.tsx';
import { mailTexts } from './texts.ts';
import { Traffic } from './traffic.tsx';

const contents = {
  devices: MailDevices,
  approve: Approve,
  servers: Servers,
  traffic: Traffic,
  probe: Probe,
} as const;

export function MailGatePage() {
  const t = mailTexts.use();
  const { tab } = readMailSearch(useSearch({ strict: false }));
  const unknown = useList(
    listMailDevices,
    { query: { ...waiting, limit: 100 } },
    { live: ['mail-device.*'] },
  );
  const Content = contents[tab];
  return (
    <Page
      title={t('title')}
      meaning={t('meaning')}
      tabs={mailTabs.map((each) => ({
        text: t(each),
        to: `/gates/mail${each === 'devices' ? '' : `?tab=${each}`}`,
        selected: each === tab,
        ...(each === 'approve' && unknown.items.length > 0 ? { count: unknown.items.length } : {}),
      }))}
    >
      {tab === 'devices' && <GateStanding gate="mail" />}
      <Content />
    </Page>
  );
}
