// Logo, colour and words of the organization, with a preview of what people will see.
import type { Branding } from '@gatehouse/contracts/admin/branding.ts';
import { accentPattern, judgeAccent } from '@gatehouse/core/branding/accent.ts';
import { Button, ColorInput, Stack, Tabs, Text, Textarea, TextInput } from '@mantine/core';
import { useRead } from '../../../api/hooks.ts';
import { readBranding, readOrganization, updateBranding } from '../../../api/operations/settings.ts';
import { notifyDone } from '../../../design/notify.tsx';
import { formatNumber } from '../../../language/format.ts';
import { languageNames, languages } from '../../../language/texts.ts';
import { useMay } from '../../../session/session.ts';
import { Section } from '../organization/organization-page.tsx';
import { DraftForm, SettingsFrame } from '../settings-frame.tsx';
import { settingsTexts } from '../texts.ts';
import { useDraft } from '../use-draft.ts';
import { toBrandingChanges, withWords } from './branding-changes.ts';
import { BrandingPreview } from './branding-preview.tsx';
import { LogoField } from './logo-field.tsx';
import { brandingTexts } from './texts.ts';

export function BrandingPage() {
  const t = brandingTexts.use();
  const s = settingsTexts.use();
  const may = useMay();
  const organization = useRead(readOrganization, {});
  const draft = useDraft<Branding>(readBranding, updateBranding as never, {
    name: 'branding',
    toBody: toBrandingChanges,
    onSaved: () => notifyDone(s('saved')),
  });
  const { value, set } = draft;
  const accent = value.accent ?? '';
  const verdict = accentPattern.test(accent) ? judgeAccent(accent) : undefined;
  const poor = verdict !== undefined && !verdict.accepted;
  const malformed = accent !== '' && verdict === undefined;
  const name = organization.data?.name ?? '';
  return (
    <SettingsFrame tab="branding" meaning={t('meaning')}>
      <DraftForm
        draft={draft}
        mayChange={may('settings.manage')}
        blocked={
          malformed
            ? t('accentForm')
            : poor
              ? t('contrast', { contrast: formatNumber(verdict.contrast) })
              : undefined
        }
      >
        <TextInput
          label={t('name')}
          description={t('nameHint', { name })}
          value={value.name ?? ''}
          maxLength={100}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Stack gap="xs">
          <ColorInput
            label={t('accent')}
            description={t('accentHint')}
            placeholder={t('noAccent')}
            format="hex"
            withEyeDropper={false}
            value={accent}
            onChange={(colour) => set({ accent: colour.toLowerCase() })}
            error={
              malformed
                ? t('accentForm')
                : poor
                  ? t('contrast', { contrast: formatNumber(verdict.contrast) })
                  : undefined
            }
            swatches={[
              '#0b5cad',
              '#00695c',
              '#2e6b1f',
              '#8a3b00',
              '#a3171b',
              '#8a1c6a',
              '#4b3bb0',
              '#37474f',
            ]}
            popoverProps={{ withinPortal: true }}
            maw={320}
          />
          {poor && (
            <Button
              variant="light"
              style={{ alignSelf: 'flex-start' }}
              onClick={() => set({ accent: verdict.proposal })}
              leftSection={
                <span
                  aria-hidden
                  style={{ width: 16, height: 16, borderRadius: 4, background: verdict.proposal }}
                />
              }
            >
              {t('takeProposal', { proposal: verdict.proposal })}
            </Button>
          )}
          {verdict?.accepted && (
            <Text size="sm" c="dimmed">
              {t('contrastGood', { contrast: formatNumber(verdict.contrast) })}
            </Text>
          )}
        </Stack>
        <Section title={t('words')} hint={t('wordsHint')}>
          <Tabs defaultValue="en" keepMounted={false}>
            <Tabs.List>
              {languages.map((language) => (
                <Tabs.Tab key={language} value={language} lang={language}>
                  {languageNames[language]}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {languages.map((language) => (
              <Tabs.Panel key={language} value={language} pt="sm">
                <Stack gap="sm">
                  {(['enrolment', 'portal', 'mail'] as const).map((place) => (
                    <Textarea
                      key={place}
                      label={t(place)}
                      lang={language}
                      autosize
                      maxLength={1_000}
                      value={value.texts?.[language]?.[place] ?? ''}
                      onChange={(event) =>
                        set({
                          texts: withWords(value.texts ?? {}, language, place, event.currentTarget.value),
                        })
                      }
                    />
                  ))}
                </Stack>
              </Tabs.Panel>
            ))}
          </Tabs>
        </Section>
      </DraftForm>
      <LogoField
        name={value.name || name}
        logo={value.logo}
        mayChange={may('settings.manage')}
        onChanged={draft.retry}
      />
      <BrandingPreview
        name={value.name || name}
        accent={verdict?.accepted ? accent : undefined}
        logo={value.logo?.href}
        texts={value.texts ?? {}}
      />
    </SettingsFrame>
  );
}
