/** Who leads what in a major incident. There is always a commander. */
import type { MajorIncident, MajorIncidentRole, NamedUser } from '@itechsmart/api';
import { Box, Button, Typography } from '@mui/material';
import { useState } from 'react';
import { incidentRoles } from '#shared/catalog/incidents';
import { GONE_PERSON, capital } from '#shared/catalog/words';
import { useForm } from '#shared/forms/useForm';
import { FormDialog } from '#shared/ui/dialogs';
import { None } from '#shared/ui/None';
import { PersonPicker } from '#shared/ui/PersonPicker';
import { Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useIncidentChanges } from '../useIncidentChanges';

interface RolesProps {
  incident: MajorIncident;
  etag: string | undefined;
  writes: boolean;
}

export function Roles({ incident, etag, writes }: RolesProps) {
  const [role, setRole] = useState<MajorIncidentRole>();
  return (
    <>
      <Box component="ul" aria-label="Roles" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {(Object.keys(incidentRoles) as MajorIncidentRole[]).map((one) => {
          const lead = incident.roles.find((held) => held.role === one);
          const { title } = incidentRoles[one];
          return (
            <Box component="li" key={one} sx={{ display: 'flex', gap: 1, py: 1, alignItems: 'center', justifyContent: 'space-between', '& + &': { borderTop: 1, borderColor: 'divider' } }}>
              <Box sx={{ minWidth: 0 }}>
                <Typography variant="caption" color="textSecondary" component="div">
                  {title}
                </Typography>
                <Typography variant="body2" sx={{ overflowWrap: 'anywhere', ...(lead !== undefined && { fontWeight: 600 }) }}>
                  {lead === undefined ? <None word="Nobody" /> : (lead.person.name ?? capital(GONE_PERSON))}
                </Typography>
                {lead !== undefined && (
                  <Typography variant="caption" color="textSecondary">
                    since <Time>{lead.since}</Time>
                  </Typography>
                )}
              </Box>
              {writes && (
                <Button size="small" aria-label={lead === undefined ? `Assign the ${title.toLowerCase()}` : `Hand over the ${title.toLowerCase()}`} onClick={() => setRole(one)} sx={{ flexShrink: 0 }}>
                  {lead === undefined ? 'Assign…' : 'Hand over…'}
                </Button>
              )}
            </Box>
          );
        })}
      </Box>
      {role !== undefined && <RoleDialog incident={incident} etag={etag} role={role} onClose={() => setRole(undefined)} />}
    </>
  );
}

function RoleDialog({ incident, etag, role, onClose }: Omit<RolesProps, 'writes'> & { role: MajorIncidentRole; onClose: () => void }) {
  const { assign } = useIncidentChanges(incident.id, etag);
  const toast = useToast();
  const { title, about } = incidentRoles[role];
  const lead = incident.roles.find((held) => held.role === role);
  const form = useForm<{ user_id: NamedUser | null }>({ user_id: null });
  const send = (user: string | null) =>
    void form
      .submit(() => assign.mutateAsync({ role, user_id: user }))
      .then((done) => {
        if (!done) return;
        toast(user === null ? `Nobody is ${title.toLowerCase()} now.` : `${form.values.user_id?.name ?? 'They'} is ${title.toLowerCase()}, and is told.`);
        onClose();
      });
  return (
    <FormDialog open title={lead === undefined ? `Who is ${title.toLowerCase()}?` : `Hand over: ${title.toLowerCase()}`} submit={lead === undefined ? 'Assign' : 'Hand over'} busy={form.busy} problem={form.problem} disabled={form.values.user_id === null} onClose={onClose} onSubmit={() => send(form.values.user_id?.id ?? null)}>
      <Typography variant="body2" color="textSecondary">
        {about} {lead !== undefined && `It is ${lead.person.name ?? GONE_PERSON} now.`}
      </Typography>
      <PersonPicker label={title} person={form.values.user_id} onChange={(person) => form.set('user_id', person)} except={lead?.person.id} help="Is told at once." error={form.error('user_id')} />
      {lead !== undefined && role !== 'commander' && (
        <Button color="inherit" variant="outlined" sx={{ alignSelf: 'start' }} disabled={form.busy} onClick={() => send(null)}>
          Leave it to nobody
        </Button>
      )}
    </FormDialog>
  );
}
