/** The form as it is asked, to be tried out while it is built. */
import type { Form } from '@itechsmart/api';
import { Box, Button } from '@mui/material';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { today } from '#shared/catalog/form/answers';
import { FormFields } from '#shared/catalog/form/FormFields';
import { useAnswers } from '#shared/catalog/form/useAnswers';
import type { Names } from '#shared/catalog/words';
import { useMe } from '#shared/session/useMe';
import { Section } from '#shared/ui/Page';
import { useToast } from '#shared/ui/toast';

interface PreviewProps {
  form: Form;
  names: Names;
}

export function Preview({ form, names }: PreviewProps) {
  const [trial, setTrial] = useState(0);
  // What fields begin with shows at once, so the trial begins anew.
  const begins = JSON.stringify(form.fields.map(({ prefill }) => prefill ?? null));
  return (
    <Box sx={{ position: { lg: 'sticky' }, top: { lg: 76 }, maxHeight: { lg: 'calc(100dvh - 96px)' }, overflowY: { lg: 'auto' } }}>
      <Section
        title="As it is asked"
        about="Try it out: nothing is sent."
        actions={
          <Button color="inherit" startIcon={<RotateCcw size={15} aria-hidden />} onClick={() => setTrial(trial + 1)}>
            Start anew
          </Button>
        }
      >
        <Trial key={`${trial} ${begins}`} form={form} names={names} />
      </Section>
    </Box>
  );
}

function Trial({ form, names }: PreviewProps) {
  const me = useMe();
  const answering = useAnswers(form, { requester: me.id, today: today() }, new Map([...names.people, [me.id, me.name]]));
  const toast = useToast();
  const shown: Form = { fields: form.fields.map((field) => ({ ...field, label: field.label.trim() || 'Untitled field' })) };
  return (
    <Box role="group" aria-label="Preview">
      <FormFields answering={{ ...answering, form: shown }} names={names} />
      {form.fields.length > 0 && (
        <Button variant="outlined" sx={{ mt: 2.5 }} onClick={() => answering.check() && toast('These answers would be taken.')}>
          Check the answers
        </Button>
      )}
    </Box>
  );
}
