/** Words that tickets are found again by. */
import { Autocomplete, TextField } from '@mui/material';

const TAGS_MAX = 20;

interface TagsProps {
  tags: readonly string[];
  onChange: (tags: string[]) => void;
  error: string | undefined;
}

export function Tags({ tags, onChange, error }: TagsProps) {
  return (
    <Autocomplete
      multiple
      freeSolo
      autoSelect
      size="small"
      options={[] as string[]}
      value={[...tags]}
      onChange={(_, next) => onChange([...new Set(next.map((tag) => tag.trim()).filter(Boolean))].slice(0, TAGS_MAX))}
      renderInput={(props) => <TextField {...props} label="Tags" error={error !== undefined} helperText={error ?? 'Enter adds one.'} />}
    />
  );
}
