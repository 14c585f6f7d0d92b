// What a verdict does at the gate, and three things that differ: decided, told, confirmed.
import type { Gate } from '@gatehouse/core/compliance/gate.ts';
import { Plain } from '../../../../design/plain.tsx';
import { plainLine } from '../../../../design/plain-text.ts';
import { StatusMark } from '../../../../design/status-mark.tsx';
import { designTexts } from '../../../../design/texts.ts';
import { formatTime } from '../../../../language/format.ts';
import type { DeviceExplanation } from '../../../../api/operations/device.ts';
import { accessKind } from '../gate-line.tsx';
import type { ChainProps } from './chain-props.ts';
import { gateNames } from './gate-names.ts';
import { whyTexts } from './texts.ts';

export function Effect({ path, why, gate, explanation }: ChainProps) {
  const t = whyTexts.use();
  const d = designTexts.use();
  return (
    <>
      <StatusMark
        kind={accessKind[path.effect]}
        word={t('effectIs', { gate: d(gateNames[gate]), access: d(path.effect) })}
      />
      {path.effect !== 'allow' && why.since !== null && (
        <p>{t('decided', { time: formatTime(new Date(why.since)) })}</p>
      )}
      {path.effect !== 'allow' && <Told gate={gate} explanation={explanation} />}
    </>
  );
}

function Told({ gate, explanation }: { gate: Gate; explanation: DeviceExplanation }) {
  const t = whyTexts.use();
  const d = designTexts.use();
  const { network, mailClients } = explanation;
  if (gate === 'mail' && mailClients.length > 0) {
    return (
      <ul>
        {mailClients.map((client) => (
          <li key={client.mailDeviceId}>
            {t('mailClient', { name: plainLine(client.type, 60), access: d(client.access) })}
            {client.reason !== null && (
              <div>
                <Plain text={client.reason} />
              </div>
            )}
            {client.policyVersion !== client.acknowledgedPolicyVersion && client.policyVersion !== null && (
              <div>
                {t('mailPolicy', {
                  has: client.acknowledgedPolicyVersion ?? '–',
                  wants: client.policyVersion,
                })}
              </div>
            )}
          </li>
        ))}
      </ul>
    );
  }
  if (gate !== 'network' || (network.tellings.length === 0 && network.lastAnswer === null))
    return <p>{t('readsRow')}</p>;
  return (
    <ul>
      {network.tellings.map(({ kind, name, toldAt, waiting, problem }) => (
        <li key={`${kind} ${name}`}>
          {toldAt === null
            ? t('toldNot', { name: plainLine(name, 60) })
            : t(waiting ? 'toldWaiting' : 'told', {
                name: plainLine(name, 60),
                time: formatTime(new Date(toldAt)),
              })}
          {problem !== null && (
            <div>
              <Plain text={t('toldProblem', { problem })} />
            </div>
          )}
        </li>
      ))}
      {network.lastAnswer !== null && (
        <li>
          {t('answered', {
            time: formatTime(new Date(network.lastAnswer.at)),
            access:
              network.lastAnswer.decision === 'unknown'
                ? t('unknownStation')
                : d(network.lastAnswer.decision),
          })}
        </li>
      )}
    </ul>
  );
}
