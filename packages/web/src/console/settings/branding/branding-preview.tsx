// What people will see: the enrolment page on a phone, the portal, a letter, in both themes. Drawn with the same colours that the
// pages derive from the accent.
import type { Branding } from '@gatehouse/contracts/admin/branding.ts';
import { accentShades } from '@gatehouse/core/branding/accent.ts';
import { SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import { currentLanguage } from '../../../language/texts.ts';
import { Section } from '../organization/organization-page.tsx';
import css from './branding.module.css';
import { brandingTexts } from './texts.ts';

const own = {
  accent: '#0b5cad',
  grounds: { light: ['#f4f5f7', '#ffffff', '#1a1f27'], dark: ['#14171c', '#1e232b', '#e8eaee'] },
} as const;

export function BrandingPreview({
  name,
  accent,
  logo,
  texts,
}: {
  name: string;
  accent: string | undefined;
  logo: string | undefined;
  texts: Branding['texts'];
}) {
  const t = brandingTexts.use();
  const [theme, setTheme] = useState<'light' | 'dark'>('light');
  const shade = accentShades(accent ?? own.accent)[theme];
  const [paper, card, ink] = own.grounds[theme];
  const words = texts[currentLanguage()] ?? texts.en ?? {};
  const samples = [
    ['previewPhone', 'sampleEnrol', words.enrolment],
    ['previewPortal', 'sampleDevice', words.portal],
    ['previewMail', 'sampleLetter', words.mail],
  ] as const;
  return (
    <Section title={t('preview')}>
      <Stack gap="sm">
        <SegmentedControl
          aria-label={t('preview')}
          value={theme}
          onChange={(value) => setTheme(value as 'light')}
          data={[
            { value: 'light', label: t('previewLight') },
            { value: 'dark', label: t('previewDark') },
          ]}
          style={{ alignSelf: 'flex-start' }}
        />
        <div className={css.samples}>
          {samples.map(([place, title, said]) => (
            <figure key={place} className={css.sample} style={{ background: paper, color: ink }}>
              <figcaption>{t(place)}</figcaption>
              {logo !== undefined && <img className={css.logo} src={logo} alt="" />}
              <div>{name}</div>
              {said !== undefined && place !== 'previewMail' && <div className={css.words}>{said}</div>}
              <div className={css.card} style={{ background: card }}>
                <strong>{t(title)}</strong>
                <span className={css.button} style={{ background: shade.accent, color: shade.on }}>
                  {t('sampleButton')}
                </span>
              </div>
              {said !== undefined && place === 'previewMail' && <div className={css.words}>{said}</div>}
            </figure>
          ))}
        </div>
      </Stack>
    </Section>
  );
}
