// Cisco ISE servers that are told of changes, and what ISE’s own test of this server says, in words.
import {
  Group,
  List,
  NumberInput,
  PasswordInput,
  Select,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import type { IseServer, NewIseServer } from '@gatehouse/contracts/admin/network-access.ts';
import { useState } from 'react';
import {
  createIseServer,
  deleteIseServer,
  getIseServer,
  listIseServers,
  tryIseServer,
  updateIseServer,
} from '../../../api/operations/network-gate.ts';
import { Created, Edited, type Saving } from '../../../design/edited.tsx';
import { Facts } from '../../../design/facts.tsx';
import { Plain } from '../../../design/plain.tsx';
import { EnabledSwitch, FormEnd, NameField, TrustField } from '../form-parts.tsx';
import { gateTexts } from '../texts.ts';
import { networkTexts } from './texts.ts';
import { ToldList } from './told-list.tsx';

/** The six answers that ISE’s account test is known to give. */
const outcomes = ['connection', '404', '403', '401', 'trust', 'success'] as const;

export function IseServers() {
  const t = networkTexts.use();
  const shared = gateTexts.use();
  const form = (ise: IseServer | undefined, done: (name: string | undefined) => void) =>
    ise === undefined ? (
      <Created create={createIseServer} refreshes={[listIseServers]} onDone={({ name }) => done(name)}>
        {({ save, ...rest }) => (
          <Fields save={({ password = '', ...given }) => save({ ...given, password })} {...rest} />
        )}
      </Created>
    ) : (
      <Edited
        read={getIseServer}
        change={updateIseServer}
        given={{ params: { iseId: ise.id } }}
        names={{
          name: shared('name'),
          mntUrl: t('mnt'),
          ersUrl: t('ers'),
          ancPolicy: t('anc'),
          psn: t('psn'),
          coa: t('coa'),
          userName: t('userName'),
          againSeconds: t('again'),
          trust: t('trust'),
          enabled: t('enabled'),
        }}
        refreshes={[listIseServers]}
        onDone={({ name }) => done(name)}
      >
        {({ thing, ...saving }) => <Fields ise={thing} {...saving} />}
      </Edited>
    );
  return (
    <>
      <ToldList<IseServer>
        list={listIseServers}
        trial={tryIseServer}
        remove={deleteIseServer}
        parameter="iseId"
        words={{
          label: t('ise'),
          add: t('addIse'),
          edit: (name) => t('editIse', { name }),
          emptyTitle: t('iseEmptyTitle'),
          empty: t('iseEmpty'),
          removeTitle: (name) => t('removeIse', { name }),
          removeText: t('removeIseText'),
        }}
        address={{
          key: 'address',
          title: t('mnt'),
          width: '18rem',
          render: ({ mntUrl, ersUrl }) => <Plain text={mntUrl ?? ersUrl ?? '–'} limit={80} />,
        }}
        form={form}
      />
      <AccountTest />
    </>
  );
}

function AccountTest() {
  const t = networkTexts.use();
  return (
    <section aria-labelledby="ise-account-test">
      <Title order={2} size="h3" id="ise-account-test">
        {t('testTitle')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('testMeaning')}
      </Text>
      <List listStyleType="none" spacing="md">
        {outcomes.map((outcome) => (
          <List.Item key={outcome}>
            <Text fw={600}>{t(`test.${outcome}`)}</Text>
            <Facts
              rows={[
                { label: t('testMeans'), value: t(`test.${outcome}.means`) },
                { label: t('testIse'), value: t(`test.${outcome}.ise`) },
                { label: t('testHere'), value: t(`test.${outcome}.here`) },
              ]}
            />
          </List.Item>
        ))}
      </List>
    </section>
  );
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

interface FieldsProps extends Saving<Omit<NewIseServer, 'password'> & { readonly password?: string }> {
  readonly ise?: IseServer;
}

function Fields({ ise, save, isSaving, trouble }: FieldsProps) {
  const t = networkTexts.use();
  const shared = gateTexts.use();
  const [name, setName] = useState(ise?.name ?? '');
  const [mnt, setMnt] = useState(ise?.mntUrl ?? '');
  const [ers, setErs] = useState(ise?.ersUrl ?? '');
  const [anc, setAnc] = useState(ise?.ancPolicy ?? '');
  const [psn, setPsn] = useState(ise?.psn ?? '');
  const [coa, setCoa] = useState<NonNullable<NewIseServer['coa']>>(ise?.coa ?? 'reauthenticate');
  const [userName, setUserName] = useState(ise?.userName ?? '');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState<number | ''>(ise?.againSeconds ?? '');
  const [trust, setTrust] = useState(ise?.trust ?? '');
  const [enabled, setEnabled] = useState(ise?.enabled ?? true);
  const [tried, setTried] = useState(false);
  const missing = {
    name: name.trim() === '',
    user: userName.trim() === '',
    password: ise === undefined && password === '',
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (missing.name || missing.user || missing.password) return;
        save({
          name: name.trim(),
          mntUrl: orNull(mnt),
          ersUrl: orNull(ers),
          ancPolicy: orNull(anc),
          psn: orNull(psn),
          coa,
          userName: userName.trim(),
          againSeconds: again === '' ? null : again,
          trust: orNull(trust),
          enabled,
          ...(password === '' ? {} : { password }),
        });
      }}
    >
      <Stack gap="sm">
        <NameField value={name} onChange={setName} isMissing={tried && missing.name} />
        <TextInput
          label={t('mnt')}
          description={t('mntHint')}
          value={mnt}
          maxLength={200}
          onChange={(event) => setMnt(event.currentTarget.value)}
        />
        <Select
          label={t('coa')}
          data={(['reauthenticate', 'disconnect', 'none'] as const).map((each) => ({
            value: each,
            label: t(each),
          }))}
          value={coa}
          allowDeselect={false}
          onChange={(next) => next !== null && setCoa(next as typeof coa)}
        />
        <TextInput
          label={t('psn')}
          description={t('psnHint')}
          value={psn}
          maxLength={100}
          onChange={(event) => setPsn(event.currentTarget.value)}
        />
        <TextInput
          label={t('ers')}
          description={t('ersHint')}
          value={ers}
          maxLength={200}
          onChange={(event) => setErs(event.currentTarget.value)}
        />
        {ers.trim() !== '' && (
          <TextInput
            label={t('anc')}
            value={anc}
            maxLength={100}
            onChange={(event) => setAnc(event.currentTarget.value)}
          />
        )}
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <TextInput
            label={t('userName')}
            value={userName}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setUserName(event.currentTarget.value)}
            error={tried && missing.user ? shared('required') : undefined}
          />
          <PasswordInput
            label={t('password')}
            {...(ise === undefined ? {} : { description: t('passwordKept') })}
            value={password}
            maxLength={200}
            autoComplete="new-password"
            onChange={(event) => setPassword(event.currentTarget.value)}
            error={tried && missing.password ? shared('required') : undefined}
          />
        </Group>
        <NumberInput
          label={t('again')}
          description={t('againHint')}
          value={again}
          min={5}
          max={86_400}
          allowDecimal={false}
          hideControls
          onChange={(next) => setAgain(typeof next === 'number' ? next : '')}
        />
        <TrustField
          label={t('trust')}
          description={t('trustHint')}
          value={trust}
          maxLength={32_768}
          onChange={setTrust}
        />
        <EnabledSwitch label={t('enabled')} value={enabled} onChange={setEnabled} />
        <FormEnd isSaving={isSaving} trouble={trouble} />
      </Stack>
    </form>
  );
}
