// The frame of the portal: whose it is, the four ways, the page.
import { Anchor, Button, Menu } from '@mantine/core';
import { IconDevices, IconHelp, IconHistory, IconShieldLock, IconUser } from '@tabler/icons-react';
import { Outlet, useLocation } from '@tanstack/react-router';
import design from '../../design/design.module.css';
import { BrandMark } from '../../design/brand-mark.tsx';
import { useAccent, useLook } from '../../design/look.ts';
import { Plain } from '../../design/plain.tsx';
import { RouteLink } from '../../design/route-link.tsx';
import { currentLanguage } from '../../language/texts.ts';
import { useMyself } from '../session/portal-session.ts';
import { useOnPaper } from './on-paper.ts';
import css from './shell.module.css';
import { shellTexts } from './texts.ts';

const ways = [
  { to: '/', text: 'devices', icon: IconDevices },
  { to: '/privacy', text: 'privacy', icon: IconShieldLock },
  { to: '/history', text: 'history', icon: IconHistory },
  { to: '/account', text: 'account', icon: IconUser },
] as const;

export function Shell() {
  const t = shellTexts.use();
  const { organization } = useMyself();
  const { pathname } = useLocation();
  const look = useLook(organization.slug);
  useOnPaper();
  useAccent(look?.accent);
  const words = (look?.texts[currentLanguage()] ?? look?.texts.en)?.portal;
  const here = pathname.replace(/^\/my/, '') || '/';
  const isHere = (to: string) =>
    to === '/' ? here === '/' || here.startsWith('/devices') || here === '/enrol' : here.startsWith(to);
  return (
    <div className={css.frame}>
      <Anchor href="#content" className={design.skip ?? ''}>
        {t('skip')}
      </Anchor>
      <header className={css.head}>
        <div className={css.headInner}>
          <RouteLink to="/" className={css.home ?? ''} underline="never">
            <BrandMark slug={organization.slug} size={28} />
            <span className={css.name}>
              <Plain text={look?.name ?? organization.name} limit={60} />
            </span>
          </RouteLink>
          <span className={css.push} />
          <nav className={css.ways} aria-label={t('navigation')}>
            {ways.map(({ to, text, icon: Icon }) => (
              <RouteLink
                key={to}
                to={to}
                className={css.way ?? ''}
                underline="never"
                aria-current={isHere(to) ? 'page' : undefined}
              >
                <Icon size={20} aria-hidden />
                {t(text)}
              </RouteLink>
            ))}
          </nav>
          <Help />
        </div>
      </header>
      <main id="content" className={css.main} tabIndex={-1}>
        {words !== undefined && here === '/' && (
          <p className={css.words}>
            <Plain text={words} limit={1_000} />
          </p>
        )}
        <Outlet />
      </main>
    </div>
  );
}

/** At the same place everywhere: whom to ask. */
function Help() {
  const t = shellTexts.use();
  const { organization, support } = useMyself();
  const phone = support.phone?.replaceAll(/[^+\d]/g, '');
  return (
    <Menu position="bottom-end" width={280} withinPortal>
      <Menu.Target>
        <Button variant="subtle" size="sm" leftSection={<IconHelp size={18} aria-hidden />}>
          {t('help')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('helpTitle')}</Menu.Label>
        <Menu.Label c="var(--mantine-color-text)">
          {support.text === null ? (
            t('helpText', { organization: organization.name })
          ) : (
            <Plain text={support.text} limit={500} />
          )}
        </Menu.Label>
        {support.email !== null && /^[^\s@<>"']+@[^\s@<>"']+$/.test(support.email) && (
          <Menu.Item component="a" href={`mailto:${encodeURIComponent(support.email)}`}>
            <Plain text={support.email} />
          </Menu.Item>
        )}
        {phone !== undefined && phone !== '' && (
          <Menu.Item component="a" href={`tel:${phone}`}>
            <Plain text={support.phone ?? ''} />
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
