// Whom a rule is for: everybody, a group, a person or a device, of one platform or all.
import { Group, Select } from '@mantine/core';
import { platforms } from '@gatehouse/core/devices/device.ts';
import { ChooseThing } from '../../choices/choose-thing.tsx';
import { complianceTexts } from '../texts.ts';
import { type Target, targetKinds } from './target.ts';
import { ruleTexts } from './texts.ts';

interface TargetFieldsProps {
  readonly target: Target;
  readonly onChange: (target: Target) => void;
  readonly disabled?: boolean;
  /** Whether a rule may stay without anybody. */
  readonly mayBeNobody?: boolean;
}

export function TargetFields({ target, onChange, disabled = false, mayBeNobody = false }: TargetFieldsProps) {
  const t = ruleTexts.use();
  const shared = complianceTexts.use();
  const { kind, chosen, platform } = target;
  return (
    <Group align="flex-start" gap="sm">
      <Select
        label={t('targetKind')}
        data={[
          ...targetKinds.map((each) => ({
            value: each,
            label: shared(each === 'organization' ? 'everybody' : each),
          })),
          ...(mayBeNobody ? [{ value: 'nobody', label: t('nobody') }] : []),
        ]}
        value={kind}
        allowDeselect={false}
        disabled={disabled}
        onChange={(next) =>
          next !== null && onChange({ ...target, kind: next as Target['kind'], chosen: null })
        }
      />
      {(kind === 'group' || kind === 'user' || kind === 'device') && (
        <ChooseThing
          key={kind}
          what={kind}
          label={t('targetWho')}
          chosen={chosen}
          disabled={disabled}
          onChoose={(next) => onChange({ ...target, chosen: next })}
        />
      )}
      {kind !== 'nobody' && kind !== 'device' && (
        <Select
          label={t('platform')}
          data={[
            { value: '', label: shared('allPlatforms') },
            ...platforms.map((each) => ({ value: each, label: shared(each) })),
          ]}
          value={platform ?? ''}
          allowDeselect={false}
          disabled={disabled}
          onChange={(next) =>
            onChange({ ...target, platform: next === '' ? null : (next as Target['platform']) })
          }
        />
      )}
    </Group>
  );
}
