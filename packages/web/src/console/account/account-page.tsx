// The own account: factors, password, sessions, and how pages behave.
import { Alert, SegmentedControl, Stack, Switch, Text, useMantineColorScheme } from '@mantine/core';
import { useState } from 'react';
import { Facts } from '../../design/facts.tsx';
import { Page } from '../../design/page.tsx';
import { Plain } from '../../design/plain.tsx';
import { plainPages, setPlainPages } from '../../design/plain-pages.ts';
import { currentLanguage, type Language, languageNames, languages } from '../../language/texts.ts';
import { chooseOwnLanguage } from '../../session/own-language.ts';
import { useMe } from '../../session/session.ts';
import { useRoleName } from '../settings/roles/use-roles.ts';
import { singleKeysOffKey, singleKeysOn } from '../shell/keys.ts';
import { AuthenticatorCard } from './authenticator-card.tsx';
import { Part } from './part.tsx';
import { PasskeysCard } from './passkeys-card.tsx';
import { PasswordCard } from './password-card.tsx';
import { SessionsCard } from './sessions-card.tsx';
import { accountTexts } from './texts.ts';

export function AccountPage() {
  const t = accountTexts.use();
  const { me, secondFactor } = useMe();
  const roleName = useRoleName();
  return (
    <Page title={t('account')} meaning={t('meaning')}>
      <Stack maw={760}>
        {secondFactor === 'to-be-enrolled' && (
          <Alert color="orange" role="alert">
            {t('factorMissing')}
          </Alert>
        )}
        <Part title={t('you')}>
          <Facts
            rows={[
              { label: t('email'), value: <Plain text={me.label} limit={120} /> },
              { label: t('role'), value: roleName(me.role) },
            ]}
          />
        </Part>
        <PasskeysCard />
        <AuthenticatorCard />
        <PasswordCard />
        <SessionsCard />
        <PagesCard />
      </Stack>
    </Page>
  );
}

function PagesCard() {
  const t = accountTexts.use();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [keys, setKeys] = useState(singleKeysOn);
  const [plain, setPlain] = useState(plainPages);
  return (
    <Part title={t('pages')}>
      <Choice
        label={t('theme')}
        value={colorScheme}
        choices={(['auto', 'light', 'dark'] as const).map((each) => [each, t(each)])}
        onChange={(scheme) => setColorScheme(scheme as 'auto')}
      />
      <Choice
        label={t('language')}
        value={currentLanguage()}
        choices={languages.map((each) => [each, languageNames[each]])}
        description={t('languageHint')}
        onChange={(language) => void chooseOwnLanguage(language as Language)}
      />
      <Switch
        label={t('singleKeys')}
        description={t('singleKeysHint')}
        checked={keys}
        onChange={({ currentTarget: { checked } }) => {
          setKeys(checked);
          if (checked) localStorage.removeItem(singleKeysOffKey);
          else localStorage.setItem(singleKeysOffKey, 'yes');
        }}
      />
      <Switch
        label={t('plainPages')}
        description={t('plainPagesHint')}
        checked={plain}
        onChange={({ currentTarget: { checked } }) => {
          setPlain(checked);
          setPlainPages(checked);
        }}
      />
    </Part>
  );
}

function Choice({
  label,
  value,
  choices,
  onChange,
  description,
}: {
  label: string;
  description?: string;
  value: string;
  choices: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}) {
  return (
    <div>
      <Text size="sm" fw={500} aria-hidden>
        {label}
      </Text>
      {description !== undefined && (
        <Text size="xs" c="dimmed" mb={4}>
          {description}
        </Text>
      )}
      <SegmentedControl
        aria-label={label}
        value={value}
        onChange={onChange}
        data={choices.map(([each, text]) => ({ value: each, label: text }))}
      />
    </div>
  );
}
