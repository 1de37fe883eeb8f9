/** Permissions by service and resource, to look at or to choose. Nobody can give what they lack. */
import type { PermissionInfo } from '@itechsmart/api';
import { Box, Checkbox, Chip, FormControlLabel, Stack, Tooltip, Typography } from '@mui/material';
import { words } from '#shared/format/text';
import { useMe } from '#shared/session/useMe';
import { matrix, type Row } from './matrix';

interface PermissionMatrixProps {
  catalogue: readonly PermissionInfo[];
  chosen: readonly string[];
  onChange?: (chosen: string[]) => void;
}

export function PermissionMatrix({ catalogue, chosen, onChange }: PermissionMatrixProps) {
  const held = new Set(useMe().permissions);
  const set = new Set(chosen);
  const toggle = (name: string) => onChange?.(set.has(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return (
    <Stack sx={{ gap: 2 }}>
      {matrix(catalogue).map(({ service, rows }) => (
        <Box key={service} component="fieldset" sx={{ border: 1, borderColor: 'divider', borderRadius: 1, p: 0, m: 0, minWidth: 0 }}>
          <Typography component="legend" variant="h4" sx={{ ml: 1.5, px: 0.5 }}>
            {words(service)}
          </Typography>
          {rows.map((row) => (
            <Resource
              key={row.resource}
              row={row}
              has={(name) => set.has(name)}
              may={(name) => onChange !== undefined && (held.has(name) || set.has(name))}
              onToggle={toggle}
            />
          ))}
        </Box>
      ))}
    </Stack>
  );
}

interface ResourceProps {
  row: Row;
  has: (name: string) => boolean;
  may: (name: string) => boolean;
  onToggle: (name: string) => void;
}

function Resource({ row, has, may, onToggle }: ResourceProps) {
  return (
    <Box
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: '1fr', sm: '160px 1fr' },
        columnGap: 2,
        px: 2,
        py: 0.75,
        '& + &': { borderTop: 1, borderColor: 'divider' },
      }}
    >
      <Typography variant="body2" sx={{ fontWeight: 600, py: 0.75 }}>
        {words(row.resource)}
      </Typography>
      <Box sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', lg: '1fr 1fr' }, columnGap: 2 }}>
        {row.cells.map(({ verb, permission }) => (
          <FormControlLabel
            key={permission.name}
            disabled={!may(permission.name)}
            sx={{ alignItems: 'flex-start', mr: 0, '& .Mui-disabled': { color: 'text.primary' } }}
            control={
              <Checkbox
                size="small"
                checked={has(permission.name)}
                onChange={() => onToggle(permission.name)}
                slotProps={{ input: { 'aria-label': permission.name } }}
                sx={{ p: 0.75, '&.Mui-disabled.Mui-checked': { color: 'primary.main' } }}
              />
            }
            label={
              <Box sx={{ py: 0.625 }}>
                <Typography variant="body2" component="span" sx={{ mr: 1 }}>
                  {words(verb)}
                </Typography>
                {permission.reach === 'platform' && (
                  <Tooltip title="It reaches the whole installation, and only members of the platform’s own tenant can hold it.">
                    <Chip variant="outlined" label="Platform" sx={{ height: 18, fontSize: 11 }} />
                  </Tooltip>
                )}
                <Typography variant="caption" color="textSecondary" component="p">
                  {permission.allows}
                </Typography>
              </Box>
            }
          />
        ))}
      </Box>
    </Box>
  );
}
