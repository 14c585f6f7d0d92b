import { Box, Button, Card, Group, List, Stack, Text, Title } from '@mantine/core';
import { useChange } from '../../api/hooks.ts';
import { runPreflight } from '../../api/operations/integrations.ts';
import { Failure } from '../../design/failure.tsx';
import { Plain } from '../../design/plain.tsx';
import { StatusMark } from '../../design/status-mark.tsx';
import { formatAge } from '../../language/format.ts';
import { findingText, outcomeKinds } from './preflight-words.ts';
import { integrationTexts } from './texts.ts';

export function PreflightCard() {
  const t = integrationTexts.use();
  const look = useChange(runPreflight);
  const found = look.data;
  return (
    <Card component="section" aria-label={t('addresses')}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Title order={2}>{t('addresses')}</Title>
          <Text size="sm" c="dimmed">
            {t('addressesMeaning')}
          </Text>
        </div>
        <Button variant="default" loading={look.isPending} onClick={() => look.mutate({})} flex="none">
          {t('test')}
        </Button>
      </Group>
      {look.error && <Failure problem={look.error} />}
      {found && (
        <Stack mt="md" role="status">
          {found.addresses.map((address) => (
            <div key={address.use}>
              <Text fw={600}>
                {t(address.use)}: <Plain text={address.url} />{' '}
                <Text span size="sm" c="dimmed">
                  {t('tested', { time: formatAge(found.at, Date.now()) })}
                </Text>
              </Text>
              <List listStyleType="none" spacing={4} mt={4}>
                {address.steps.map((step) => (
                  <List.Item key={step.step}>
                    <Group gap="xs" align="flex-start" wrap="nowrap">
                      <Box w={120} flex="none">
                        <StatusMark kind={outcomeKinds[step.outcome]} word={t(step.step)} />
                      </Box>
                      <Text size="sm">
                        {findingText(step, t)}{' '}
                        {step.outcome !== 'not-tried' && (
                          <Text span size="xs" c="dimmed">
                            {t('ms', { ms: step.milliseconds })}
                          </Text>
                        )}
                      </Text>
                    </Group>
                  </List.Item>
                ))}
              </List>
            </div>
          ))}
        </Stack>
      )}
    </Card>
  );
}
