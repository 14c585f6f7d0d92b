// A question before something happens that one cannot take back in one step: the title asks, the button says the verb, the
// keyboard starts on the safe side, and what it costs stands there before.
import { Button, Group, List, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { ApiProblem } from '../api/problem.ts';
import { Failure } from './failure.tsx';
import { plainLine } from './plain-text.ts';
import { designTexts } from './texts.ts';

export interface AskProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** A question with verb and object: `Erase Anna’s iPhone?` */
  readonly title: string;
  /** The verb again. */
  readonly verb: string;
  readonly keep?: string;
  readonly danger?: boolean;
  readonly children?: ReactNode;
  readonly consequences?: {
    readonly goes?: readonly string[];
    readonly stays?: readonly string[];
    readonly after?: readonly string[];
  };
  readonly needsReason?: boolean;
  /** What has to be typed, exactly. */
  readonly typed?: string;
  readonly busy?: boolean;
  readonly problem?: ApiProblem | null;
  readonly onConfirm: (given: { readonly reason: string }) => void;
}

const shortestReason = 10;

export function Ask(props: AskProps) {
  const t = designTexts.use();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {props.opened && <Question {...props} />}
    </Modal>
  );
}

function Question(props: AskProps) {
  const t = designTexts.use();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const reasonShort = props.needsReason === true && reason.trim().length < shortestReason;
  const typedWrong = props.typed !== undefined && typed.trim() !== props.typed.trim();
  const lists = [
    [t('goes'), props.consequences?.goes],
    [t('stays'), props.consequences?.stays],
    [t('after'), props.consequences?.after],
  ] as const;
  return (
    <form
      // What is missing is said at the field, in the words of the page.
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!reasonShort && !typedWrong) props.onConfirm({ reason: reason.trim() });
      }}
    >
      <Stack gap="sm">
        {props.children}
        {lists.map(([label, items]) =>
          items === undefined || items.length === 0 ? null : (
            <div key={label}>
              <Text fw={600} size="sm">
                {label}
              </Text>
              <List size="sm">
                {items.map((item) => (
                  <List.Item key={item}>{item}</List.Item>
                ))}
              </List>
            </div>
          ),
        )}
        {props.needsReason && (
          <Textarea
            label={t('reason')}
            description={t('reasonHint')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={tried && reasonShort ? t('reasonShort') : undefined}
            autosize
            minRows={2}
            maxLength={500}
            required
          />
        )}
        {props.typed !== undefined && (
          <TextInput
            label={t('typeName', { name: plainLine(props.typed, 80) })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={tried && typedWrong ? t('typeNameWrong', { name: plainLine(props.typed, 80) }) : undefined}
            autoComplete="off"
            required
          />
        )}
        {props.problem && <Failure problem={props.problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose} data-autofocus>
            {props.keep ?? t('cancel')}
          </Button>
          <Button type="submit" color={props.danger ? 'red' : 'gate'} loading={props.busy ?? false}>
            {props.verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
