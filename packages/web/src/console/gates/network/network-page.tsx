// The gate of the network: sessions, network devices, what RADIUS is answered, Cisco ISE.
import { useSearch } from '@tanstack/react-router';
import { Page } from '../../../design/page.tsx';
import { GateStanding } from '../gate-standing.tsx';
import { Answers } from './answers.tsx';
import { IseServers } from './ise-servers.tsx';
import { NetworkDevices } from './network-devices.tsx';
import { networkTabs, readNetworkSearch } from './reply-drafts.ts';
import { Sessions } from './sessions.tsx';
import { networkTexts } from './texts.ts';

const contents = { sessions: Sessions, devices: NetworkDevices, answers: Answers, ise: IseServers } as const;

export function NetworkGatePage() {
  const t = networkTexts.use();
  const { tab } = readNetworkSearch(useSearch({ strict: false }));
  const Content = contents[tab];
  return (
    <Page
      title={t('title')}
      meaning={t('meaning')}
      tabs={networkTabs.map((each) => ({
        text: t(each),
        to: `/gates/network${each === 'sessions' ? '' : `?tab=${each}`}`,
        selected: each === tab,
      }))}
    >
      {tab === 'sessions' && <GateStanding gate="network" />}
      <Content />
    </Page>
  );
}
