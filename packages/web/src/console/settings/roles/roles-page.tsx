// Who may do what: one matrix of permissions and roles. Ticks are collected, counted against those whom they concern, and saved
// together.
import type { Role } from '@gatehouse/contracts/admin/roles.ts';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { Badge, Button, Checkbox, Group, Menu, Switch, Table, Text, TextInput } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Fragment, memo, useCallback, useState } from 'react';
import { call } from '../../../api/call.ts';
import { useChange } from '../../../api/hooks.ts';
import { deleteRole, listRoles, readRole, updateRole } from '../../../api/operations/settings.ts';
import { isApiProblem } from '../../../api/problem.ts';
import { Ask } from '../../../design/ask.tsx';
import { Conflict } from '../../../design/conflict.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Hint } from '../../../design/hint.tsx';
import { Loading } from '../../../design/loading.tsx';
import { notifyDone } from '../../../design/notify.tsx';
import { currentLanguage } from '../../../language/texts.ts';
import { useMay, useMe } from '../../../session/session.ts';
import { SettingsFrame } from '../settings-frame.tsx';
import { settingsTexts } from '../texts.ts';
import { NewRole } from './new-role.tsx';
import { permissionSentence } from '@gatehouse/core/permissions/sentence.ts';
import { RoleMenuPreview } from './role-menu-preview.tsx';
import {
  differences,
  holds,
  isDangerous,
  mayGrant,
  permissionAreas,
  type Staged,
  toggle,
} from './role-matrix.ts';
import { roleTexts } from './role-texts.ts';
import css from './roles.module.css';
import { StagedBar } from './staged-bar.tsx';
import { useRoleName, useRoles } from './use-roles.ts';

interface Clash {
  readonly role: Role;
  readonly theirs: Role;
  readonly etag: string | undefined;
}

export function RolesPage() {
  const t = settingsTexts.use();
  const may = useMay();
  const client = useQueryClient();
  const { data, error, isPending, refetch } = useRoles();
  const [staged, setStaged] = useState<Staged>(new Map());
  const [etags] = useState(() => new Map<string, string | undefined>());
  const [builtIn, setBuiltIn] = useState(true);
  const [search, setSearch] = useState('');
  const [making, setMaking] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [clash, setClash] = useState<Clash>();
  const [busy, setBusy] = useState(false);
  // Those that can be changed come first.
  const roles = (data?.items ?? [])
    .filter((role) => builtIn || !role.builtIn)
    .toSorted((a, b) => Number(a.builtIn) - Number(b.builtIn));

  const tick = useCallback(
    async (role: Role, permission: Permission): Promise<void> => {
      setStaged((before) => toggle(role, permission, before));
      // What is staged is bound to the role as it is shown, from the first tick on.
      if (role.id === undefined || etags.has(role.id)) return;
      etags.set(role.id, undefined);
      const { etag } = await call(readRole, { params: { roleId: role.id } });
      etags.set(role.id, etag);
    },
    [etags],
  );

  async function save(overrideEtag?: Clash): Promise<void> {
    setBusy(true);
    setProblem(undefined);
    try {
      for (const { role } of differences(data?.items ?? [], staged)) {
        const roleId = role.id ?? '';
        const ifMatch = overrideEtag?.role.id === roleId ? overrideEtag.etag : etags.get(roleId);
        const permissions = [...(staged.get(role.reference) ?? [])] as Permission[];
        try {
          await call(updateRole, { params: { roleId }, body: { permissions }, ifMatch });
        } catch (failed) {
          if (!isApiProblem(failed, 'precondition-failed')) throw failed;
          const { answer, etag } = await call(readRole, { params: { roleId } });
          setClash({ role, theirs: answer, etag });
          return;
        }
        etags.delete(roleId);
        setStaged((before) => new Map([...before].filter(([reference]) => reference !== role.reference)));
      }
      setClash(undefined);
      notifyDone(t('saved'));
    } catch (failed) {
      setProblem(failed);
    } finally {
      await client.invalidateQueries({ queryKey: [listRoles.id] });
      setBusy(false);
    }
  }

  const forget = () => {
    setStaged(new Map());
    etags.clear();
    setClash(undefined);
  };
  return (
    <SettingsFrame
      tab="roles"
      meaning={t('rolesMeaning')}
      action={may('roles.manage') && <Button onClick={() => setMaking(true)}>{t('newRole')}</Button>}
    >
      <Group>
        <TextInput
          type="search"
          label={t('find')}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Switch
          label={t('showBuiltIn')}
          checked={builtIn}
          onChange={(event) => setBuiltIn(event.currentTarget.checked)}
          mt="lg"
        />
      </Group>
      {error && <Failure problem={error} retry={() => void refetch()} />}
      {isPending ? (
        <Loading lines={12} />
      ) : (
        <Matrix roles={roles} search={search} staged={staged} onTick={tick} />
      )}
      {clash && (
        <Conflict
          mine={{ permissions: [...(staged.get(clash.role.reference) ?? [])].sort() }}
          theirs={{ permissions: clash.theirs.permissions.toSorted() }}
          nameOf={() => clash.role.name}
          onKeepMine={() => void save(clash)}
          onTakeTheirs={forget}
        />
      )}
      {problem !== undefined && <Failure problem={problem} />}
      {staged.size > 0 && (
        <StagedBar
          roles={data?.items ?? []}
          staged={staged}
          busy={busy}
          onSave={() => void save()}
          onForget={forget}
        />
      )}
      <NewRole opened={making} onClose={() => setMaking(false)} roles={data?.items ?? []} />
    </SettingsFrame>
  );
}

