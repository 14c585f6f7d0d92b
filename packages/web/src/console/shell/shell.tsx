// The frame of the console: menu left, search and account on top, the page in the middle.
import {
  ActionIcon,
  AppShell,
  Alert,
  Badge,
  Burger,
  Group,
  Kbd,
  Menu,
  NavLink,
  ScrollArea,
  Text,
  UnstyledButton,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconSearch, IconUserCircle } from '@tabler/icons-react';
import { Outlet, useLocation, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import css from '../../design/design.module.css';
import { Logo } from '../../design/logo.tsx';
import { RouteLink, useAddressOf } from '../../design/route-link.tsx';
import { api } from '../../api/call.ts';
import { formatTime } from '../../language/format.ts';
import { useLiveness } from '../../live/use-live.ts';
import { enterOrganization, leave, useMay, useMe } from '../../session/session.ts';
import { ShowFactor } from '../../session/show-factor.tsx';
import { SignInOver } from '../../session/sign-in-over.tsx';
import { designTexts } from '../../design/texts.ts';
import { AppearanceMenu } from './appearance.tsx';
import { KeysHelp } from './keys-help.tsx';
import { isWithin, mayOpen, menuFor } from './navigation.ts';
import { NotPermittedPage } from './not-permitted-page.tsx';
import { Palette } from './palette.tsx';
import classes from './shell.module.css';
import { shellTexts } from './texts.ts';
import { topBarParts } from './top-bar-parts.ts';
import { useShellKeys } from './use-shell-keys.ts';

export function Shell() {
  const t = shellTexts.use();
  const d = designTexts.use();
  const may = useMay();
  const [menuOpen, menuState] = useDisclosure(false);
  const [paletteOpen, palette] = useDisclosure(false);
  const [helpOpen, help] = useDisclosure(false);
  useShellKeys({ openPalette: palette.open, openHelp: help.open });
  const { pathname } = useLocation();
  const closeMenu = menuState.close;
  useEffect(() => closeMenu(), [pathname, closeMenu]);
  // A right that is withdrawn closes no page under the hands of somebody who types: what is there stays until one leaves it.
  const permitted = mayOpen(pathname, may);
  const [opened, setOpened] = useState<string>();
  if (permitted && opened !== pathname) setOpened(pathname);
  const stays = permitted || opened === pathname;
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: !menuOpen } }}
      padding="md"
      transitionDuration={0}
    >
      <a href="#content" className={css.skip}>
        {d('skip')}
      </a>
      <AppShell.Header className={classes.header ?? ''}>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger
            opened={menuOpen}
            onClick={menuState.toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={t('openMenu')}
            aria-expanded={menuOpen}
          />
          <RouteLink
            to="/"
            underline="never"
            c="inherit"
            className={classes.home ?? ''}
            aria-label="Gatehouse"
          >
            <Logo />
            <Text component="span" fw={700} visibleFrom="xs">
              Gatehouse
            </Text>
          </RouteLink>
          <UnstyledButton className={classes.search ?? ''} onClick={palette.open} aria-haspopup="dialog">
            <IconSearch size={16} aria-hidden />
            <span className={classes.searchText}>{t('search')}</span>
            <Kbd visibleFrom="sm" size="xs">
              {t('searchHint')}
            </Kbd>
          </UnstyledButton>
          <Group gap={4} wrap="nowrap" ml="auto">
            <Live />
            {topBarParts.map(({ key, Part }) => (
              <Part key={key} />
            ))}
            <AccountMenu onKeys={help.open} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t('menu')}>
        <AppShell.Section grow component={ScrollArea} p="xs">
          <MainMenu />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Notices />
        {stays ? <Outlet /> : <NotPermittedPage />}
      </AppShell.Main>
      <Palette opened={paletteOpen} onClose={palette.close} />
      <KeysHelp opened={helpOpen} onClose={help.close} />
      <ShowFactor />
      <SignInOver />
    </AppShell>
  );
}

function MainMenu() {
  const t = shellTexts.use();
  const may = useMay();
  const { pathname } = useLocation();
  const addressOf = useAddressOf();
  const router = useRouter();
  const link = (to: string) => ({
    href: addressOf(to),
    onClick: (event: React.MouseEvent) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      void router.navigate({ href: addressOf(to) });
    },
  });
  return menuFor(may).map((entry) => {
    const Icon = entry.icon;
    const inside =
      entry.pages === undefined
        ? isWithin(pathname, entry.to)
        : entry.pages.some((page) => isWithin(pathname, page.to));
    return (
      <div key={entry.text}>
        <NavLink
          {...link(entry.to)}
          label={t(entry.text)}
          leftSection={<Icon size={18} aria-hidden />}
          active={inside && entry.pages === undefined}
          aria-current={inside && entry.pages === undefined ? 'page' : undefined}
          fw={inside ? 600 : 400}
        />
        {inside &&
          entry.pages?.map((page) => (
            <NavLink
              key={page.to}
              {...link(page.to)}
              label={t(page.text)}
              active={isWithin(pathname, page.to)}
              aria-current={isWithin(pathname, page.to) ? 'page' : undefined}
              pl={42}
              py={6}
            />
          ))}
      </div>
    );
  });
}

function Live() {
  const t = shellTexts.use();
  const liveness = useLiveness();
  if (liveness.state === 'off') return null;
  if (liveness.state === 'live')
    return (
      <Badge variant="dot" color="green" size="sm" visibleFrom="md" tt="none">
        {t('live')}
      </Badge>
    );
  return (
    <Badge variant="dot" color="orange" size="sm" tt="none" role="status">
      {t('paused', { time: formatTime(new Date(liveness.since)) })}
    </Badge>
  );
}

function AccountMenu({ onKeys }: { onKeys: () => void }) {
  const t = shellTexts.use();
  const { me } = useMe();
  const router = useRouter();
  const addressOf = useAddressOf();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`${t('account')}: ${me.label}`}>
          <IconUserCircle size={22} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.label}
          <br />
          {me.role}
        </Menu.Label>
        <Menu.Item onClick={() => void router.navigate({ href: addressOf('/account') })}>
          {t('account')}
        </Menu.Item>
        <Menu.Item onClick={onKeys}>{t('keys')}</Menu.Item>
        <AppearanceMenu />
        <Menu.Divider />
        <Menu.Item onClick={() => void leave()}>{t('signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** What concerns the whole console. */
function Notices() {
  const t = shellTexts.use();
  const { secondFactor, me, lostRightsAt } = useMe();
  const addressOf = useAddressOf();
  return (
    <>
      {secondFactor === 'to-be-enrolled' && (
        <Alert color="orange" mb="md">
          {t('factorMissing')} <a href={addressOf('/account')}>{t('factorEnrol')}</a>
        </Alert>
      )}
      {lostRightsAt !== undefined && (
        <Alert color="orange" mb="md" role="alert">
          {t('rightsChanged', { time: formatTime(new Date(lostRightsAt)) })}
        </Alert>
      )}
      {api.organization !== undefined && (
        <Alert color="violet" mb="md" py="xs">
          <Group gap="sm">
            {t('inOrganization', { name: api.organization })}
            <UnstyledButton td="underline" fz="sm" onClick={() => enterOrganization(undefined)}>
              {t('leaveOrganization')}
            </UnstyledButton>
          </Group>
        </Alert>
      )}
      {me.organizationId === undefined && api.organization === undefined && (
        <Alert color="violet" mb="md" py="xs">
          {t('chooseOrganization')} <RouteLink to="/system/organizations">{t('system')}</RouteLink>
        </Alert>
      )}
    </>
  );
}
