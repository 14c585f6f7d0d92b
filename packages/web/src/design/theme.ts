/** The look of console and portal: one accent, system fonts, dense rows, and colours that hold 4.5:1 in both themes. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const gate: MantineColorsTuple = [
  '#eaf3fd',
  '#d3e4f7',
  '#a5c8ef',
  '#73aae7',
  '#4c91e1',
  '#3581dd',
  '#0b63bd',
  '#0b5cad',
  '#0a4f96',
  '#07407c',
];

/** Dark enough for white text on it, and for itself as text on white. */
const red: MantineColorsTuple = [
  '#fdecec',
  '#fad5d5',
  '#f3a9a9',
  '#ff9f9c',
  '#ff8b87',
  '#d63a3d',
  '#c02529',
  '#b3181d',
  '#961217',
  '#760c10',
];

/** Of warnings: from the seventh shade on it can be read on its own light ground. */
const orange: MantineColorsTuple = [
  '#fff4e6',
  '#ffe8cc',
  '#ffd8a8',
  '#ffc078',
  '#ffa94d',
  '#d97a14',
  '#a85a06',
  '#8f4c05',
  '#763e04',
  '#5f3203',
];

export const theme = createTheme({
  primaryColor: 'gate',
  primaryShade: { light: 7, dark: 6 },
  colors: { gate, orange, red },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono", monospace',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.15rem' }, h3: { fontSize: '1rem' } },
  },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    // A wide table in it is scrolled, not cut off.
    Alert: { styles: { body: { minWidth: 0 } } },
    Tooltip: {
      defaultProps: {
        withArrow: true,
        multiline: true,
        maw: 340,
      },
    },
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.5 },
        transitionProps: { duration: 0 },
        // A dialog's head is no banner of the page.
        attributes: { header: { role: 'none' } },
      },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 0 } } },
    Menu: { defaultProps: { transitionProps: { duration: 0 } } },
    Card: { defaultProps: { withBorder: true, padding: 'md' } },
    Anchor: { defaultProps: { underline: 'hover' } },
  },
});

/** Quiet text that can still be read: 4.5:1 on every ground that it stands on. */
export const colourVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#525c6b',
    '--mantine-color-placeholder': '#5f6977',
    '--mantine-color-error': '#b3181d',
  },
  dark: {
    '--mantine-color-dimmed': '#b0b8c4',
    '--mantine-color-placeholder': '#a3abb7',
    '--mantine-color-error': '#ff9f9c',
    '--mantine-color-anchor': '#7ab8ff',
  },
});
