/** How a mail server hands messages to the desk: with Postfix as the example. */
import { Box, Link, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';
import { useCan } from '#shared/session/useMe';
import { Code, CodeBlock } from '#shared/ui/Code';
import { Section } from '#shared/ui/Page';
import { MASTER_CF, script } from './postfix';

export function BringIn() {
  const makesKeys = useCan()('hub.api-keys.write');
  const key = makesKeys ? (
    <Link component={RouterLink} to="/hub/api-keys?new" underline="always">
      an API key
    </Link>
  ) : (
    'an API key'
  );
  return (
    <Section title="Bringing messages in" about="A mail server passes each message on, as it is. With Postfix, for example:">
      <Box component="ol" sx={{ m: 0, pl: 2.5, display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2, typography: 'body2', '& > li::marker': { fontWeight: 600 } }}>
        <Step title={<>Make {key} that may do one thing:</>}>
          <Code copy>catalog.mail.write</Code>
        </Step>
        <Step
          title={
            <>
              Add to <Code>master.cf</Code>, and lead the desk’s address there by an alias or a transport:
            </>
          }
        >
          <CodeBlock>{MASTER_CF}</CodeBlock>
        </Step>
        <Step
          title={
            <>
              Put this script at <Code>/usr/local/bin/to-desk</Code>, with the key in it, where nobody else reads it:
            </>
          }
        >
          <CodeBlock>{script(window.location.origin)}</CodeBlock>
        </Step>
      </Box>
      <Typography variant="body2" color="textSecondary" sx={{ mt: 2 }}>
        A message has less than 40 MB. One that is not taken stays with the mail server, which tries again; the same message comes in once.
      </Typography>
    </Section>
  );
}

function Step({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <Box component="li" sx={{ minWidth: 0 }}>
      <Typography variant="body2" component="div" sx={{ mb: 0.75 }}>
        {title}
      </Typography>
      {children}
    </Box>
  );
}
