import { alpha, createTheme, type ThemeOptions } from '@mui/material/styles';
import { barHeight_px, dark, fonts, light, radius_px, spacing_px } from './tokens';

declare module '@mui/material/styles' {
  interface TypeBackground {
    sunken: string;
    bar: string;
  }
  interface TypographyVariants {
    code: React.CSSProperties;
  }
  interface TypographyVariantsOptions {
    code?: React.CSSProperties;
  }
}

declare module '@mui/material/Typography' {
  interface TypographyPropsVariantOverrides {
    code: true;
  }
}

type Tokens = { readonly [name in keyof typeof light]: string };

function palette(tokens: Tokens) {
  const state = (main: string) => ({ main, contrastText: tokens.paper });
  return {
    primary: { main: tokens.accent, dark: tokens.accentDeep, contrastText: tokens.accentInk },
    secondary: { main: tokens.inkSoft, contrastText: tokens.paper },
    success: state(tokens.success),
    warning: state(tokens.warning),
    error: state(tokens.error),
    info: state(tokens.info),
    text: { primary: tokens.ink, secondary: tokens.inkSoft },
    background: {
      default: tokens.ground,
      paper: tokens.paper,
      sunken: tokens.sunken,
      bar: tokens.bar,
    },
    divider: tokens.line,
    action: { hover: alpha(tokens.ink, 0.05), selected: alpha(tokens.accent, 0.12) },
  };
}

