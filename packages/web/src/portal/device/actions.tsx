// What a person may do to the own device: what is possible as buttons, what is not with its reason, and a question before what
// cannot be taken back.
import { Alert, Anchor, Button, Card, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { MyActionAnswer, MyDeviceDetail } from '@gatehouse/contracts/my/devices.ts';
import { useChange, useRead } from '../../api/hooks.ts';
import { type ApiProblem, isApiProblem } from '../../api/problem.ts';
import { Ask } from '../../design/ask.tsx';
import { formatNumber } from '../../language/format.ts';
import { listMyHistory, orderForMyDevice, readMyDevice, readMyOrder } from '../operations.ts';
import { useProof } from '../session/use-proof.tsx';
import { deviceTexts } from './texts.ts';

type Action = MyDeviceDetail['actions'][number];
type ActionName = Action['action'];
type Say = ReturnType<typeof deviceTexts.use>;

/** What is only for a device that is lost stands there only then. */
const isShown = ({ action, because }: Action): boolean =>
  because !== 'not-supported' && !(because === 'not-now' && (action === 'sound' || action === 'mark-found'));

const grave: readonly ActionName[] = ['reset-passcode', 'remove-company-data', 'erase'];

export function Actions({ device }: { device: MyDeviceDetail }) {
  const t = deviceTexts.use();
  const [asked, setAsked] = useState<Action>();
  const [answer, setAnswer] = useState<{ readonly action: ActionName; readonly answer: MyActionAnswer }>();
  const shown = device.actions.filter(isShown);
  if (shown.length === 0) return null;
  return (
    <Card component="section" aria-labelledby="actions">
      <Stack>
        <Title order={2} id="actions">
          {t('actions')}
        </Title>
        {answer && <Outcome device={device} {...answer} />}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {shown.map((action) => (
            <ActionButton key={action.action} action={action} onAsk={() => setAsked(action)} />
          ))}
        </SimpleGrid>
      </Stack>
      {asked && (
        <Question
          key={asked.action}
          device={device}
          action={asked}
          onClose={() => setAsked(undefined)}
          onAnswer={(given) => {
            setAsked(undefined);
            setAnswer({ action: asked.action, answer: given });
          }}
        />
      )}
    </Card>
  );
}

function ActionButton({ action, onAsk }: { action: Action; onAsk: () => void }) {
  const t = deviceTexts.use();
  const id = `about-${action.action}`;
  const about =
    action.because !== null
      ? t(action.because)
      : action.waiting !== null
        ? t('waiting')
        : t(`${action.action}Text`);
  return (
    <Stack gap={4}>
      <Button
        variant={grave.includes(action.action) ? 'outline' : 'default'}
        color={action.action === 'erase' ? 'red' : 'gate'}
        size="md"
        disabled={!action.possible || action.waiting !== null}
        onClick={onAsk}
        aria-describedby={id}
      >
        {t(action.action)}
      </Button>
      <Text size="sm" c="dimmed" id={id}>
        {about}
      </Text>
    </Stack>
  );
}

function Question({
  device,
  action: { action, needsProof },
  onClose,
  onAnswer,
}: {
  device: MyDeviceDetail;
  action: Action;
  onClose: () => void;
  onAnswer: (answer: MyActionAnswer) => void;
}) {
  const t = deviceTexts.use();
  const proof = useProof(needsProof);
  const [message, setMessage] = useState('');
  const [phoneNumber, setPhoneNumber] = useState('');
  const [missing, setMissing] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const order = useChange(orderForMyDevice, { refreshes: [readMyDevice, listMyHistory], onDone: onAnswer });
  const name = device.name;
  const texts = {
    ...(message.trim() === '' ? {} : { message: message.trim() }),
    ...(phoneNumber.trim() === '' ? {} : { phoneNumber: phoneNumber.trim() }),
  };

  async function confirm(): Promise<void> {
    if (action === 'mark-lost' && Object.keys(texts).length === 0) {
      setMissing(true);
      return;
    }
    setProblem(null);
    try {
      if (!(await proof.show())) return;
      await order.mutateAsync({
        params: { deviceId: device.id, action },
        body: action === 'mark-lost' ? texts : {},
      });
    } catch (error) {
      if (isApiProblem(error)) setProblem(error);
    }
  }

  return (
    <Ask
      opened
      onClose={onClose}
      title={t(`ask${capitalized(action)}`, { name })}
      verb={t(action)}
      keep={t('keep')}
      danger={grave.includes(action)}
      consequences={consequencesOf(action, t)}
      {...(action === 'erase' ? { typed: name } : {})}
      busy={order.isPending}
      problem={problem !== null && problem.reason !== 'one-device-a-day' ? problem : null}
      onConfirm={() => void confirm()}
    >
      <Text>{t(`${action}Text`)}</Text>
      {action === 'mark-lost' && (
        <>
          <TextInput
            label={t('message')}
            value={message}
            onChange={(event) => setMessage(event.currentTarget.value)}
            error={missing ? t('messageNeeded') : undefined}
            maxLength={300}
          />
          <TextInput
            label={t('phoneNumber')}
            type="tel"
            value={phoneNumber}
            onChange={(event) => setPhoneNumber(event.currentTarget.value)}
            maxLength={32}
          />
        </>
      )}
      {problem?.reason === 'one-device-a-day' && (
        <Alert color="red" role="alert">
          {t('oneADay')}
        </Alert>
      )}
      {proof.field}
    </Ask>
  );
}

type Capitalized<Name extends string> = Capitalize<Name>;
const capitalized = <Name extends string>(name: Name): Capitalized<Name> =>
  (name.charAt(0).toUpperCase() + name.slice(1)) as Capitalized<Name>;

function consequencesOf(action: ActionName, t: Say) {
  if (action === 'erase')
    return { goes: [t('eraseGoes')], stays: [t('eraseStays')], after: [t('eraseAfter')] };
  if (action === 'remove-company-data')
    return { goes: [t('removeGoes')], stays: [t('removeStays')], after: [t('removeAfter')] };
  return action === 'reset-passcode' ? { after: [t('resetAfter')] } : {};
}

/** What has become of the order, until it is over. */
function Outcome({
  device,
  action,
  answer,
}: {
  device: MyDeviceDetail;
  action: ActionName;
  answer: MyActionAnswer;
}) {
  const t = deviceTexts.use();
  const { commandId } = answer;
  const [over, setOver] = useState(false);
  const order = useRead(
    readMyOrder,
    { params: { deviceId: device.id, orderId: commandId ?? '-' } },
    { enabled: commandId !== null, ...(over ? {} : { every: 2_000 }) },
  );
  const state = order.data?.state;
  const finished = order.data !== undefined && order.data.finishedAt !== null;
  if (finished && !over) setOver(true);
  const client = useQueryClient();
  useEffect(() => {
    // What the order did to the device is seen with it, not a while later.
    if (over)
      for (const { id } of [readMyDevice, listMyHistory]) void client.invalidateQueries({ queryKey: [id] });
  }, [over, client]);
  const verb = t(action);
  if (answer.outcome === 'held')
    return (
      <Alert color="yellow" title={verb} role="status">
        {t('held')}
      </Alert>
    );
  if (!finished)
    return (
      <Alert color="blue" title={t('sentTitle', { action: verb })} role="status">
        {t('sentText')}
      </Alert>
    );
  if (state !== 'acknowledged')
    return (
      <Alert color="red" title={t('failedTitle', { action: verb })} role="status">
        {t('failedText')}
      </Alert>
    );
  const place = order.data?.place ?? null;
  return (
    <Alert color="green" title={place === null ? t('doneTitle', { action: verb }) : t('here')} role="status">
      {place !== null && (
        <Stack gap={4}>
          <Text size="sm">
            {formatNumber(place.latitude)}°, {formatNumber(place.longitude)}°
            {place.accuracyMeters === null
              ? ''
              : `, ${t('near', { metres: formatNumber(place.accuracyMeters) })}`}
          </Text>
          <Anchor
            size="sm"
            target="_blank"
            rel="noreferrer"
            href={`https://www.openstreetmap.org/?mlat=${Number(place.latitude)}&mlon=${Number(place.longitude)}#map=16/${Number(place.latitude)}/${Number(place.longitude)}`}
          >
            {t('openMap')}
          </Anchor>
        </Stack>
      )}
    </Alert>
  );
}
