import { ButtonBase, CircularProgress, ListItemText, Menu, MenuItem, Typography } from '@mui/material';
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

  const name = (
    <Typography variant="body2" noWrap sx={{ maxWidth: { xs: 110, sm: 220 } }}>
      {me.tenant.name}
    </Typography>
  );
  if (alone) return <span style={{ minWidth: 0, padding: '0 8px', color: bar.textSoft }}>{name}</span>;
  return (
    <>
      <ButtonBase
        aria-label={`Tenant: ${me.tenant.name}`}
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ gap: 0.75, px: 1, height: 36, minWidth: 0, borderRadius: 1, color: bar.textSoft, '&:hover': { bgcolor: bar.hover, color: bar.text } }}
      >
        {name}
        {busy ? <CircularProgress size={14} color="inherit" /> : <ChevronsUpDown size={14} aria-hidden />}
      </ButtonBase>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)} slotProps={{ paper: { sx: { minWidth: 240 } } }}>
        {me.tenants.map((tenant) => (
          <MenuItem key={tenant.id} selected={tenant.id === me.tenant.id} onClick={() => void go(tenant.id)}>
            <ListItemText
              primary={tenant.name}
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
