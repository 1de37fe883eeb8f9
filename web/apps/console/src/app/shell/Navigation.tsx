import { Box, List, ListItemButton, ListItemIcon, ListItemText, Typography } from '@mui/material';
import { useId } from 'react';
import { NavLink } from 'react-router';
import { useCan } from '#shared/session/useMe';
import { reachable, type Place, type PlaceGroup } from '../places';
import { titleOf } from '../products';
import { useProduct } from '../useProduct';

export function Navigation({ onGo }: { onGo?: () => void }) {
  const product = useProduct();
  const groups = reachable(product, useCan());
  return (
    <Box component="nav" aria-label={titleOf(product)} sx={{ py: 1.5, px: 1 }}>
      {groups.map((group, index) => (
        <Group key={group.title ?? index} group={group} onGo={onGo} />
      ))}
    </Box>
  );
}

interface GroupProps {
  group: PlaceGroup;
  onGo: (() => void) | undefined;
}

function Group({ group, onGo }: GroupProps) {
  const id = useId();
  return (
    <>
      {group.title !== undefined && (
        <Typography id={id} variant="overline" color="textSecondary" component="h2" sx={{ px: 1.25, pt: 1.5, pb: 0.25 }}>
          {group.title}
        </Typography>
      )}
      <List dense disablePadding {...(group.title === undefined ? {} : { 'aria-labelledby': id })}>
        {group.places.map((place) => (
          <li key={place.to}>
            <Item place={place} onGo={onGo} />
          </li>
        ))}
      </List>
    </>
  );
}

function Item({ place, onGo }: { place: Place; onGo: (() => void) | undefined }) {
  return (
    <ListItemButton
      component={NavLink}
      to={place.to}
      {...(onGo === undefined ? {} : { onClick: onGo })}
      sx={{
        borderRadius: 1,
        px: 1.25,
        py: 0.5,
        my: 0.125,
        color: 'text.secondary',
        '&:hover': { color: 'text.primary' },
        '&.active': {
          bgcolor: 'action.selected',
          color: 'primary.main',
          '& .MuiListItemText-primary': { fontWeight: 650 },
        },
      }}
    >
      <ListItemIcon sx={{ minWidth: 28, color: 'inherit' }}>
        <place.icon size={17} strokeWidth={1.9} aria-hidden />
      </ListItemIcon>
      <ListItemText primary={place.title} slotProps={{ primary: { variant: 'body2' } }} />
    </ListItemButton>
  );
}
