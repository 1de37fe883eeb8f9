/** Where the status page is, and what stands at its top. */
import type { StatusPageView } from '@itechsmart/api';
import { Button, InputAdornment, Stack, TextField } from '@mui/material';
import type { SubmitEvent } from 'react';
import { same } from '#shared/forms/useDraft';
import { useForm } from '#shared/forms/useForm';
import { MarkdownField } from '#shared/ui/MarkdownField';
import { Section } from '#shared/ui/Page';
import { FormProblem } from '#shared/ui/states';
import { Toggle } from '#shared/ui/Toggle';
import { useToast } from '#shared/ui/toast';
import { useSetStatusPage } from './useStatusPageChanges';

const nothing = { slug: '', title: '', introduction: '', is_published: false };

export function Settings({ page }: { page: StatusPageView }) {
  const present = page.settings ?? nothing;
  const form = useForm(present);
  const set = useSetStatusPage(page.version);
  const toast = useToast();
  const { values } = form;
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (await form.submit((settings) => set.mutateAsync(settings))) {
      toast(values.is_published ? 'Saved. Everybody can read the page.' : 'Saved. Nobody can read the page yet.');
    }
  };
  return (
    <Section title="Address and text">
      <form onSubmit={(event) => void save(event)} noValidate>
        <Stack sx={{ gap: 2, maxWidth: 640, alignItems: 'flex-start' }}>
          <TextField
            required
            label="Address"
            autoComplete="off"
            {...form.text('slug', 'Small letters, digits, and hyphens between them. Whoever has a link to an old address does not find the page at the new one.')}
            slotProps={{ htmlInput: { maxLength: 40, spellCheck: false, autoCapitalize: 'none' }, input: { startAdornment: <InputAdornment position="start">/status/</InputAdornment> } }}
          />
          <TextField required label="Title" autoComplete="off" {...form.text('title', 'At the top of the page, and in feeds.')} slotProps={{ htmlInput: { maxLength: 100 } }} />
          <Stack sx={{ width: '100%' }}>
            <MarkdownField label="Introduction" rows={2} chars={2_000} value={values.introduction} onChange={(text) => form.set('introduction', text)} error={form.error('introduction')} help="What the page is about, and whom one asks. Markdown works in it." />
          </Stack>
          <Toggle label="Everybody can read it, without signing in" on={values.is_published} onChange={(on) => form.set('is_published', on)} />
          <FormProblem problem={form.problem} />
          <Button type="submit" variant="contained" loading={form.busy} disabled={same(values, present) || values.slug.trim() === '' || values.title.trim() === ''}>
            Save
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
