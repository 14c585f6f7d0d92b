// What the organization is called and the rules that hold everywhere in it.
import type { OrganizationSettings } from '@gatehouse/contracts/admin/organizations.ts';
import { Group, NumberInput, Radio, Stack, Switch, Text, Textarea, TextInput, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import {
  readOrganization,
  readSettings,
  renameOrganization,
  updateSettings,
} from '../../../api/operations/settings.ts';
import { notifyDone } from '../../../design/notify.tsx';
import { useMay } from '../../../session/session.ts';
import { DraftForm, SettingsFrame } from '../settings-frame.tsx';
import { settingsTexts } from '../texts.ts';
import { useDraft } from '../use-draft.ts';
import { readDomains } from './mail-domains.ts';

export function OrganizationPage() {
  const t = settingsTexts.use();
  return (
    <SettingsFrame tab="organization" meaning={t('organizationMeaning')}>
      <Stack gap="xl">
        <NameForm />
        <RulesForm />
      </Stack>
    </SettingsFrame>
  );
}

function NameForm() {
  const t = settingsTexts.use();
  const may = useMay();
  const draft = useDraft(readOrganization, renameOrganization as never, {
    name: 'organization-name',
    toBody: ({ name }) => ({ name: name?.trim() }),
    onSaved: () => notifyDone(t('saved')),
  });
  const { name, slug } = draft.value;
  return (
    <DraftForm draft={draft} mayChange={may('settings.manage')} nameOf={() => t('name')}>
      <TextInput
        label={t('name')}
        description={t('nameHint', { slug: slug ?? '' })}
        value={name}
        onChange={(event) => draft.set({ name: event.currentTarget.value })}
        maxLength={200}
        required
      />
    </DraftForm>
  );
}

function RulesForm() {
  const t = settingsTexts.use();
  const may = useMay();
  const draft = useDraft<OrganizationSettings>(readSettings, updateSettings as never, {
    name: 'organization-rules',
    onSaved: () => {
      setDomains(undefined);
      notifyDone(t('saved'));
    },
  });
  const [domains, setDomains] = useState<string>();
  const { value, set } = draft;
  const shownDomains = domains ?? (value.mailDomains ?? []).join('\n');
  const { wrong } = readDomains(shownDomains);
  const days = (amount: number | string) => (typeof amount === 'number' ? amount : undefined);
  return (
    <DraftForm
      draft={draft}
      mayChange={may('settings.manage')}
      blocked={wrong === undefined ? undefined : t('mailDomainWrong', { domain: wrong })}
      nameOf={(path) => t(named[path.split('.')[0] ?? ''] ?? 'organization')}
    >
      <Section title={t('signIn')}>
        <Switch
          label={t('secondFactor')}
          description={t('secondFactorHint')}
          checked={value.secondFactorRequired ?? true}
          onChange={(event) => set({ secondFactorRequired: event.currentTarget.checked })}
        />
        <NumberInput
          label={t('tokenDays')}
          suffix={` ${t('days')}`}
          min={1}
          max={366}
          styles={narrow}
          value={value.tokenMaximumDays ?? 366}
          onChange={(amount) => withValue(days(amount), (tokenMaximumDays) => set({ tokenMaximumDays }))}
        />
      </Section>
      <Section title={t('enrolment')}>
        <NumberInput
          label={t('codeHours')}
          suffix={` ${t('hours')}`}
          min={1}
          max={336}
          styles={narrow}
          value={value.enrollmentCodeHours ?? 72}
          onChange={(amount) =>
            withValue(days(amount), (enrollmentCodeHours) => set({ enrollmentCodeHours }))
          }
        />
        <Textarea
          label={t('mailDomains')}
          description={t('mailDomainsHint')}
          autosize
          minRows={2}
          value={shownDomains}
          error={wrong === undefined ? undefined : t('mailDomainWrong', { domain: wrong })}
          onChange={(event) => {
            setDomains(event.currentTarget.value);
            const read = readDomains(event.currentTarget.value);
            if (read.wrong === undefined) set({ mailDomains: [...read.domains] });
          }}
        />
        <Radio.Group
          label={t('mailSignIn')}
          description={t('mailSignInHint')}
          value={value.mailSignIn?.people ?? 'none'}
          onChange={(people) => set({ mailSignIn: { ...value.mailSignIn, people: people as 'none' } })}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="none" label={t('mailSignInNone')} />
            <Radio value="known" label={t('mailSignInKnown')} />
            <Radio value="all" label={t('mailSignInAll')} description={t('mailSignInAllHint')} />
          </Stack>
        </Radio.Group>
        <Switch
          label={t('mailDiscover')}
          description={t('mailDiscoverHint')}
          disabled={(value.mailSignIn?.people ?? 'none') === 'none'}
          checked={value.mailSignIn?.discover ?? false}
          onChange={(event) =>
            set({ mailSignIn: { ...value.mailSignIn, discover: event.currentTarget.checked } })
          }
        />
      </Section>
      <Section title={t('changes')}>
        <NumberInput
          label={t('unconfirmed')}
          suffix=" %"
          min={0}
          max={100}
          styles={narrow}
          value={value.changes?.largestUnconfirmedPercent ?? 10}
          onChange={(amount) =>
            withValue(days(amount), (largestUnconfirmedPercent) =>
              set({ changes: { largestUnconfirmedPercent } }),
            )
          }
        />
      </Section>
      <Section title={t('networkSection')}>
        <Switch
          label={t('nacWipe')}
          description={t('nacWipeHint')}
          checked={value.nac?.fullWipe ?? false}
          onChange={(event) => set({ nac: { fullWipe: event.currentTarget.checked } })}
        />
        <Radio.Group
          label={t('ciphers')}
          value={value.scep?.oldCiphers ?? 'none'}
          onChange={(oldCiphers) => set({ scep: { oldCiphers: oldCiphers as 'none' } })}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="none" label={t('ciphersNone')} />
            <Radio value="3des" label={t('ciphers3des')} />
            <Radio value="des" label={t('ciphersDes')} />
          </Stack>
        </Radio.Group>
      </Section>
      <Section title={t('appleSection')}>
        <Switch
          label={t('networkUsers')}
          checked={value.apple?.networkUsers ?? false}
          onChange={(event) => set({ apple: { ...value.apple, networkUsers: event.currentTarget.checked } })}
        />
        <NumberInput
          label={t('silentDays')}
          suffix={` ${t('days')}`}
          min={1}
          max={90}
          styles={narrow}
          value={value.apple?.silentDays ?? 14}
          onChange={(amount) =>
            withValue(days(amount), (silentDays) => set({ apple: { ...value.apple, silentDays } }))
          }
        />
      </Section>
      <Section title={t('support')} hint={t('supportHint')}>
        <TextInput
          label={t('supportText')}
          value={value.support?.text ?? ''}
          maxLength={500}
          onChange={(event) => set({ support: supportOf(value, 'text', event.currentTarget.value) })}
        />
        <Group grow align="flex-start">
          <TextInput
            label={t('supportEmail')}
            type="email"
            value={value.support?.email ?? ''}
            maxLength={254}
            onChange={(event) => set({ support: supportOf(value, 'email', event.currentTarget.value) })}
          />
          <TextInput
            label={t('supportPhone')}
            type="tel"
            value={value.support?.phone ?? ''}
            maxLength={50}
            onChange={(event) => set({ support: supportOf(value, 'phone', event.currentTarget.value) })}
          />
        </Group>
      </Section>
    </DraftForm>
  );
}

/** What each setting is called, where it is told what somebody else made of it. */
const named: Readonly<Record<string, Parameters<typeof settingsTexts.say>[0]>> = {
  secondFactorRequired: 'secondFactor',
  tokenMaximumDays: 'tokenDays',
  enrollmentCodeHours: 'codeHours',
  mailDomains: 'mailDomains',
  mailSignIn: 'mailSignIn',
  changes: 'unconfirmed',
  nac: 'nacWipe',
  scep: 'ciphers',
  apple: 'appleSection',
  support: 'support',
};

/** The label may be longer than the field. */
const narrow = { wrapper: { maxWidth: 240 } };

type Support = NonNullable<OrganizationSettings['support']>;

/** Without members that say nothing. */
function supportOf({ support }: OrganizationSettings, name: keyof Support, text: string): Support {
  const { [name]: _, ...others } = support ?? {};
  return text === '' ? others : { ...others, [name]: text };
}

function withValue<T>(value: T | undefined, take: (value: T) => void): void {
  if (value !== undefined) take(value);
}

export function Section({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <Stack gap="sm">
      <Stack gap={0}>
        <Title order={2}>{title}</Title>
        {hint !== undefined && (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        )}
      </Stack>
      {children}
    </Stack>
  );
}
