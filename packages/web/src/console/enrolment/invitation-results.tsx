// What came of an invitation, person by person. Links stand here this once.
import type { InvitationReport, InvitedLine } from '@gatehouse/contracts/admin/invitations.ts';
import { Alert, Button, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { CopyText } from '../../design/copy-text.tsx';
import { Facts } from '../../design/facts.tsx';
import { Plain } from '../../design/plain.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { QrCode } from '../../design/qr-code.tsx';
import { RouteLink } from '../../design/route-link.tsx';
import { StatusMark } from '../../design/status-mark.tsx';
import { Time } from '../../design/time.tsx';
import { enrolmentTexts } from './texts.ts';

export function InvitationResults({ report, onAgain }: { report: InvitationReport; onAgain: () => void }) {
  const t = enrolmentTexts.use();
  const invited = report.lines.filter((line) => line.outcome === 'invited');
  const failed = report.lines.filter((line) => line.outcome === 'failed');
  const links = invited.filter((line) => line.link !== undefined);
  return (
    <Stack>
      <Group gap="lg" role="status">
        <StatusMark kind="ok" word={t('resultInvited', { count: invited.length })} />
        {failed.length > 0 && <StatusMark kind="bad" word={t('resultFailed', { count: failed.length })} />}
      </Group>
      {failed.length > 0 && (
        <Card>
          <Stack gap={4}>
            {failed.map((line) => (
              <Text key={`${line.line ?? ''} ${line.user}`} size="sm">
                {line.line !== undefined && <>{t('line', { line: line.line })}: </>}
                <Plain text={line.user} /> – <Plain text={line.reason ?? ''} />
              </Text>
            ))}
          </Stack>
        </Card>
      )}
      {links.length > 0 && <Alert color="orange">{t('shownOnce')}</Alert>}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {links.map((line) => (
          <LinkCard key={line.enrollmentId} line={line} />
        ))}
      </SimpleGrid>
      <Group>
        <Button variant="default" onClick={onAgain}>
          {t('again')}
        </Button>
        <RouteLink to="/enrolment">{t('toList')}</RouteLink>
      </Group>
    </Stack>
  );
}

function LinkCard({ line }: { line: InvitedLine }) {
  const t = enrolmentTexts.use();
  return (
    <Card>
      <Group align="flex-start" wrap="nowrap" gap="md">
        {line.link !== undefined && (
          <QrCode text={line.link} label={t('qrOf', { who: plainLine(line.user, 60) })} size={132} />
        )}
        <Facts
          rows={[
            { label: t('person'), value: <Plain text={line.user} /> },
            line.link !== undefined && { label: t('link'), value: <CopyText value={line.link} /> },
            line.oneTimePassword !== undefined && {
              label: t('oneTimePassword'),
              value: <CopyText value={line.oneTimePassword} />,
            },
            line.expiresAt !== undefined && {
              label: t('expires'),
              value: <Time at={line.expiresAt} form="time" />,
            },
          ]}
        />
      </Group>
    </Card>
  );
}