function Matrix({
  roles,
  search,
  staged,
  onTick,
}: {
  roles: readonly Role[];
  search: string;
  staged: Staged;
  onTick: (role: Role, permission: Permission) => void;
}) {
  const t = settingsTexts.use();
  const r = roleTexts.use();
  const may = useMay();
  const nameOf = useRoleName();
  const { permissions: own } = useMe();
  const wanted = search.trim().toLowerCase();
  const sentence = (permission: Permission) => permissionSentence(permission, currentLanguage());
  const areas = permissionAreas(
    (permission) => permission.includes(wanted) || sentence(permission).toLowerCase().includes(wanted),
  );
  return (
    <div className={css.scroll} tabIndex={0} role="region" aria-label={t('roles')}>
      <Table className={css.matrix ?? ''} withRowBorders>
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={css.corner ?? ''}>{t('permission')}</Table.Th>
            {roles.map((role) => (
              <Table.Th key={role.reference} className={css.role ?? ''}>
                <RoleHead role={role} />
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {areas.map(({ area, permissions }) => (
            <Fragment key={area}>
              <Table.Tr>
                <Table.Th colSpan={roles.length + 1} scope="colgroup" className={css.area ?? ''}>
                  {r(`area_${area}` as Parameters<typeof r>[0])}
                </Table.Th>
              </Table.Tr>
              {permissions.map((permission) => (
                <Table.Tr key={permission}>
                  <Table.Th scope="row" className={css.permission ?? ''}>
                    {sentence(permission)}
                    {isDangerous(permission) && (
                      <Badge color="red" variant="light" size="sm" tt="none" className={css.danger ?? ''}>
                        {t('danger')}
                      </Badge>
                    )}
                  </Table.Th>
                  {roles.map((role) => (
                    <Table.Td key={role.reference}>
                      <Cell
                        role={role}
                        roleName={nameOf(role.reference)}
                        permission={permission}
                        sentence={sentence(permission)}
                        held={holds(role, permission, staged)}
                        mayManage={may('roles.manage')}
                        grantable={mayGrant(own, permission)}
                        onTick={onTick}
                      />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface CellProps {
  readonly role: Role;
  readonly roleName: string;
  readonly permission: Permission;
  readonly sentence: string;
  readonly held: boolean;
  readonly mayManage: boolean;
  readonly grantable: boolean;
  readonly onTick: (role: Role, permission: Permission) => void;
}

/** There are hundreds: each is told what it needs, and is drawn anew only when that changes. */
const Cell = memo(function Cell(props: CellProps) {
  const t = settingsTexts.use();
  const { role, permission, held, grantable } = props;
  if (role.builtIn || !props.mayManage)
    return (
      <Text component="span" size="sm" {...(held ? {} : { c: 'dimmed' })}>
        {held ? '✓' : '–'}
        <span className={css.hidden}>{t(held ? 'may' : 'mayNot')}</span>
      </Text>
    );
  const box = (
    <Checkbox
      aria-label={t('cellName', { role: props.roleName, permission: props.sentence })}
      checked={held}
      disabled={!grantable}
      onChange={() => props.onTick(role, permission)}
      color={held === role.permissions.includes(permission) ? 'gate' : 'orange'}
    />
  );
  return grantable ? box : <Hint label={t('notYours')}>{<span>{box}</span>}</Hint>;
});

function RoleHead({ role }: { role: Role }) {
  const t = settingsTexts.use();
  const nameOf = useRoleName();
  const may = useMay();
  const [shows, setShows] = useState<'menu' | 'delete'>();
  const remove = useChange(deleteRole, { refreshes: [listRoles], onDone: () => setShows(undefined) });
  const name = nameOf(role.reference);
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button
            variant="subtle"
            size="compact-sm"
            color="gray"
            rightSection={<IconChevronDown size={14} aria-hidden />}
          >
            {name}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {role.description !== '' && <Menu.Label>{role.description}</Menu.Label>}
          <Menu.Item onClick={() => setShows('menu')}>{t('viewAs')}</Menu.Item>
          {!role.builtIn && may('roles.manage') && (
            <Menu.Item color="red" onClick={() => setShows('delete')}>
              {t('deleteRole')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {role.builtIn && (
        <Text size="xs" c="dimmed" px="xs">
          {t('builtIn')}
        </Text>
      )}
      <RoleMenuPreview role={role} opened={shows === 'menu'} onClose={() => setShows(undefined)} />
      <Ask
        opened={shows === 'delete'}
        onClose={() => setShows(undefined)}
        title={t('deleteRoleAsk', { name })}
        verb={t('delete')}
        danger
        busy={remove.isPending}
        problem={remove.error}
        onConfirm={() => role.id !== undefined && remove.mutate({ params: { roleId: role.id } })}
      />
    </>
  );
}
