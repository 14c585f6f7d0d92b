// What is wrong, how to mend it step by step, and whether it worked: the device is asked at once.
import { Alert, Button, Card, Group, List, Loader, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { MyDevice, MyDeviceDetail } from '@gatehouse/contracts/my/devices.ts';
import { useChange, useRead } from '../../api/hooks.ts';
import { Failure } from '../../design/failure.tsx';
import { formatTime } from '../../language/format.ts';
import { listMyDevices, orderForMyDevice, readMyDevice, readMyOrder } from '../operations.ts';
import { type Check, checkState, isOver } from './check.ts';
import { stepTexts } from './step-texts.ts';
import { stepsFor } from './steps.ts';
import { deviceTexts } from './texts.ts';

export function WhatToDo({ device }: { device: MyDeviceDetail }) {
  const t = deviceTexts.use();
  const [check, setCheck] = useState<Check>();
  // Once everything is mended the answer stays on the page, although there is nothing to do any more.
  if (device.problems.length === 0 && check === undefined) return null;
  const mayAsk = device.actions.some(({ action, possible }) => action === 'refresh' && possible);
  return (
    <Card component="section" aria-labelledby="what-to-do">
      <Stack>
        <Title order={2} id="what-to-do">
          {t('whatToDo')}
        </Title>
        {device.problems.map((problem, index) => (
          <Problem key={`${problem.kind ?? ''}${index}`} problem={problem} platform={device.platform} />
        ))}
        {mayAsk && <CheckNow device={device} check={check} onCheck={setCheck} />}
      </Stack>
    </Card>
  );
}

function Problem({
  problem,
  platform,
}: {
  problem: MyDevice['problems'][number];
  platform: MyDevice['platform'];
}) {
  const t = deviceTexts.use();
  const say = stepTexts.use();
  const steps = stepsFor(problem, platform).map((key) => say(key));
  return (
    <Stack gap="xs">
      <Text fw={600}>{problem.says}</Text>
      {problem.until !== null && <Text size="sm">{t('until', { time: formatTime(problem.until) })}</Text>}
      {problem.mends !== null && <Text>{problem.mends}</Text>}
      {steps.length > 0 ? (
        <List type="ordered" spacing="xs" withPadding>
          {steps.map((step) => (
            <List.Item key={step}>{step}</List.Item>
          ))}
        </List>
      ) : (
        problem.mends === null && <Text>{t('noWay')}</Text>
      )}
    </Stack>
  );
}

function CheckNow({
  device,
  check,
  onCheck,
}: {
  device: MyDeviceDetail;
  check: Check | undefined;
  onCheck: (check: Check) => void;
}) {
  const t = deviceTexts.use();
  const now = useTick(check !== undefined);
  const client = useQueryClient();
  const ask = useChange(orderForMyDevice, {
    onDone: ({ commandId }) =>
      onCheck({
        askedAt: Date.now(),
        reportBefore: device.details.lastReportAt,
        orderId: commandId ?? undefined,
      }),
  });
  const known = check?.orderId;
  const order = useRead(
    readMyOrder,
    { params: { deviceId: device.id, orderId: known ?? '-' } },
    { enabled: known !== undefined },
  );
  const state = check && checkState(check, order.data, device, now);
  const asking = state !== undefined && !isOver(state);
  useEffect(() => {
    if (!asking) return;
    const timer = setInterval(() => {
      void client.invalidateQueries({ queryKey: [readMyOrder.id] });
      void client.invalidateQueries({ queryKey: [readMyDevice.id] });
    }, 1_000);
    return () => clearInterval(timer);
  }, [asking, client]);
  useEffect(() => {
    if (state === 'good' || state === 'still')
      void client.invalidateQueries({ queryKey: [listMyDevices.id] });
  }, [state, client]);
  return (
    <Stack gap="sm" align="flex-start">
      <div role="status">
        {state === 'asking' || state === 'asking-long' ? (
          <Group gap="sm" wrap="nowrap">
            <Loader size="sm" aria-hidden />
            <Text>{t(state === 'asking' ? 'checking' : 'checkingLong')}</Text>
          </Group>
        ) : state === 'good' ? (
          <Alert color="green" icon={<IconCircleCheck aria-hidden />}>
            {t('checkedGood')}
          </Alert>
        ) : state === 'still' ? (
          <Alert color="orange" icon={<IconAlertTriangle aria-hidden />}>
            {t('checkedStill')}
          </Alert>
        ) : state === 'offline' ? (
          <Alert color="gray" icon={<IconAlertTriangle aria-hidden />}>
            {t('checkOffline')}
          </Alert>
        ) : null}
      </div>
      {ask.error && <Failure problem={ask.error} />}
      {!asking && state !== 'good' && (
        <Button
          size="md"
          loading={ask.isPending}
          onClick={() => ask.mutate({ params: { deviceId: device.id, action: 'refresh' }, body: {} })}
        >
          {t(check === undefined ? 'checkNow' : 'checkAgain')}
        </Button>
      )}
    </Stack>
  );
}

function useTick(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
