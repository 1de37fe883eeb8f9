/** The tickets of a queue, dense: a row a ticket where there is room, two lines on a phone. */
import type { TicketSummary } from '@itechsmart/api';
import { Box, Checkbox, Link, Stack, Table, TableBody, TableCell, TableContainer, TableHead, TableRow, Typography, useMediaQuery } from '@mui/material';
import type { Theme } from '@mui/material/styles';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';
import { GONE_GROUP, GONE_PERSON, capital } from '#shared/catalog/words';
import { None } from '#shared/ui/None';
import { Time } from '#shared/ui/Time';
import { Due } from '../Due';
import { Priority, TicketState } from '../TicketState';
import { toggled } from './keys';

/** Names a row for the keyboard. */
export const ROW = 'data-ticket';

interface QueueTableProps {
  label: string;
  tickets: readonly TicketSummary[];
  /** Undefined where nothing can be done to several at once. */
  selected: ReadonlySet<string> | undefined;
  onSelect: (ids: ReadonlySet<string>) => void;
}

export function QueueTable(props: QueueTableProps) {
  const phone = useMediaQuery((theme: Theme) => theme.breakpoints.down('md'));
  return phone ? <Cards {...props} /> : <Rows {...props} />;
}

function TicketLink({ ticket: { id, number, title } }: { ticket: TicketSummary }) {
  return (
    <Link component={RouterLink} to={`/service-catalog/desk/${id}`} color="inherit" underline="hover" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
      <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400, mr: 0.75 }}>
        #{number}
      </Box>
      {title}
    </Link>
  );
}

function Select({ ticket, selected, onSelect }: { ticket: TicketSummary } & Pick<QueueTableProps, 'selected' | 'onSelect'>) {
  if (selected === undefined) return null;
  return (
    <Checkbox
      size="small"
      checked={selected.has(ticket.id)}
      onChange={() => onSelect(toggled(selected, ticket.id))}
      sx={{ p: 0.5 }}
      slotProps={{ input: { 'aria-label': `Select #${ticket.number}` } }}
    />
  );
}

function whose({ assignee, group }: TicketSummary): ReactNode {
  const groupName = group == null ? undefined : (group.name ?? capital(GONE_GROUP));
  if (assignee == null) return groupName === undefined ? <None word="Nobody" /> : <None word={groupName} />;
  return (
    <>
      {assignee.name ?? capital(GONE_PERSON)}
      {groupName !== undefined && (
        <Typography component="span" variant="caption" color="textSecondary" sx={{ display: 'block' }}>
          {groupName}
        </Typography>
      )}
    </>
  );
}

function Rows({ label, tickets, selected, onSelect }: QueueTableProps) {
  const all = selected !== undefined && tickets.every(({ id }) => selected.has(id));
  return (
    <TableContainer>
      <Table aria-label={label} size="small" sx={{ '& th, & td': { px: 1 } }}>
        <TableHead>
          <TableRow>
            {selected !== undefined && (
              <TableCell padding="checkbox">
                <Checkbox
                  size="small"
                  checked={all}
                  indeterminate={!all && selected.size > 0}
                  onChange={() => onSelect(new Set(all ? [] : tickets.map(({ id }) => id)))}
                  sx={{ p: 0.5 }}
                  slotProps={{ input: { 'aria-label': 'Select all that are shown' } }}
                />
              </TableCell>
            )}
            <TableCell sx={{ width: 56 }}>Priority</TableCell>
            <TableCell>Ticket</TableCell>
            <TableCell sx={{ width: 165 }}>State</TableCell>
            <TableCell sx={{ width: { md: 130, lg: 205 } }}>Due</TableCell>
            <TableCell sx={{ width: 140 }}>Assigned to</TableCell>
            <TableCell sx={{ width: 40, display: { md: 'none', lg: 'table-cell' } }}>Tier</TableCell>
            <TableCell sx={{ width: 130, display: { md: 'none', lg: 'table-cell' } }}>Requester</TableCell>
            <TableCell sx={{ width: 110, display: { md: 'none', xl: 'table-cell' } }}>Updated</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {tickets.map((ticket) => (
            <TableRow
              key={ticket.id}
              {...{ [ROW]: ticket.id }}
              hover
              selected={selected?.has(ticket.id) ?? false}
              sx={{ '&:focus-within': { boxShadow: (theme) => `inset 3px 0 0 ${theme.vars?.palette.primary.main ?? ''}` }, '& td': { py: 0.625, fontSize: '0.8125rem' }, '& td .MuiTypography-body2': { fontSize: '0.8125rem' } }}
            >
              {selected !== undefined && (
                <TableCell padding="checkbox">
                  <Select ticket={ticket} selected={selected} onSelect={onSelect} />
                </TableCell>
              )}
              <TableCell>
                <Priority priority={ticket.priority} />
              </TableCell>
              <TableCell>
                <TicketLink ticket={ticket} />
              </TableCell>
              <TableCell>
                <TicketState state={ticket.state} />
              </TableCell>
              <TableCell>
                <Due ticket={ticket} />
              </TableCell>
              <TableCell>{whose(ticket)}</TableCell>
              <TableCell sx={{ display: { md: 'none', lg: 'table-cell' } }}>{ticket.tier}</TableCell>
              <TableCell sx={{ display: { md: 'none', lg: 'table-cell' } }}>{ticket.requester.name ?? capital(GONE_PERSON)}</TableCell>
              <TableCell sx={{ display: { md: 'none', xl: 'table-cell' } }}>
                <Time>{ticket.updated_at}</Time>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Cards({ label, tickets, selected, onSelect }: QueueTableProps) {
  return (
    <Box component="ul" aria-label={label} sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {tickets.map((ticket) => (
        <Box component="li" key={ticket.id} {...{ [ROW]: ticket.id }} sx={{ display: 'flex', gap: 1, px: 1.5, py: 1.25, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
          <Select ticket={ticket} selected={selected} onSelect={onSelect} />
          <Box sx={{ minWidth: 0, flex: 1, typography: 'body2' }}>
            <TicketLink ticket={ticket} />
            <Stack direction="row" sx={{ gap: 1.25, rowGap: 0.25, flexWrap: 'wrap', alignItems: 'center', mt: 0.5 }}>
              <Priority priority={ticket.priority} />
              <TicketState state={ticket.state} />
              <Due ticket={ticket} />
            </Stack>
            <Typography variant="caption" color="textSecondary" component="p" sx={{ mt: 0.25 }}>
              Tier {ticket.tier} · {ticket.assignee?.name ?? ticket.group?.name ?? 'nobody'} · for {ticket.requester.name ?? GONE_PERSON}
            </Typography>
          </Box>
        </Box>
      ))}
    </Box>
  );
}
