// Bytes from a file: chosen or dropped, measured before anything is read into the form.
import { Button, FileButton, Group, Input, Text } from '@mantine/core';
import { IconFile } from '@tabler/icons-react';
import { useState } from 'react';
import { formatBytes } from '../../../language/format.ts';
import type { Node } from '../model/field.ts';
import { bytesOfBase64 } from '../model/validate.ts';
import type { ControlProps } from './control-props.ts';
import { editorTexts } from './texts.ts';

type Props = ControlProps & { readonly node: Extract<Node, { kind: 'file' }> };

export function FileControl(props: Props) {
  const t = editorTexts.use();
  const { node, value, onChange, disabled = false } = props;
  const [tooLarge, setTooLarge] = useState<number | undefined>(undefined);
  const text = typeof value === 'string' ? value : textWithin(value);
  async function take(file: File | null): Promise<void> {
    if (file === null) return;
    if (file.size > node.maximumBytes) {
      setTooLarge(file.size);
      return;
    }
    setTooLarge(undefined);
    const base64 = base64Of(new Uint8Array(await file.arrayBuffer()));
    onChange(node.wrapped ? { $data: base64 } : base64);
  }
  const error =
    tooLarge === undefined ? props.error : t('fileTooLarge', { bytes: tooLarge, maximum: node.maximumBytes });
  return (
    <Input.Wrapper
      {...(props.quiet ? {} : { label: props.label, labelElement: 'div' as const })}
      description={props.description ?? t('fileHint', { size: formatBytes(node.maximumBytes) })}
      {...(error === undefined ? {} : { error })}
    >
      <Group
        gap="xs"
        mt={4}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          if (!disabled) void take(event.dataTransfer.files[0] ?? null);
        }}
      >
        <FileButton onChange={(file) => void take(file)} disabled={disabled}>
          {(button) => (
            <Button
              {...button}
              variant="default"
              size="xs"
              aria-label={`${props.label}: ${t('file')}`}
              leftSection={<IconFile size={14} aria-hidden />}
            >
              {t('file')}
            </Button>
          )}
        </FileButton>
        {text !== undefined && text !== '' && (
          <>
            <Text size="sm">{t('fileChosen', { size: formatBytes(bytesOfBase64(text)) })}</Text>
            <Button variant="subtle" size="xs" disabled={disabled} onClick={() => onChange(undefined)}>
              {t('fileTaken')}
            </Button>
          </>
        )}
      </Group>
    </Input.Wrapper>
  );
}

function textWithin(value: unknown): string | undefined {
  const inner: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, '$data') : undefined;
  return typeof inner === 'string' ? inner : undefined;
}

/** In pieces: a call has only so many arguments. */
function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let from = 0; from < bytes.length; from += 8_192)
    text += String.fromCharCode(...bytes.subarray(from, from + 8_192));
  return btoa(text);
}
