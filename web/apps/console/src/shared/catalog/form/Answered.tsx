/** What was answered, for those who decide on it and for whoever asked. */
import type { Answer, Answers, Field, Form } from '@itechsmart/api';
import { Box, Table, TableBody, TableCell, TableContainer, TableHead, TableRow, Typography } from '@mui/material';
import { None } from '#shared/ui/None';
import { answerWords, type Labels, type Names } from '../words';
import { FileList } from '../files/FileList';
import { asked } from './answers';

interface AnsweredProps {
  form: Form;
  answers: Answers;
  names: Names;
  /** By the field, or `field.column`. */
  labels?: Record<string, Labels>;
  /** Whether files can be had: by whoever is signed in. */
  downloads?: boolean;
}

export function Answered({ form, answers, names, labels = {}, downloads = false }: AnsweredProps) {
  const shown = asked(form, answers).filter((one) => one.shown);
  if (shown.length === 0) return <None word="The form of this item asks nothing." />;
  return (
    <Box component="dl" sx={{ m: 0, display: 'grid', gap: 2 }}>
      {shown.map(({ field }) => (
        <Box key={field.key} sx={{ minWidth: 0 }}>
          <Typography component="dt" variant="caption" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
            {field.label}
          </Typography>
          <Typography component="dd" variant="body2" sx={{ m: 0, overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>
            <One field={field} answer={answers[field.key]} names={names} labels={labels} downloads={downloads} />
          </Typography>
        </Box>
      ))}
    </Box>
  );
}

interface OneProps {
  field: Field;
  answer: Answer | undefined;
  names: Names;
  labels: Record<string, Labels>;
  downloads: boolean;
}

function One({ field, answer, names, labels, downloads }: OneProps) {
  if (answer === undefined) return <None word="Not answered" />;
  if ('files' in answer && downloads) return <Files label={field.label} answer={answer} />;
  if (!('table' in answer) || field.kind.type !== 'table') return answerWords(answer, field, names, labels[field.key]);
  const { columns } = field.kind;
  return (
    <TableContainer sx={{ border: 1, borderColor: 'divider', borderRadius: 1, mt: 0.5 }}>
      <Table size="small" aria-label={field.label}>
        <TableHead>
          <TableRow>
            {columns.map(({ key, label }) => (
              <TableCell key={key}>{label}</TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {answer.table.map((row, at) => (
            <TableRow key={at}>
              {columns.map((column) => {
                const cell = row[column.key];
                return <TableCell key={column.key}>{cell === undefined ? <None word="–" /> : 'files' in cell && downloads ? <Files label={column.label} answer={cell} /> : answerWords(cell, column, names, labels[`${field.key}.${column.key}`])}</TableCell>;
              })}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Files({ label, answer: { files } }: { label: string; answer: Extract<Answer, { files: unknown }> }) {
  return <FileList label={label} files={files.map(({ id, name, media_type, bytes }) => ({ id, name: name ?? id, media_type: media_type ?? '', bytes: bytes ?? 0 }))} />;
}
