// The chain itself: what decides is drawn in full, the rest is folded into counts that open, and three lines say what changes it.
import { Accordion, Card, Group, Stack, Text, Title } from '@mantine/core';
import type { Device } from '@gatehouse/contracts/admin/devices.ts';
import type { Gate } from '@gatehouse/core/compliance/gate.ts';
import type { DeviceExplanation } from '../../../../api/operations/device.ts';
import { Plain } from '../../../../design/plain.tsx';
import { plainLine } from '../../../../design/plain-text.ts';
import { RouteLink } from '../../../../design/route-link.tsx';
import { addressWith } from '../../../../design/search-params.ts';
import { StatusMark } from '../../../../design/status-mark.tsx';
import { designTexts } from '../../../../design/texts.ts';
import { formatTime } from '../../../../language/format.ts';
import { useMay } from '../../../../session/session.ts';
import { accessKind } from '../gate-line.tsx';
import classes from '../device.module.css';
import { Chain } from './chain.tsx';
import { gateNames } from './gate-names.ts';
import { type Why, type WhyPath, whyOf } from './why-of.ts';
import { whyTexts } from './texts.ts';

export function Reasoning(props: {
  device: Device;
  explanation: DeviceExplanation;
  gate: Gate;
  isPast: boolean;
}) {
  const { device, explanation, gate, isPast } = props;
  const t = whyTexts.use();
  const d = designTexts.use();
  const why = whyOf(explanation, gate);
  const chain = (path: WhyPath) => (
    <Chain path={path} why={why} gate={gate} explanation={explanation} device={device} />
  );
  return (
    <Stack gap="lg">
      <Group gap="sm" align="center">
        <Title order={2}>
          {t(`asks_${why.access}`, { gate: d(gateNames[gate]), name: plainLine(device.name, 60) })}
        </Title>
        <StatusMark kind={accessKind[why.access]} word={d(why.access)} />
      </Group>
      {why.standing.length > 0 && (
        <Card>
          <Text size="sm" fw={600}>
            {t('standing')}
          </Text>
          {why.standing.map((sentence) => (
            <Text key={sentence} size="sm">
              <Plain text={sentence} limit={400} />
            </Text>
          ))}
        </Card>
      )}
      {why.access === 'allow' && (
        <Text size="sm">{t(why.passing.length > 0 ? 'allowedWhy' : 'allowedNone')}</Text>
      )}
      {why.deciding.map((path) => (
        <section key={path.rule.id} aria-labelledby={`rule-${path.rule.id}`}>
          <Title order={3} id={`rule-${path.rule.id}`} mb="xs">
            <Plain text={path.rule.title} />
          </Title>
          <Text size="sm" mb="sm">
            {path.rule.summary}
          </Text>
          {chain(path)}
        </section>
      ))}
      <Folded why={why} chain={chain} />
      <Closing why={why} device={device} isPast={isPast} />
      <UserSees explanation={explanation} />
    </Stack>
  );
}

/** A folded rule is never the reason. */
function Folded({ why, chain }: { why: Why; chain: (path: WhyPath) => React.ReactNode }) {
  const t = whyTexts.use();
  const groups = [
    ['passing', why.passing, why.access === 'allow' ? 'passingAll' : 'passing'],
    ['exempt', why.exempt, 'exempt'],
    ['elsewhere', why.elsewhere, 'elsewhere'],
  ] as const;
  const shown = groups.filter(([, paths]) => paths.length > 0);
  if (shown.length === 0) return null;
  return (
    <Accordion multiple variant="contained" transitionDuration={0} keepMounted={false} order={3}>
      {shown.map(([key, paths, text]) => (
        <Accordion.Item key={key} value={key}>
          <Accordion.Control>{t(text, { count: paths.length })}</Accordion.Control>
          <Accordion.Panel>
            <Accordion multiple transitionDuration={0} keepMounted={false} order={4}>
              {paths.map((path) => (
                <Accordion.Item key={path.rule.id} value={path.rule.id}>
                  <Accordion.Control>
                    <Plain text={path.rule.title} />
                    <Text size="sm" c="dimmed">
                      {path.rule.summary}
                    </Text>
                  </Accordion.Control>
                  <Accordion.Panel>{chain(path)}</Accordion.Panel>
                </Accordion.Item>
              ))}
            </Accordion>
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

/** Always the same three lines: what mends it, what happens by itself, and the way around. */
function Closing({ why, device, isPast }: { why: Why; device: Device; isPast: boolean }) {
  const t = whyTexts.use();
  const may = useMay();
  if (isPast) return null;
  const rule = why.deciding[0]?.rule;
  return (
    <section aria-labelledby="why-closing">
      <Title order={3} id="why-closing" mb="xs">
        {t('closing')}
      </Title>
      <dl className={classes.closing}>
        <dt>{t('mends')}</dt>
        <dd>
          {why.mends.length === 0
            ? why.access === 'allow'
              ? t('mendsNothing')
              : t('never')
            : why.mends.map((mend) => <div key={mend}>{mend}</div>)}
        </dd>
        <dt>{t('byItself')}</dt>
        <dd>{why.byItself === null ? t('never') : t('at', { time: formatTime(new Date(why.byItself)) })}</dd>
        <dt>{t('exception')}</dt>
        <dd>
          {rule === undefined ? (
            why.access === 'allow' ? (
              t('never')
            ) : (
              t('exceptionNot')
            )
          ) : may('exceptions.manage') ? (
            <RouteLink
              to={addressWith('/compliance/exceptions', { device: device.id, rule: rule.id, new: 'yes' })}
              size="sm"
            >
              {t('exceptionAsk')}
            </RouteLink>
          ) : (
            t('exceptionNoRight')
          )}
        </dd>
      </dl>
    </section>
  );
}

function UserSees({ explanation }: { explanation: DeviceExplanation }) {
  const t = whyTexts.use();
  const { failureReason, remediation } = explanation.userIsTold;
  return (
    <section aria-labelledby="why-user">
      <Title order={3} id="why-user" mb="xs">
        {t('userSees')}
      </Title>
      <Text size="sm">
        {failureReason === null
          ? t('userSeesNothing')
          : [failureReason, remediation].filter(Boolean).join(' ')}
      </Text>
    </section>
  );
}
