// What stands around the server, in the order of setting it up, each with its state at this moment.
import { Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { Page } from '../../design/page.tsx';
import { RouteLink } from '../../design/route-link.tsx';
import { useMay } from '../../session/session.ts';
import { AppleCard } from './apple/apple-card.tsx';
import { PreflightCard } from './preflight-card.tsx';
import { integrationTexts } from './texts.ts';
import { WebhooksCard } from './webhooks/webhooks-card.tsx';

export function IntegrationsPage() {
  const t = integrationTexts.use();
  const may = useMay();
  const elsewhere = [
    { may: may('gates.read'), to: '/gates/network', title: t('toNetwork'), text: t('toNetworkText') },
    { may: may('mail.read'), to: '/gates/mail', title: t('toMail'), text: t('toMailText') },
    { may: may('gates.read'), to: '/gates/vpn', title: t('toSignals'), text: t('toSignalsText') },
  ].filter((each) => each.may);
  return (
    <Page title={t('title')} meaning={t('meaning')}>
      <Stack gap="lg">
        {may('settings.manage') && <PreflightCard />}
        {may('push.read') && <AppleCard />}
        {may('webhooks.manage') && <WebhooksCard />}
        {elsewhere.length > 0 && (
          <section>
            <Title order={2} mb="xs">
              {t('elsewhere')}
            </Title>
            <SimpleGrid cols={{ base: 1, sm: 3 }}>
              {elsewhere.map((each) => (
                <Card key={each.title}>
                  <RouteLink to={each.to} fw={600}>
                    {each.title}
                  </RouteLink>
                  <Text size="sm" c="dimmed">
                    {each.text}
                  </Text>
                </Card>
              ))}
            </SimpleGrid>
          </section>
        )}
      </Stack>
    </Page>
  );
}