const components: NonNullable<ThemeOptions['components']> = {
  MuiCssBaseline: {
    styleOverrides: {
      // What gets the focus is not hidden behind the bar.
      html: { scrollPaddingTop: barHeight_px + 16, scrollPaddingBottom: 16 },
      body: { fontFeatureSettings: '"tnum" 0' },
      '::selection': { background: 'var(--itechsmart-palette-primary-main)', color: 'var(--itechsmart-palette-primary-contrastText)' },
      '@media (prefers-reduced-motion: reduce)': {
        '*, *::before, *::after': {
          animationDuration: '0.01ms !important',
          transitionDuration: '0s !important',
        },
      },
    },
  },
  MuiButtonBase: {
    defaultProps: { disableRipple: true },
    styleOverrides: {
      root: ({ theme }) => ({
        '&.Mui-focusVisible': {
          outline: `2px solid ${theme.vars?.palette.primary.main ?? ''}`,
          outlineOffset: 2,
        },
      }),
    },
  },
  MuiButton: {
    defaultProps: { disableElevation: true, size: 'small' },
    styleOverrides: {
      root: { textTransform: 'none', whiteSpace: 'nowrap', fontWeight: 600, minHeight: 34, paddingInline: 14 },
      sizeLarge: { minHeight: 42 },
      outlined: ({ theme }) => ({
        '&.MuiButton-colorInherit': { borderColor: theme.vars?.palette.divider },
      }),
      startIcon: { marginRight: 6 },
    },
  },
  MuiPaper: {
    defaultProps: { elevation: 0 },
    styleOverrides: { root: { backgroundImage: 'none' } },
  },
  MuiTextField: { defaultProps: { size: 'small', fullWidth: true } },
  MuiSelect: { defaultProps: { size: 'small' } },
  MuiFormHelperText: { styleOverrides: { root: { marginInline: 0 } } },
  MuiInputLabel: { styleOverrides: { root: { fontSize: '0.875rem' } } },
  MuiMenuItem: { styleOverrides: { root: { fontSize: '0.875rem' } } },
  MuiOutlinedInput: {
    styleOverrides: {
      root: ({ theme }) => ({
        backgroundColor: theme.vars?.palette.background.paper,
        fontSize: '0.875rem',
        // Smaller text makes phones zoom in on the field.
        [theme.breakpoints.down('sm')]: { fontSize: '1rem' },
      }),
      notchedOutline: ({ theme }) => ({
        borderColor: light.field,
        ...theme.applyStyles('dark', { borderColor: dark.field }),
      }),
    },
  },
  MuiTableCell: {
    styleOverrides: {
      root: ({ theme }) => ({
        padding: '9px 16px',
        borderBottomColor: theme.vars?.palette.divider,
        verticalAlign: 'middle',
      }),
      head: ({ theme }) => ({
        color: theme.vars?.palette.text.secondary,
        fontSize: '0.75rem',
        fontWeight: 600,
        lineHeight: 1.4,
        paddingBlock: 8,
        whiteSpace: 'nowrap',
        backgroundColor: 'transparent',
      }),
    },
  },
  MuiTableRow: { styleOverrides: { root: { '&:last-child td, &:last-child th': { borderBottom: 0 } } } },
  MuiChip: {
    defaultProps: { size: 'small' },
    styleOverrides: { root: { borderRadius: 4, fontWeight: 500 } },
  },
  MuiTooltip: { defaultProps: { arrow: true, enterDelay: 300 } },
  MuiLink: { defaultProps: { underline: 'hover' } },
  MuiDialog: {
    defaultProps: { fullWidth: true, maxWidth: 'sm' },
    styleOverrides: {
      paper: ({ theme }) => ({
        border: `1px solid ${theme.vars?.palette.divider ?? ''}`,
        [theme.breakpoints.down('sm')]: { margin: 12, width: 'calc(100% - 24px)' },
      }),
    },
  },
  MuiDialogTitle: { styleOverrides: { root: { fontSize: '1.125rem', fontWeight: 650, padding: '18px 24px 8px' } } },
  MuiDialogActions: { styleOverrides: { root: { padding: '12px 24px 18px' } } },
  MuiMenu: {
    styleOverrides: {
      paper: ({ theme }) => ({
        border: `1px solid ${theme.vars?.palette.divider ?? ''}`,
        boxShadow: '0 8px 28px rgb(0 0 0 / 0.18)',
      }),
      list: { paddingBlock: 4 },
    },
  },
  MuiAlert: {
    defaultProps: { variant: 'outlined' },
    styleOverrides: {
      root: ({ theme }) => ({
        backgroundColor: theme.vars?.palette.background.paper,
        color: theme.vars?.palette.text.primary,
        alignItems: 'flex-start',
      }),
    },
  },
  MuiSkeleton: { defaultProps: { animation: 'wave' } },
  MuiTab: { styleOverrides: { root: { textTransform: 'none', minHeight: 40, fontWeight: 600 } } },
  MuiTabs: { styleOverrides: { root: { minHeight: 40 } } },
};

const heading = (fontSize: string, fontWeight = 650) => ({
  fontSize,
  fontWeight,
  lineHeight: 1.3,
  letterSpacing: '-0.01em',
});

export const theme = createTheme({
  cssVariables: { cssVarPrefix: 'itechsmart', colorSchemeSelector: 'data-mode' },
  colorSchemes: { light: { palette: palette(light) }, dark: { palette: palette(dark) } },
  shape: { borderRadius: radius_px },
  spacing: spacing_px,
  breakpoints: { values: { xs: 0, sm: 600, md: 900, lg: 1200, xl: 1600 } },
  typography: {
    fontFamily: fonts.text,
    fontSize: 14,
    h1: heading('1.5rem'),
    h2: heading('1.0625rem'),
    h3: heading('0.9375rem'),
    h4: heading('0.875rem'),
    body1: { fontSize: '0.9375rem', lineHeight: 1.55 },
    body2: { fontSize: '0.875rem', lineHeight: 1.5 },
    caption: { fontSize: '0.78125rem', lineHeight: 1.45 },
    overline: {
      fontSize: '0.6875rem',
      fontWeight: 650,
      lineHeight: 1.6,
      letterSpacing: '0.06em',
      textTransform: 'uppercase',
    },
    code: { fontFamily: fonts.code, fontSize: '0.8125rem', lineHeight: 1.5 },
  },
  components,
});
