/** The frame of a page: its title, what it can do, and its sections. */
import { Box, Breadcrumbs, Link, Paper, Stack, Typography } from '@mui/material';
import { useEffect, type ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';
import { pageWidthMax_px } from '#shared/theme/tokens';

interface PageProps {
  title: string;
  about?: ReactNode;
  parent?: { title: string; to: string };
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, about, parent, actions, children }: PageProps) {
  useTitle(title);
  return (
    <Box sx={{ maxWidth: pageWidthMax_px, mx: 'auto' }}>
      <Stack
        component="header"
        direction={{ xs: 'column', sm: 'row' }}
        sx={{ gap: 1.5, mb: 2.5, alignItems: { sm: 'flex-end' }, justifyContent: 'space-between' }}
      >
        <Box sx={{ minWidth: 0 }}>
          {parent !== undefined && (
            <Breadcrumbs sx={{ mb: 0.5, fontSize: '0.8125rem' }}>
              <Link component={RouterLink} to={parent.to} color="textSecondary">
                {parent.title}
              </Link>
            </Breadcrumbs>
          )}
          <Typography variant="h1" sx={{ overflowWrap: 'anywhere' }}>
            {title}
          </Typography>
          {about !== undefined && (
            <Typography variant="body2" color="textSecondary" component="div" sx={{ mt: 0.25, maxWidth: 720 }}>
              {about}
            </Typography>
          )}
        </Box>
        {actions !== undefined && (
          <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', flexShrink: 0 }}>
            {actions}
          </Stack>
        )}
      </Stack>
      <Stack sx={{ gap: 2 }}>{children}</Stack>
    </Box>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · iTechSmart`;
  }, [title]);
}

interface SectionProps {
  title?: ReactNode;
  about?: ReactNode;
  actions?: ReactNode;
  /** Tables reach the edges. */
  flush?: boolean;
  children: ReactNode;
}

export function Section({ title, about, actions, flush = false, children }: SectionProps) {
  const headed = title !== undefined || actions !== undefined;
  return (
    // Clipped, not hidden: what is sticky in it stays in sight.
    <Paper component="section" variant="outlined" sx={{ minWidth: 0, overflow: 'clip' }}>
      {headed && (
        <Stack
          direction="row"
          sx={{
            px: 2,
            py: 1.25,
            gap: 1.5,
            alignItems: 'center',
            justifyContent: title === undefined ? 'flex-start' : 'space-between',
            flexWrap: 'wrap',
            ...(flush && { borderBottom: 1, borderColor: 'divider' }),
          }}
        >
          {title !== undefined && (
            <Box sx={{ minWidth: 0 }}>
              <Typography variant="h2">{title}</Typography>
              {about !== undefined && (
                <Typography variant="body2" color="textSecondary">
                  {about}
                </Typography>
              )}
            </Box>
          )}
          {actions}
        </Stack>
      )}
      {children !== false && <Box sx={flush ? {} : { px: 2, pb: 2, pt: headed ? 0.5 : 2 }}>{children}</Box>}
    </Paper>
  );
}

/** Names and values, in columns as the width allows. */
export function Facts({ children, columns = 3 }: { children: ReactNode; columns?: number }) {
  return (
    <Box
      component="dl"
      sx={{
        m: 0,
        display: 'grid',
        gap: 2,
        gridTemplateColumns: { xs: `repeat(${Math.min(columns, 2)}, minmax(0, 1fr))`, sm: `repeat(${Math.min(columns, 2)}, minmax(0, 1fr))`, lg: `repeat(${columns}, minmax(0, 1fr))` },
      }}
    >
      {children}
    </Box>
  );
}

interface FactProps {
  name: string;
  /** Takes the whole width of a phone: an id, a moment to the second. */
  wide?: boolean;
  children: ReactNode;
}

export function Fact({ name, wide = false, children }: FactProps) {
  return (
    <Box sx={{ minWidth: 0, ...(wide && { gridColumn: { xs: '1 / -1', sm: 'auto' } }) }}>
      <Typography component="dt" variant="caption" color="textSecondary">
        {name}
      </Typography>
      <Typography component="dd" variant="body2" sx={{ m: 0, overflowWrap: 'anywhere' }}>
        {children}
      </Typography>
    </Box>
  );
}
