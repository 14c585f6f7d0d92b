// The frame of every page: crumbs, one heading with its state and a line of meaning, one main action, tabs, content.
import { Breadcrumbs, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import css from './design.module.css';
import { plainLine } from './plain-text.ts';
import { RouteLink, useAddressOf } from './route-link.tsx';

export interface Crumb {
  readonly text: string;
  readonly to: string;
}

export interface PageTab {
  readonly text: string;
  /** Its address, search included where it belongs to the tab. */
  readonly to: string;
  readonly selected: boolean;
  /** Something that counts there. */
  readonly count?: number;
}

export interface PageProps {
  readonly title: string;
  /** Of the window, when it says more than the heading: `Device – state`. */
  readonly windowTitle?: string;
  readonly heading?: ReactNode;
  readonly meaning?: ReactNode;
  readonly status?: ReactNode;
  readonly action?: ReactNode;
  readonly crumbs?: readonly Crumb[];
  readonly tabs?: readonly PageTab[];
  readonly children?: ReactNode;
}

/** Whatever a thing is called, its page has a heading of a few lines. */
const longestTitle = 120;
const breaks = { overflowWrap: 'anywhere', whiteSpace: 'normal' } as const;

export function Page(props: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const title = plainLine(props.title, longestTitle);
  const name = props.windowTitle === undefined ? title : plainLine(props.windowTitle, longestTitle);
  useEffect(() => {
    document.title = `${name} – Gatehouse`;
  }, [name]);
  useEffect(() => {
    // After a change of page the keyboard begins at its heading; not where somebody has begun to type already.
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body || activeElement.closest('nav') !== null)
      heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Stack gap="md">
      {props.crumbs && (
        <Breadcrumbs style={{ flexWrap: 'wrap' }}>
          {props.crumbs.map((crumb) => (
            <RouteLink key={crumb.to} to={crumb.to} size="sm">
              <span style={breaks}>{plainLine(crumb.text, longestTitle)}</span>
            </RouteLink>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={2} miw={{ base: '100%', xs: 0 }} flex={1}>
          <Group gap="sm" align="center">
            <Title order={1} ref={heading} tabIndex={-1} className={css.title ?? ''} style={breaks}>
              {props.heading ?? title}
            </Title>
            {props.status}
          </Group>
          {props.meaning !== undefined && (
            <Text c="dimmed" size="sm" component="div">
              {props.meaning}
            </Text>
          )}
        </Stack>
        {props.action}
      </Group>
      {props.tabs && <PageTabs tabs={props.tabs} />}
      {props.children}
    </Stack>
  );
}

function PageTabs({ tabs }: { tabs: readonly PageTab[] }) {
  const navigate = useNavigate();
  const addressOf = useAddressOf();
  const selected = tabs.find((tab) => tab.selected)?.to ?? null;
  return (
    <Tabs
      value={selected}
      onChange={(to) => to !== null && void navigate({ href: addressOf(to) })}
      activateTabWithKeyboard={false}
      keepMounted={false}
    >
      <Tabs.List style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
        {tabs.map((tab) => (
          <Tabs.Tab key={tab.to} value={tab.to} style={{ flex: 'none' }}>
            {tab.text}
            {tab.count !== undefined && ` (${tab.count})`}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {/* What a tab shows is the page below; the panel is here so that its tab controls something. */}
      {tabs.map((tab) => (
        <Tabs.Panel key={tab.to} value={tab.to}>
          {null}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
