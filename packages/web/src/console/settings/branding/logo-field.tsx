// The logo: chosen, looked at before it is sent, set at once.
import type { Branding } from '@gatehouse/contracts/admin/branding.ts';
import { Button, FileButton, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useChange } from '../../../api/hooks.ts';
import { readBranding, removeLogo, uploadLogo } from '../../../api/operations/settings.ts';
import { type ApiProblem, isApiProblem } from '../../../api/problem.ts';
import { problemText } from '../../../design/failure.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { formatBytes } from '../../../language/format.ts';
import { Section } from '../organization/organization-page.tsx';
import css from './branding.module.css';
import { brandingTexts } from './texts.ts';

const types = ['image/png', 'image/jpeg', 'image/webp'];
const mostBytes = 512 * 1024;

export function LogoField({
  name,
  logo,
  mayChange,
  onChanged,
}: {
  name: string;
  logo: Branding['logo'];
  mayChange: boolean;
  onChanged: () => void;
}) {
  const t = brandingTexts.use();
  const [problem, setProblem] = useState('');
  const [file, setFile] = useState('');
  const upload = useChange(uploadLogo, {
    refreshes: [readBranding],
    onDone: () => {
      notifyDone(t('uploaded'));
      onChanged();
    },
    onError: (failed) => setProblem(explain(failed)),
  });
  const remove = useChange(removeLogo, { refreshes: [readBranding], onDone: onChanged });

  function explain(failed: ApiProblem): string {
    const { width, height } = failed.context as { width?: number; height?: number };
    if (isApiProblem(failed, 'no-picture')) return t('noPicture', { name: file });
    if (isApiProblem(failed, 'picture-too-large'))
      return t('tooManyPixels', { name: file, width: width ?? 0, height: height ?? 0 });
    return problemText(failed);
  }

  function choose(chosen: File | null): void {
    if (chosen === null) return;
    const shown = plainLine(chosen.name, 80);
    setFile(shown);
    if (chosen.size > mostBytes) setProblem(t('tooLarge', { name: shown, size: formatBytes(chosen.size) }));
    else if (!types.includes(chosen.type)) setProblem(t('noPicture', { name: shown }));
    else {
      setProblem('');
      upload.mutate({ body: chosen });
    }
  }

  return (
    <Section title={t('logo')} hint={t('logoHint')}>
      <Stack gap="sm" align="flex-start">
        {logo && <img className={css.logo} src={logo.href} alt={t('logoOf', { name })} />}
        {mayChange && (
          <Group>
            <FileButton onChange={choose} accept={types.join(',')}>
              {(props) => (
                <Button {...props} variant="default" loading={upload.isPending}>
                  {t('chooseLogo')}
                </Button>
              )}
            </FileButton>
            {logo && (
              <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate({})}>
                {t('removeLogo')}
              </Button>
            )}
          </Group>
        )}
        {problem !== '' && (
          <Text c="red" size="sm" role="alert">
            {problem}
          </Text>
        )}
      </Stack>
    </Section>
  );
}
