/** Builds a form by hand, and shows beside it how it is asked. */
import type { FieldType } from '@itechsmart/api';
import { Alert, Box, Button, ListItemIcon, ListItemText, Menu, MenuItem, Stack, Typography } from '@mui/material';
import { CalendarDays, CircleDot, Hash, ListChecks, Paperclip, Plus, Table2, TextCursorInput, UserRound, type LucideIcon } from 'lucide-react';
import { useId, useState } from 'react';
import { moved } from '#shared/ui/moved';
import { Section } from '#shared/ui/Page';
import type { Editing } from '../editing';
import { EditorCard } from '../EditorCard';
import { FieldEditor } from './FieldEditor';
import { addField, duplicateField, fieldTypes, isAskedFor, moveField, removeField, typeTitle } from './fields';
import { Preview } from './Preview';

const FIELDS_MAX = 200;

const icons: Record<FieldType, LucideIcon> = {
  text: TextCursorInput,
  number: Hash,
  choice: CircleDot,
  choices: ListChecks,
  date: CalendarDays,
  user: UserRound,
  files: Paperclip,
  table: Table2,
};

export function FormBuilder({ editing }: { editing: Editing }) {
  const { content, change, fault } = editing;
  const { fields } = content.form;
  const [open, setOpen] = useState<number>();
  const overall = fault('/form/fields');
  const placed = fields.some((_, at) => fault(`/form/fields/${at}`) !== undefined);
  const add = (type: FieldType) => {
    change((current) => addField(current, type));
    setOpen(fields.length);
  };
  /** What is open stays open wherever it goes. */
  const follow = (from: number, to: number) => setOpen((current) => (current === undefined ? undefined : moved([...fields.keys()], from, to).indexOf(current)));
  return (
    <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) minmax(0, 1fr)' } }}>
      <Section title="Fields" about="What whoever asks is asked, from top to bottom." actions={<Add onAdd={add} disabled={fields.length >= FIELDS_MAX} />}>
        {overall !== undefined && !placed && (
          <Alert severity="error" sx={{ mb: 1.5 }}>
            {overall}
          </Alert>
        )}
        {fields.length === 0 && (
          <Typography variant="body2" color="textSecondary" sx={{ py: 2 }}>
            The form asks nothing yet. An item without a form can be asked for, too.
          </Typography>
        )}
        <Box component="ol" aria-label="Fields" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}>
          {fields.map((field, at) => (
            <EditorCard
              key={at}
              icon={icons[field.kind.type]}
              title={field.label.trim() || `Untitled field`}
              about={[typeTitle(field.kind.type), field.required === true ? 'required' : '', field.show == null ? '' : 'shown on a condition'].filter(Boolean).join(', ')}
              at={at}
              count={fields.length}
              open={open === at}
              fault={fault(`/form/fields/${at}`)}
              warning={isAskedFor(content, field.key) ? 'Others depend on its answer: where it goes, what they ask of it goes, too.' : undefined}
              onOpen={(on) => setOpen(on ? at : undefined)}
              onMove={(to) => {
                change((current) => moveField(current, at, to));
                follow(at, to);
              }}
              onDuplicate={() => {
                change((current) => duplicateField(current, at));
                setOpen(at + 1);
              }}
              onRemove={() => {
                change((current) => removeField(current, at));
                setOpen(undefined);
              }}
            >
              <FieldEditor editing={editing} field={field} at={at} />
            </EditorCard>
          ))}
        </Box>
      </Section>
      <Preview form={content.form} names={editing.names} />
    </Box>
  );
}

function Add({ onAdd, disabled }: { onAdd: (type: FieldType) => void; disabled: boolean }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const id = useId();
  return (
    <Stack>
      <Button
        variant="outlined"
        id={id}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        disabled={disabled}
        startIcon={<Plus size={15} aria-hidden />}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        Add a field
      </Button>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)} slotProps={{ list: { 'aria-labelledby': id } }}>
        {fieldTypes.map(({ type, title, about }) => {
          const Icon = icons[type];
          return (
            <MenuItem
              key={type}
              onClick={() => {
                setAnchor(null);
                onAdd(type);
              }}
            >
              <ListItemIcon>
                <Icon size={17} aria-hidden />
              </ListItemIcon>
              <ListItemText primary={title} secondary={about} slotProps={{ primary: { variant: 'body2' }, secondary: { variant: 'caption' } }} />
            </MenuItem>
          );
        })}
      </Menu>
    </Stack>
  );
}
