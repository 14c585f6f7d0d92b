// The versions of a rule: who made each and when, and what it changed against the one before.
import { Anchor, List, Stack, Text, Title } from '@mantine/core';
import type { ComplianceRule, RuleVersion } from '@gatehouse/contracts/admin/rules.ts';
import { useSearch } from '@tanstack/react-router';
import { useList } from '../../../api/hooks.ts';
import { listComplianceRuleVersions } from '../../../api/operations/compliance.ts';
import { Diff } from '../../../design/diff.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Loading } from '../../../design/loading.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { Time } from '../../../design/time.tsx';
import { useActorName } from '../../actors/actor-name.tsx';
import { readRuleSearch } from './search.ts';
import { ruleTexts } from './texts.ts';

export function Versions({ rule }: { rule: ComplianceRule }) {
  const t = ruleTexts.use();
  const { version } = readRuleSearch(useSearch({ strict: false }));
  const nameOf = useActorName();
  const { items, error, isPending, refetch, hasMore, loadMore } = useList(listComplianceRuleVersions, {
    params: { ruleId: rule.id },
  });
  if (error) return <Failure problem={error} retry={refetch} />;
  if (isPending) return <Loading lines={4} />;
  const shown = items.find((each) => each.version === version) ?? items[0];
  const before = items.find((each) => each.version === (shown?.version ?? 0) - 1);
  return (
    <Stack gap="md">
      <List aria-label={t('versions')} listStyleType="none" spacing={4}>
        {items.map((each) => (
          <List.Item key={each.version}>
            <RouteLink
              to={`/compliance/rules/${rule.id}?tab=versions&version=${each.version}`}
              aria-current={each === shown ? 'true' : undefined}
              fw={each === shown ? 650 : 400}
            >
              {t('version', { count: each.version })}
            </RouteLink>{' '}
            <Text span size="sm" c="dimmed">
              <Time at={each.createdAt} /> <Plain text={t('versionBy', { who: nameOf(each.createdBy) })} />
            </Text>
          </List.Item>
        ))}
      </List>
      {hasMore && (
        <Anchor component="button" type="button" onClick={loadMore} ta="start" size="sm">
          …
        </Anchor>
      )}
      {shown && (
        <section aria-label={t('version', { count: shown.version })}>
          <Title order={2} size="h3" mb="xs">
            {t('version', { count: shown.version })}
          </Title>
          {before === undefined ? (
            <Text c="dimmed">{t('firstVersion')}</Text>
          ) : (
            <>
              <Text size="sm" c="dimmed" mb="xs">
                {t('compareWith', { count: before.version })}
              </Text>
              <Diff before={contentOf(before)} after={contentOf(shown)} />
            </>
          )}
        </section>
      )}
    </Stack>
  );
}

function contentOf({ version: _version, createdBy: _by, createdAt: _at, ...content }: RuleVersion) {
  return content;
}
