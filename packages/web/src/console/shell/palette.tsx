// Ctrl K: go anywhere by name. Pages first; what areas can find is added in `palette-sources.ts`.
import { Modal, TextInput, VisuallyHidden } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { type KeyboardEvent, useId, useState } from 'react';
import { useAddressOf } from '../../design/route-link.tsx';
import { useMay } from '../../session/session.ts';
import { destinationsFor } from './navigation.ts';
import { bestOf } from './palette-ranking.ts';
import { usePaletteFinds } from './palette-sources.ts';
import classes from './shell.module.css';
import { shellTexts } from './texts.ts';

export function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const t = shellTexts.use();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={false}
      padding="xs"
      yOffset="10vh"
      centered={false}
      size="lg"
      title={t('go')}
    >
      {opened && <Search onClose={onClose} />}
    </Modal>
  );
}

function Search({ onClose }: { onClose: () => void }) {
  const t = shellTexts.use();
  const may = useMay();
  const router = useRouter();
  const addressOf = useAddressOf();
  const [wanted, setWanted] = useState('');
  const [active, setActive] = useState(0);
  const id = useId();
  const pages = bestOf(
    destinationsFor(may).map((page) => ({
      label: t(page.text),
      words: page.words ?? '',
      to: page.to,
      group: t('go'),
    })),
    wanted,
    8,
  );
  const found = usePaletteFinds(wanted.trim());
  const results = [...found.filter((each) => each.exact), ...pages, ...found.filter((each) => !each.exact)];
  const chosen = Math.min(active, results.length - 1);

  function open(index: number): void {
    const result = results[index];
    if (result === undefined) return;
    onClose();
    void router.navigate({ href: addressOf(result.to) });
  }

  function onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setActive((chosen + step + results.length) % Math.max(1, results.length));
    else if (event.key === 'Enter') open(chosen);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <TextInput
        data-autofocus
        type="search"
        placeholder={t('search')}
        aria-label={t('search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={wanted}
        onChange={(event) => {
          setWanted(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKey}
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
        autoComplete="off"
        maxLength={200}
      />
      <VisuallyHidden role="status">
        {results.length === 0 ? t('noMatch') : t('results', { count: results.length })}
      </VisuallyHidden>
      {results.length === 0 && <div className={classes.group}>{t('noMatch')}</div>}
      <div id={`${id}-list`} role="listbox" aria-label={t('search')} className={classes.list}>
        {results.map((result, index) => (
          // The keyboard stays in the field, which names the chosen one (APG combobox).
          <div
            key={`${result.to} ${result.label}`}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className={classes.option}
            onMouseMove={() => setActive(index)}
            onClick={() => open(index)}
          >
            <span>{result.label}</span>
            <span className={classes.group}>{result.group}</span>
          </div>
        ))}
      </div>
    </>
  );
}
