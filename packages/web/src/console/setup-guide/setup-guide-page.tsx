// The way from a new organization to its first device: what is done is read from the organization, and where each step is done
// is one link away.
import { Button, Card, Group, List, Progress, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Page } from '../../design/page.tsx';
import { RouteLink } from '../../design/route-link.tsx';
import { StatusMark } from '../../design/status-mark.tsx';
import { useMay, useMe } from '../../session/session.ts';
import { doneCount, type GuideStep, guidePermissions, guideSteps, nextStep } from './guide-steps.ts';
import { guideTexts } from './texts.ts';
import { useFound } from './use-found.ts';

const kinds = { done: 'ok', accepted: 'ok', open: 'unchecked', unknown: 'unknown', trouble: 'bad' } as const;

/** How one says that a step is not open any more, where it is not “right as it is”. */
const acceptWords: Readonly<Partial<Record<GuideStep['name'], 'acceptRead' | 'acceptPush'>>> = {
  read: 'acceptRead',
  push: 'acceptPush',
};

export function SetupGuidePage() {
  const t = guideTexts.use();
  return (
    <Page title={t('title')} meaning={t('meaning')}>
      <SetupGuide />
    </Page>
  );
}

/** The steps themselves, also for the overview of a new organization. */
export function SetupGuide() {
  const t = guideTexts.use();
  const { accepted, accept } = useAccepted();
  const steps = guideSteps(useFound(), accepted);
  const done = doneCount(steps);
  const next = nextStep(steps);
  return (
    <Stack maw={760}>
      <div>
        <Text fw={600} role="status">
          {done === steps.length ? t('allDone') : t('progress', { done, all: steps.length })}
        </Text>
        <Progress
          value={(100 * done) / steps.length}
          aria-label={t('progress', { done, all: steps.length })}
          mt="xs"
        />
      </div>
      <List listStyleType="none" spacing="sm" type="ordered">
        {steps.map((step, index) => (
          <List.Item
            key={step.name}
            styles={{ itemWrapper: { width: '100%' }, itemLabel: { width: '100%' } }}
          >
            <Step step={step} number={index + 1} isNext={step.name === next} onAccept={accept} />
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}

function Step({
  step: { name, state, to, mayAccept },
  number,
  isNext,
  onAccept,
}: {
  step: GuideStep;
  number: number;
  isNext: boolean;
  onAccept: (name: string, on: boolean) => void;
}) {
  const t = guideTexts.use();
  const may = useMay();
  const permission = guidePermissions[name];
  const mayOpen = permission === undefined || may(permission);
  return (
    <Card aria-current={isNext ? 'step' : undefined} bg={isNext ? 'var(--mantine-primary-color-light)' : ''}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={4} flex={1} miw={220}>
          <Group gap="sm">
            <Title order={2} size="h3">
              {number}. {t(name)}
            </Title>
            {mayOpen && <StatusMark kind={kinds[state]} word={t(`state_${state}`)} />}
          </Group>
          <Text size="sm">
            {name === 'push' && state === 'trouble' ? t('pushTrouble') : t(`${name}Text`)}
          </Text>
          {!mayOpen && (
            <Text size="sm" c="dimmed">
              {t('notYours')}
            </Text>
          )}
        </Stack>
        <Group gap="xs">
          {mayAccept && (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`${t(name)}: ${state === 'accepted' ? t('undo') : t(acceptWords[name] ?? 'accept')}`}
              onClick={() => onAccept(name, state !== 'accepted')}
            >
              {state === 'accepted' ? t('undo') : t(acceptWords[name] ?? 'accept')}
            </Button>
          )}
          {to !== undefined && mayOpen && (
            <RouteLink to={to} aria-label={`${t('open')}: ${t(name)}`}>
              {t('open')}
            </RouteLink>
          )}
        </Group>
      </Group>
    </Card>
  );
}

/** What somebody found right as it is, remembered in this browser for this organization. */
function useAccepted() {
  const { me } = useMe();
  const key = `gatehouse-guide ${me.organizationId ?? ''}`;
  const [accepted, setAccepted] = useState<ReadonlySet<string>>(
    () => new Set(readList(localStorage.getItem(key))),
  );
  return {
    accepted,
    accept(name: string, on: boolean) {
      const next = new Set(accepted);
      if (on) next.add(name);
      else next.delete(name);
      localStorage.setItem(key, [...next].join(' '));
      setAccepted(next);
    },
  };
}

const readList = (text: string | null): string[] => (text ?? '').split(' ').filter((each) => each !== '');
