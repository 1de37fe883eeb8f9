/** Leads to what the audit trail has of something, for who may read it. */
import { Button } from '@mui/material';
import { ShieldCheck } from 'lucide-react';
import { Link } from 'react-router';
import { useCan } from '#shared/session/useMe';
import { auditLink } from './auditLink';

export function AuditTrail({ id }: { id: string }) {
  if (!useCan()('catalog.audit.read')) return null;
  return (
    <Button variant="outlined" color="inherit" component={Link} to={auditLink(id)} startIcon={<ShieldCheck size={15} aria-hidden />}>
      Audit trail
    </Button>
  );
}
