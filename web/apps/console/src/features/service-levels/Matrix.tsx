/** The priority that follows from impact and urgency. */
import type { TicketPriority } from '@itechsmart/api';
import { Alert, Box, MenuItem, Table, TableBody, TableCell, TableContainer, TableHead, TableRow, TextField, Typography } from '@mui/material';
import { impacts, priorities, priorityTones, urgencies } from '#shared/catalog/tickets';
import { Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { isUneven, withPriority, type LevelsProps } from './levels';

const levels = ['low', 'medium', 'high'] as const;

export function Matrix({ levels: { matrix }, onChange, writes }: LevelsProps) {
  return (
    <Section title="Priorities" about="What follows from how many it concerns, and how urgent it is.">
      <TableContainer>
        <Table size="small" aria-label="Priorities by impact and urgency" sx={{ minWidth: 440, '& th': { fontSize: '0.8125rem', whiteSpace: 'normal', verticalAlign: 'bottom' } }}>
          <TableHead>
            <TableRow>
              <TableCell sx={{ pl: 0 }}>Impact ↓ Urgency →</TableCell>
              {levels.map((urgency) => (
                <TableCell key={urgency}>
                  {urgencies[urgency].word}
                  <Typography variant="caption" color="textSecondary" component="span" sx={{ display: 'block' }}>
                    {urgencies[urgency].plain}
                  </Typography>
                </TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {levels.map((impact, row) => (
              <TableRow key={impact}>
                <TableCell component="th" scope="row" sx={{ pl: 0 }}>
                  {impacts[impact].word}
                  <Typography variant="caption" color="textSecondary" component="span" sx={{ display: 'block' }}>
                    {impacts[impact].plain}
                  </Typography>
                </TableCell>
                {levels.map((urgency, column) => {
                  const priority = matrix[row]?.[column] ?? 'P4';
                  return (
                    <TableCell key={urgency}>
                      {writes ? (
                        <TextField
                          select
                          value={priority}
                          onChange={(event) => onChange({ matrix: withPriority(matrix, row, column, event.target.value as TicketPriority) })}
                          slotProps={{ htmlInput: { 'aria-label': `Impact ${impact}, urgency ${urgency}` } }}
                          sx={{ minWidth: 76, maxWidth: 110 }}
                        >
                          {priorities.map((one) => (
                            <MenuItem key={one} value={one}>
                              {one}
                            </MenuItem>
                          ))}
                        </TextField>
                      ) : (
                        <State tone={priorityTones[priority]}>{priority}</State>
                      )}
                    </TableCell>
                  );
                })}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      {isUneven(matrix) && (
        <Box sx={{ mt: 1.5 }}>
          <Alert severity="warning">Somewhere more impact or more urgency makes a ticket less important: it would not be taken.</Alert>
        </Box>
      )}
    </Section>
  );
}
