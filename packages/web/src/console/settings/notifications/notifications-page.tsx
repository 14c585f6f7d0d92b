// Which kinds of alerts whoever is signed in gets by mail, and when.
import { Alert, Select, Stack, Table, Text } from '@mantine/core';
import { type AlertMailing, alertMailings } from '@gatehouse/core/alerts/alert-kind.ts';
import { useChange, useRead } from '../../../api/hooks.ts';
import { chooseAlertMail, listAlertMails } from '../../../api/operations/settings.ts';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyProblem } from '../../../design/notify.tsx';
import { SettingsFrame } from '../settings-frame.tsx';
import { settingsTexts } from '../texts.ts';

export function NotificationsPage() {
  const t = settingsTexts.use();
  const { data, error, isPending, refetch } = useRead(listAlertMails, {});
  const { mutate } = useChange(chooseAlertMail, { refreshes: [listAlertMails] });
  const choices = alertMailings.map((each) => ({ value: each, label: t(`mail_${each}`) }));
  return (
    <SettingsFrame tab="notifications" meaning={t('notificationsMeaning')}>
      {error && <Failure problem={error} retry={() => void refetch()} />}
      {isPending && <Loading />}
      {data && (
        <Stack maw={760}>
          {!data.canSend && (
            <Alert color="gray" variant="light">
              {t('cannotSend')}
            </Alert>
          )}
          <Table>
            <Table.Tbody>
              {data.items.map(({ kind, title, mail, fixed }) => (
                <Table.Tr key={kind}>
                  <Table.Td>
                    <Text size="sm">{title}</Text>
                    {fixed && (
                      <Text size="xs" c="dimmed">
                        {t('mailFixed')}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td w="11rem">
                    <Select
                      aria-label={t('mailOf', { title })}
                      size="xs"
                      data={choices}
                      value={mail}
                      allowDeselect={false}
                      disabled={fixed}
                      onChange={(chosen) =>
                        mutate(
                          { body: { kind, mail: chosen as AlertMailing } },
                          { onError: (problem) => notifyProblem(problem) },
                        )
                      }
                    />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Text size="sm" c="dimmed">
            {t('mailDailyHint')}
          </Text>
        </Stack>
      )}
    </SettingsFrame>
  );
}
