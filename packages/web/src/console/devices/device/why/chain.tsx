// One rule from what was seen to what follows: an ordered list with headings. The arrows are decoration and nothing more.
import type { Device } from '@gatehouse/contracts/admin/devices.ts';
import type { Action } from '@gatehouse/core/compliance/action.ts';
import { isFactName } from '@gatehouse/core/facts/catalogue.ts';
import type { ReactNode } from 'react';
import type { DeviceExplanation } from '../../../../api/operations/device.ts';
import { Plain } from '../../../../design/plain.tsx';
import { plainLine } from '../../../../design/plain-text.ts';
import { RouteLink } from '../../../../design/route-link.tsx';
import { addressWith } from '../../../../design/search-params.ts';
import { StatusMark } from '../../../../design/status-mark.tsx';
import { designTexts } from '../../../../design/texts.ts';
import { formatTime } from '../../../../language/format.ts';
import { useMay } from '../../../../session/session.ts';
import { useActorName } from '../../../actors/actor-name.tsx';
import classes from '../device.module.css';
import type { ChainProps } from './chain-props.ts';
import { Effect } from './effect.tsx';
import { gateNames } from './gate-names.ts';
import { whyTexts } from './texts.ts';
import type { Source } from './why-of.ts';

type Kind = 'fact' | 'rule' | 'policy' | 'assignment' | 'verdict' | 'action' | 'effect';

export function Chain(props: ChainProps) {
  const { path, device } = props;
  const { rule, sources } = path;
  return (
    <ol className={classes.chain}>
      <Node kind="fact" first>
        <FactNode {...props} />
      </Node>
      <Node kind="rule">
        <RuleNode {...props} />
      </Node>
      <Node kind="policy">
        <PolicyNode sources={sources} explanation={props.explanation} />
      </Node>
      {sources.length > 0 && (
        <Node kind="assignment" below>
          <AssignmentNode sources={sources} device={device} explanation={props.explanation} />
        </Node>
      )}
      <Node kind="verdict">
        <VerdictNode {...props} />
      </Node>
      {rule.reached.some((actions) => actions.length > 0) && (
        <Node kind="action" below>
          <ul>
            {rule.reached.map((actions, index) => (
              // Stages have no other identity than their number.
              <StageLine key={index} stage={index + 1} actions={actions} />
            ))}
          </ul>
        </Node>
      )}
      <Node kind="effect" access={path.effect}>
        <Effect {...props} />
      </Node>
    </ol>
  );
}

function Node(props: {
  kind: Kind;
  first?: boolean;
  /** It stands below the one before also where there is room beside it. */
  below?: boolean;
  access?: 'allow' | 'quarantine' | 'deny';
  children: ReactNode;
}) {
  const t = whyTexts.use();
  const { kind, first = false, below = false, access, children } = props;
  const names = [classes.node, classes[kind], below ? '' : classes.across, access && classes[access]];
  return (
    <li className={names.filter(Boolean).join(' ')}>
      {!first && (
        <span className={classes.arrow} aria-hidden>
          ▼
        </span>
      )}
      <h4>{t(kind)}</h4>
      {children}
    </li>
  );
}

function FactNode({ path: { rule }, device }: ChainProps) {
  const t = whyTexts.use();
  const may = useMay();
  if (rule.evidence.length === 0) return <p>{t('noFact')}</p>;
  return (
    <ul>
      {rule.evidence.map((seen) => {
        const text = <Plain text={seen.text} limit={300} />;
        return (
          <li key={`${seen.fact} ${seen.source}`}>
            {isFactName(seen.fact) && may('devices.facts.read') ? (
              <RouteLink to={addressWith(`/devices/${device.id}/facts`, { fact: seen.fact })} size="sm">
                {text}
              </RouteLink>
            ) : (
              text
            )}
          </li>
        );
      })}
    </ul>
  );
}

