import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const ink: MantineColorsTuple = [
  '#eef1ff',
  '#dbe1fd',
  '#b4c0f6',
  '#8b9cf0',
  '#687eea',
  '#526be7',
  '#4660e6',
  '#3750cd',
  '#2e47b8',
  '#223ca3',
]

/** Greys with a little blue, for dark screens. */
const dark: MantineColorsTuple = [
  '#d5d8de',
  '#b4b9c4',
  '#9aa1ad',
  '#6c7380',
  '#3d4350',
  '#2d323d',
  '#252932',
  '#1d2027',
  '#15171c',
  '#0f1115',
]

/** One quiet blue for what can be done; green, amber and red are kept for what passes, what is in place and what is broken. */
export const theme = createTheme({
  primaryColor: 'ink',
  colors: { ink, dark },
  primaryShade: { light: 7, dark: 5 },
  defaultRadius: 'md',
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "JetBrains Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650' },
  focusRing: 'auto',
  respectReducedMotion: true,
  autoContrast: true,
  cursorType: 'pointer',
  components: {
    // Told from the words around it without its colour.
    Anchor: { defaultProps: { underline: 'always' } },
    Modal: {
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontSize: 'var(--mantine-font-size-lg)', fontWeight: 650 } },
    },
    // The page has its banner already.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
  },
})

const filledRed = {
  '--mantine-color-red-filled': 'var(--mantine-color-red-9)',
  '--mantine-color-red-filled-hover': '#b02525',
}

/** Each text has 4.5 : 1 or more against what it stands on (WCAG 2.2, 1.4.3); these of the palette have less. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...filledRed,
    '--mantine-color-dimmed': '#596070',
    '--mantine-color-placeholder': '#6a7180',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--mantine-color-green-light-color': '#1f6b30',
    '--mantine-color-orange-light-color': '#a33a06',
    '--mantine-color-red-light-color': '#b92424',
  },
  dark: {
    ...filledRed,
    '--mantine-color-anchor': 'var(--mantine-color-ink-3)',
    '--mantine-color-placeholder': '#9aa1ad',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
  },
})
