// What a list of devices can show, one entry each.
import type { ListedDevice } from '@gatehouse/contracts/admin/searches.ts';
import { CopyText } from '../../../design/copy-text.tsx';
import css from '../../../design/design.module.css';
import type { Column } from '../../../design/data-table.tsx';
import { GateMarks } from '../../../design/gate-marks.tsx';
import { Plain } from '../../../design/plain.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { PlainLink } from '../../../design/route-link.tsx';
import { Time } from '../../../design/time.tsx';
import { formatNumber } from '../../../language/format.ts';
import { StandingMark } from '../../fleet/standing-mark.tsx';
import { fleetTexts } from '../../fleet/texts.ts';
import { listTexts } from './texts.ts';

type Known = Column<ListedDevice>;
type Key =
  | 'name'
  | 'owner'
  | 'standing'
  | 'os'
  | 'gates'
  | 'ownership'
  | 'seen'
  | 'state'
  | 'email'
  | 'model'
  | 'manufacturer'
  | 'serial'
  | 'macs'
  | 'host'
  | 'asset'
  | 'failing'
  | 'enrolled';

const text = (value: string | null, limit = 80) =>
  value === null || value === '' ? '–' : <Plain text={value} limit={limit} />;
const copied = (value: string | null) => (value === null || value === '' ? '–' : <CopyText value={value} />);

const shown: Readonly<Record<Key, Omit<Known, 'key' | 'title'>>> = {
  name: {
    sort: 'name',
    card: 'title',
    width: '18%',
    render: (device) => (
      <PlainLink to={`/devices/${device.id}`} className={css.rowName}>
        <Plain text={device.name === '' ? device.id : device.name} limit={80} />
      </PlainLink>
    ),
  },
  owner: { sort: 'owner', width: '15%', render: ({ user }) => <Owner user={user} /> },
  standing: {
    sort: 'standing',
    card: 'mark',
    width: '19%',
    render: (device) => <StandingMark device={device} />,
  },
  os: { sort: 'os', width: '12%', render: (device) => <Os device={device} /> },
  gates: { width: '7rem', card: 'line', render: ({ access }) => <GateMarks access={access} /> },
  ownership: { card: 'hidden', width: '10%', render: ({ ownership }) => <Word word={ownership} /> },
  seen: { sort: 'seen', width: '13%', render: ({ lastCheckInAt }) => <Moment at={lastCheckInAt} /> },
  state: { card: 'hidden', render: ({ state }) => <Word word={state} /> },
  email: { card: 'hidden', render: ({ user }) => text(user?.email ?? null) },
  model: { card: 'hidden', render: ({ model }) => text(model) },
  manufacturer: { card: 'hidden', render: ({ manufacturer }) => text(manufacturer) },
  serial: { card: 'hidden', width: '12rem', render: ({ serialNumber }) => copied(serialNumber) },
  macs: { card: 'hidden', width: '13rem', render: ({ macs }) => copied(macs[0] ?? null) },
  host: { card: 'hidden', render: ({ hostName }) => text(hostName) },
  asset: { card: 'hidden', render: ({ assetNumber }) => copied(assetNumber) },
  failing: { card: 'hidden', render: ({ failing }) => <Failing rules={failing} /> },
  enrolled: { sort: 'enrolled', card: 'hidden', render: ({ createdAt }) => <Moment at={createdAt} /> },
};

export const columnNames = Object.keys(shown) as readonly Key[];

export function isColumn(key: string): key is Key {
  return Object.hasOwn(shown, key);
}

/** @param keys of columns, and names of facts */
export function columnsOf(keys: readonly string[], t: ReturnType<typeof listTexts.use>): readonly Known[] {
  return keys.map((key) =>
    isColumn(key)
      ? { key, title: t(`column-${key}`), ...shown[key] }
      : { key, title: key, card: 'hidden', render: ({ facts }) => factValue(facts[key]) },
  );
}

function factValue(value: unknown) {
  if (value === undefined || value === null) return '–';
  if (typeof value === 'number') return formatNumber(value);
  if (Array.isArray(value)) return String(value.length);
  return <Plain text={typeof value === 'object' ? JSON.stringify(value) : String(value)} limit={60} />;
}

function Owner({ user }: { user: ListedDevice['user'] }) {
  if (user === null) return '–';
  return (
    <PlainLink to={`/users/${user.id}`} className={css.quiet}>
      <Plain text={user.displayName === '' ? user.userName : user.displayName} limit={60} />
    </PlainLink>
  );
}

/** Most systems say their own name with their version. */
function Os({ device }: { device: ListedDevice }) {
  const t = fleetTexts.use();
  const { osVersion } = device;
  if (osVersion !== null && /^\p{L}/u.test(osVersion)) return <Plain text={osVersion} limit={30} />;
  return (
    <>
      {device.platform === 'ios' ? t('iosShort') : t(device.platform)}{' '}
      {osVersion !== null && <Plain text={osVersion} limit={20} />}
    </>
  );
}

function Word({ word }: { word: ListedDevice['ownership'] | ListedDevice['state'] }) {
  return fleetTexts.use()(word);
}

function Moment({ at }: { at: string | null }) {
  const t = fleetTexts.use();
  return at === null ? t('never') : <Time at={at} />;
}

function Failing({ rules }: { rules: readonly string[] }) {
  const t = fleetTexts.use();
  const named = rules.map((rule) =>
    /^[0-9a-f-]{36}$/.test(rule) ? t('rule-custom') : t(`rule-${rule}` as 'rule-apps'),
  );
  return rules.length === 0 ? '–' : plainLine([...new Set(named)].join(', '), 120);
}
