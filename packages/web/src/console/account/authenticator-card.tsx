// The authenticator application: its key as QR code and as text, confirmed by a code that it shows.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { confirmSecondFactor, offerSecondFactor } from '../../api/operations/account.ts';
import { isApiProblem } from '../../api/problem.ts';
import { CopyText } from '../../design/copy-text.tsx';
import { problemText } from '../../design/failure.tsx';
import { notifyDone } from '../../design/notify.tsx';
import { QrCode } from '../../design/qr-code.tsx';
import { begin } from '../../session/session.ts';
import { Part } from './part.tsx';
import { accountTexts } from './texts.ts';

interface Offer {
  readonly secret: string;
  readonly uri: string;
}

export function AuthenticatorCard() {
  const t = accountTexts.use();
  const [offer, setOffer] = useState<Offer>();
  return (
    <Part title={t('authenticator')} text={t('authenticatorText')}>
      {offer ? <Confirm offer={offer} onDone={() => setOffer(undefined)} /> : <Begin onOffer={setOffer} />}
    </Part>
  );
}

function Begin({ onOffer }: { onOffer: (offer: Offer) => void }) {
  const t = accountTexts.use();
  const [code, setCode] = useState('');
  const [asks, setAsks] = useState(false);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  async function start(): Promise<void> {
    setBusy(true);
    setProblem('');
    try {
      const { answer } = await call(offerSecondFactor, {
        body: code.trim() === '' ? {} : { code: code.trim() },
      });
      onOffer(answer);
    } catch (error) {
      // Who has one shows it first.
      if (isApiProblem(error, 'wrong-code') && !asks) setAsks(true);
      else setProblem(isApiProblem(error, 'wrong-code') ? t('wrongCode') : problemText(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <Stack gap="sm" align="flex-start">
        {asks && (
          <>
            <Text size="sm">{t('authenticatorOn')}</Text>
            <CodeField label={t('currentCode')} code={code} onChange={setCode} problem={problem} />
          </>
        )}
        {!asks && problem !== '' && (
          <Text c="red" size="sm" role="alert">
            {problem}
          </Text>
        )}
        <Button type="submit" variant="default" loading={busy}>
          {asks ? t('setUpAnew') : t('setUp')}
        </Button>
      </Stack>
    </form>
  );
}

function CodeField({
  label,
  code,
  onChange,
  problem,
}: {
  label: string;
  code: string;
  onChange: (code: string) => void;
  problem: string;
}) {
  return (
    <TextInput
      label={label}
      value={code}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={problem === '' ? undefined : problem}
      autoComplete="one-time-code"
      inputMode="numeric"
      maw={320}
    />
  );
}

function Confirm({ offer, onDone }: { offer: Offer; onDone: () => void }) {
  const t = accountTexts.use();
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  async function confirm(): Promise<void> {
    if (!/^\d{6}$/.test(code.trim())) {
      setProblem(t('codeForm'));
      return;
    }
    setBusy(true);
    try {
      const { answer } = await call(confirmSecondFactor, { body: { code: code.trim() } });
      await begin(answer);
      notifyDone(t('confirmed'));
      onDone();
    } catch (error) {
      setProblem(isApiProblem(error, 'wrong-code') ? t('wrongCode') : problemText(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void confirm();
      }}
    >
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t('scan')}</Text>
        <Group align="center">
          <QrCode text={offer.uri} label={t('qr')} />
          <div>
            <Text size="sm" fw={500}>
              {t('key')}
            </Text>
            <CopyText value={offer.secret}>
              <Text ff="monospace" size="sm" style={{ overflowWrap: 'anywhere' }}>
                {offer.secret.replace(/(.{4})(?=.)/g, '$1 ')}
              </Text>
            </CopyText>
          </div>
        </Group>
        <CodeField label={t('code')} code={code} onChange={setCode} problem={problem} />
        <Button type="submit" loading={busy}>
          {t('confirm')}
        </Button>
      </Stack>
    </form>
  );
}
