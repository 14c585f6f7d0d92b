// A mail server as a form: where it is, how it is told who logs in, and what it proves itself with.
import { NumberInput, Select, Stack, TextInput } from '@mantine/core';
import type { MailServer, NewMailServer } from '@gatehouse/contracts/admin/mail.ts';
import { useState } from 'react';
import type { Saving } from '../../../design/edited.tsx';
import { EnabledSwitch, FormEnd, NameField, TrustField } from '../form-parts.tsx';
import { mailTexts } from './texts.ts';

interface ServerFieldsProps extends Saving<NewMailServer> {
  readonly server?: MailServer;
  /** Of a new one, as it was found. */
  readonly url?: string;
}

const loginForms = ['as-given', 'address', 'user-name', 'windows'] as const;

export function ServerFields({ server, url: found = '', save, isSaving, trouble }: ServerFieldsProps) {
  const t = mailTexts.use();
  const [name, setName] = useState(server?.name ?? '');
  const [url, setUrl] = useState(server?.url ?? found);
  const [loginForm, setLoginForm] = useState<MailServer['loginForm']>(server?.loginForm ?? 'as-given');
  const [lockout, setLockout] = useState(server?.lockoutAttempts ?? 5);
  const [trust, setTrust] = useState(server?.trust ?? '');
  const [enabled, setEnabled] = useState(server?.enabled ?? true);
  const [tried, setTried] = useState(false);
  const nameMissing = name.trim() === '';
  const urlWrong = !/^https?:\/\/[^\s/]+/.test(url.trim());
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (nameMissing || urlWrong) return;
        save({
          name: name.trim(),
          url: url.trim(),
          loginForm,
          lockoutAttempts: lockout,
          trust: trust.trim() === '' ? null : trust.trim(),
          enabled,
        });
      }}
    >
      <Stack gap="sm">
        <NameField value={name} onChange={setName} isMissing={tried && nameMissing} />
        <TextInput
          label={t('url')}
          description={t('urlHint')}
          value={url}
          maxLength={2_048}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={tried && urlWrong ? t('urlWrong') : undefined}
        />
        <Select
          label={t('loginForm')}
          data={loginForms.map((each) => ({ value: each, label: t(`login.${each}`) }))}
          value={loginForm}
          allowDeselect={false}
          onChange={(next) => next !== null && setLoginForm(next as typeof loginForm)}
        />
        <NumberInput
          label={t('lockout')}
          value={lockout}
          min={1}
          max={1_000}
          allowDecimal={false}
          w={320}
          maw="100%"
          onChange={(next) => setLockout(typeof next === 'number' ? next : 5)}
        />
        <TrustField
          label={t('trust')}
          description={t('trustHint')}
          value={trust}
          maxLength={100_000}
          onChange={setTrust}
        />
        <EnabledSwitch label={t('enabled')} value={enabled} onChange={setEnabled} />
        <FormEnd isSaving={isSaving} trouble={trouble} />
      </Stack>
    </form>
  );
}
