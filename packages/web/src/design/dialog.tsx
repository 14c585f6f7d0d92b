// A dialog whose button to close it says so, in the reader’s language.
import { Modal, type ModalProps } from '@mantine/core';
import { designTexts } from './texts.ts';

export function Dialog(props: ModalProps) {
  const t = designTexts.use();
  return <Modal closeButtonProps={{ 'aria-label': t('close') }} {...props} />;
}
