// Terms that apply, and those that the person agreed to, in the words of then.
import { Card, Stack, Text, Title } from '@mantine/core';
import { useRead } from '../../api/hooks.ts';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { Loading } from '../../design/loading.tsx';
import { Page } from '../../design/page.tsx';
import { Plain } from '../../design/plain.tsx';
import { StatusMark } from '../../design/status-mark.tsx';
import { Time } from '../../design/time.tsx';
import { listMyTerms } from '../operations.ts';
import shared from '../portal.module.css';
import { useSpoken } from '../use-spoken.ts';
import { documentTexts } from './texts.ts';

export function DocumentsPage() {
  const t = documentTexts.use();
  const query = useSpoken();
  const terms = useRead(listMyTerms, { query });
  const items = terms.data?.items ?? [];
  return (
    <Page title={t('title')} meaning={t('meaning')} crumbs={[{ text: t('back'), to: '/account' }]}>
      {terms.error && terms.data === undefined ? (
        <Failure problem={terms.error} retry={() => void terms.refetch()} />
      ) : terms.data === undefined ? (
        <Loading />
      ) : items.length === 0 ? (
        <EmptyState title={t('none')}>{t('noneText')}</EmptyState>
      ) : (
        items.map((each) => (
          <Card key={`${each.kind}${each.language}${each.version}`} component="article">
            <Stack gap="xs">
              <Title order={2}>
                <Plain text={each.title} />
              </Title>
              <Text size="sm" c="dimmed">
                {t(each.kind)} · {t('version', { version: each.version })}
              </Text>
              {each.acceptedAt === null ? (
                <StatusMark kind="info" word={t('open')} />
              ) : (
                <Text size="sm" component="div">
                  <StatusMark kind="ok" word={t('accepted')} /> <Time at={each.acceptedAt} form="time" />
                </Text>
              )}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
              <section className={shared.terms} lang={each.language} tabIndex={0} aria-label={each.title}>
                {each.text}
              </section>
            </Stack>
          </Card>
        ))
      )}
    </Page>
  );
}
