import { ButtonBase, ListItemIcon, ListItemText, Menu, MenuItem, Typography } from '@mui/material';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useOverview } from '#shared/api/useOverview';
import { bar } from '#shared/theme/tokens';
import { Mark } from '#shared/ui/Mark';
import { VisuallyHidden } from '#shared/ui/VisuallyHidden';
import { hasPages, presence, presenceWords, products, titleOf } from '../products';
import { useProduct } from '../useProduct';

export function ProductSwitcher({ narrow }: { narrow: boolean }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const overview = useOverview().data;
  const navigate = useNavigate();
  const here = useProduct();
  return (
    <>
      <ButtonBase
        aria-haspopup="menu"
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ gap: 1, px: 1, height: 36, borderRadius: 1, flexShrink: 0, '&:hover': { bgcolor: bar.hover } }}
      >
        <Mark size={22} />
        {!narrow && <Typography sx={{ fontWeight: 650, letterSpacing: '-0.01em' }}>iTechSmart</Typography>}
        <Typography sx={{ color: narrow ? bar.text : bar.textSoft, fontWeight: narrow ? 650 : 400, whiteSpace: 'nowrap' }}>
          {titleOf(here, narrow)}
        </Typography>
        <VisuallyHidden>, switch product</VisuallyHidden>
        <ChevronDown size={15} color={bar.textSoft} aria-hidden />
      </ButtonBase>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)} slotProps={{ paper: { sx: { width: 340, maxWidth: 'calc(100vw - 24px)' } } }}>
        {products.map((product) => {
          const state = presence(product, overview);
          const opens = hasPages(product.service);
          return (
            <MenuItem
              key={product.service}
              selected={product.service === here}
              disabled={!opens}
              onClick={() => {
                setAnchor(null);
                void navigate(`/${product.service}`);
              }}
              sx={{ '&.Mui-disabled': { opacity: 1, color: 'text.secondary' }, whiteSpace: 'normal' }}
            >
              <ListItemIcon sx={{ color: opens ? 'primary.main' : 'text.secondary' }}>
                <product.icon size={18} aria-hidden />
              </ListItemIcon>
              <ListItemText
                primary={product.title}
                secondary={state === 'here' ? product.about : presenceWords[state]}
                slotProps={{ primary: { variant: 'body2', sx: { fontWeight: 600 } }, secondary: { variant: 'caption' } }}
              />
            </MenuItem>
          );
        })}
      </Menu>
    </>
  );
}
