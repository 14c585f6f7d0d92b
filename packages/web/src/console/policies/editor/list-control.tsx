// Several values in an order: each with buttons to move and remove it, so that nobody has to drag.
import { ActionIcon, Button, Fieldset, Group, Input, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { firstValue, type Node } from '../model/field.ts';
import css from './editor.module.css';
import type { NestingProps } from './control-props.ts';
import { moved, replaced, without } from './list-changes.ts';
import { editorTexts } from './texts.ts';

type Props = NestingProps & { readonly node: Extract<Node, { kind: 'list' }> };

export function ListControl(props: Props) {
  const t = editorTexts.use();
  const { node, value, onChange, disabled = false } = props;
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  const full = items.length >= (node.maximum ?? Number.POSITIVE_INFINITY);
  return (
    <Fieldset
      variant="unstyled"
      {...(props.quiet ? { 'aria-label': props.label } : { legend: props.label })}
      disabled={disabled}
    >
      {props.description !== undefined && <Input.Description>{props.description}</Input.Description>}
      {items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('noItems')}
        </Text>
      ) : (
        <ol className={css.items}>
          {items.map((item, index) => (
            // Entries have no names of their own: their place is what they are.
            <li key={index} className={css.itemRow}>
              <div className={css.itemBody}>
                <props.Inner
                  {...props}
                  node={node.of}
                  label={t('item', { place: index + 1 })}
                  quiet
                  description={undefined}
                  error={undefined}
                  default={undefined}
                  value={item}
                  onChange={(next) => onChange(replaced(items, index, next))}
                />
              </div>
              <Group gap={2} wrap="nowrap">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('moveUp', { place: index + 1 })}
                  disabled={disabled || index === 0}
                  onClick={() => onChange(moved(items, index, index - 1))}
                >
                  <IconArrowUp size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('moveDown', { place: index + 1 })}
                  disabled={disabled || index === items.length - 1}
                  onClick={() => onChange(moved(items, index, index + 1))}
                >
                  <IconArrowDown size={16} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="red"
                  aria-label={t('removeItem', { place: index + 1 })}
                  disabled={disabled}
                  onClick={() => onChange(without(items, index))}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </Group>
            </li>
          ))}
        </ol>
      )}
      <Button
        mt={6}
        size="xs"
        variant="default"
        leftSection={<IconPlus size={14} aria-hidden />}
        disabled={disabled || full}
        onClick={() => onChange([...items, firstValue(node.of) ?? (node.of.kind === 'text' ? '' : null)])}
      >
        {t('addItem')}
      </Button>
      {props.error !== undefined && <Input.Error mt={4}>{props.error}</Input.Error>}
    </Fieldset>
  );
}