function RuleNode({ path: { rule } }: ChainProps) {
  const t = whyTexts.use();
  const d = designTexts.use();
  const may = useMay();
  const title = <Plain text={rule.title} />;
  const counts =
    rule.gates.length === 0
      ? t('countsNone')
      : t('counts', { gates: rule.gates.map((gate) => d(gateNames[gate])).join(', ') });
  return (
    <>
      <p>
        {rule.ruleId !== null && may('rules.read') ? (
          <RouteLink
            to={addressWith(`/compliance/rules/${rule.ruleId}`, { version: rule.ruleVersion })}
            size="sm"
          >
            {title}
          </RouteLink>
        ) : (
          title
        )}
      </p>
      <p>
        {t(`severity_${rule.severity}`)} · {counts}
      </p>
      {rule.demands.length > 0 && (
        <ul>
          {rule.demands.map((demand) => (
            <li key={demand.setting}>
              <Plain text={demand.text} limit={300} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function PolicyNode({
  sources,
  explanation,
}: {
  sources: readonly Source[];
  explanation: DeviceExplanation;
}) {
  const t = whyTexts.use();
  const may = useMay();
  const actor = useActorName();
  if (sources.length === 0) return <p>{t('noPolicy')}</p>;
  const published = ({ id, version, author, publishedAt }: Source) => {
    if (publishedAt === null) return null;
    const time = formatTime(new Date(publishedAt));
    const by = explanation.policyVersions.find((each) => each.policyId === id && each.version === version);
    const who = author ?? (by === undefined ? undefined : actor(by.publishedBy));
    return who === undefined ? t('publishedAt', { time }) : t('published', { time, who: plainLine(who, 60) });
  };
  return (
    <ul>
      {sources.map((source) => {
        const { kind, id, name, version } = source;
        const address = kind === 'policy' ? `/policies/suites/${id}` : `/compliance/rules/${id}`;
        const readable = may(kind === 'policy' ? 'policies.read' : 'rules.read');
        return (
          <li key={`${kind} ${id} ${source.path.targetId}`}>
            {readable ? (
              <RouteLink to={addressWith(address, { version })} size="sm">
                <Plain text={name} limit={100} />
              </RouteLink>
            ) : (
              <Plain text={name} limit={100} />
            )}
            {version !== null && ` · ${t('version', { version })}`}
            <div>{published(source)}</div>
          </li>
        );
      })}
    </ul>
  );
}

/** Each hop from whom it is assigned to, to the device. */
function AssignmentNode(props: {
  sources: readonly Source[];
  device: Device;
  explanation: DeviceExplanation;
}) {
  const { sources, device, explanation } = props;
  const t = whyTexts.use();
  const may = useMay();
  const paths = [...new Map(sources.map(({ path }) => [path.targetId, path])).values()];
  return (
    <ul>
      {paths.map(({ targetKind, targetId, targetName }) => {
        const group = explanation.groups.find(({ id }) => id === targetId);
        const text = t(targetKind, { name: plainLine(targetName, 80) });
        const to =
          targetKind === 'group' && may('groups.read')
            ? `/groups/${targetId}`
            : targetKind === 'user' && may('users.read')
              ? `/users/${targetId}`
              : undefined;
        return (
          <li key={targetId}>
            {to === undefined ? (
              text
            ) : (
              <RouteLink to={to} size="sm">
                {text}
              </RouteLink>
            )}
            {group !== undefined && (
              <div>
                {t(
                  group.through === null
                    ? 'throughNobody'
                    : group.through === 'user'
                      ? 'throughUser'
                      : 'throughDevice',
                )}
                {group.through === 'user' && device.user !== null && (
                  <>
                    {': '}
                    <Plain text={device.user.displayName || device.user.email} limit={60} />
                  </>
                )}
                {group.expression !== null && (
                  <div>
                    <Plain text={t('smart', { expression: group.expression })} />
                  </div>
                )}
              </div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

const verdictKinds = {
  compliant: 'ok',
  'in-grace': 'grace',
  'not-compliant': 'bad',
  unknown: 'unknown',
} as const;

function VerdictNode({ path: { rule } }: ChainProps) {
  const t = whyTexts.use();
  const at = (moment: number) => formatTime(new Date(moment));
  return (
    <>
      <StatusMark kind={verdictKinds[rule.status]} word={t(`status_${rule.status}`)} />
      {rule.failingSince !== null && <p>{t('since', { time: at(rule.failingSince) })}</p>}
      {rule.graceEndsAt !== null && rule.graceEndsAt !== rule.failingSince && (
        <p>{t(rule.status === 'in-grace' ? 'graceUntil' : 'graceOver', { time: at(rule.graceEndsAt) })}</p>
      )}
      {rule.settlesAt !== null && <p>{t('settles', { time: at(rule.settlesAt) })}</p>}
      {rule.exception !== null && (
        <p>
          <Plain
            text={
              rule.exception.until === null
                ? t('exceptOpen', { reason: rule.exception.reason })
                : t('exceptUntil', { time: at(rule.exception.until), reason: rule.exception.reason })
            }
          />
        </p>
      )}
    </>
  );
}

function StageLine({ stage, actions }: { stage: number; actions: readonly Action[] }) {
  const t = whyTexts.use();
  const d = designTexts.use();
  const words = actions.map((action) =>
    action.kind === 'restrict'
      ? t('act_restrict', { gates: action.gates.map((gate) => d(gateNames[gate])).join(', ') })
      : t(`act_${action.kind}`),
  );
  return <li>{t('stage', { stage, actions: words.join(', ') })}</li>;
}
