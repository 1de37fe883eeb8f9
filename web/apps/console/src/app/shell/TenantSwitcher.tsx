import { Box, ButtonBase, CircularProgress, ListItemText, Menu, MenuItem, Stack, Tooltip, Typography } from '@mui/material';
import { toProblem } from '@itechsmart/api';
import { Check, ChevronsUpDown } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { sentence } from '#shared/format/text';
import { useSession } from '#shared/session/SessionProvider';
import { useMe } from '#shared/session/useMe';
import { bar } from '#shared/theme/tokens';
import { useToast } from '#shared/ui/toast';

export function TenantSwitcher() {
  const me = useMe();
  const { switchTenant } = useSession();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [busy, setBusy] = useState(false);
  const navigate = useNavigate();
  const toast = useToast();
  const alone = me.tenants.length < 2;

  const go = async (id: string) => {
    setAnchor(null);
    if (id === me.tenant.id) return;
    setBusy(true);
    try {
      // The page that is open may not exist over there.
      await navigate('/');
      await switchTenant(id);
    } catch (error) {
      toast(sentence(toProblem(error).detail), 'error');
      setBusy(false);
    }
  };

  // On a phone there is room for one: that it is a demo says more than whose.
  const shown = alone && me.tenant.is_demo ? { xs: 'none', sm: 'block' } : 'block';
  const name = (
    <Typography variant="body2" noWrap sx={{ maxWidth: { xs: 110, sm: 220 }, display: shown }}>
      {me.tenant.name}
    </Typography>
  );
  if (alone) {
    return (
      <Stack direction="row" sx={{ minWidth: 0, px: 1, gap: 1, alignItems: 'center', color: bar.textSoft }}>
        {name}
        {me.tenant.is_demo && <DemoMark />}
      </Stack>
    );
  }
  return (
    <>
      <ButtonBase
        aria-label={`Tenant: ${me.tenant.name}${me.tenant.is_demo ? ', a demo' : ''}`}
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ gap: 0.75, px: 1, height: 36, minWidth: 0, borderRadius: 1, color: bar.textSoft, '&:hover': { bgcolor: bar.hover, color: bar.text } }}
      >
        {name}
        {me.tenant.is_demo && <DemoMark />}
        {busy ? <CircularProgress size={14} color="inherit" /> : <ChevronsUpDown size={14} aria-hidden />}
      </ButtonBase>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)} slotProps={{ paper: { sx: { minWidth: 240 } } }}>
        {me.tenants.map((tenant) => (
          <MenuItem key={tenant.id} selected={tenant.id === me.tenant.id} onClick={() => void go(tenant.id)}>
            <ListItemText
              primary={tenant.is_demo ? `${tenant.name}, a demo` : tenant.name}
              secondary={tenant.slug}
              slotProps={{ primary: { variant: 'body2' }, secondary: { variant: 'caption' } }}
            />
            {tenant.id === me.tenant.id && <Check size={16} aria-hidden style={{ marginLeft: 12 }} />}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}

/** What is made up says so on every page. */
function DemoMark() {
  return (
    <Tooltip title="A demonstration: its people and their history are made up">
      <Box
        component="span"
        sx={{ border: 1, borderColor: bar.mark, color: bar.mark, borderRadius: 1, px: 0.75, fontSize: '0.6875rem', fontWeight: 650, lineHeight: '18px', flexShrink: 0 }}
      >
        Demo
      </Box>
    </Tooltip>
  );
}
