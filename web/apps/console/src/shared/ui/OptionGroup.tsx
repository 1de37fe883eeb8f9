/** One of a few, each with what it means. */
import { Box, FormControl, FormControlLabel, FormLabel, Radio, RadioGroup, Typography } from '@mui/material';
import { useId } from 'react';

export interface Option<Value> {
  value: Value;
  title: string;
  about?: string;
}

interface OptionGroupProps<Value extends string> {
  label: string;
  options: readonly Option<Value>[];
  value: Value;
  onChange: (value: Value) => void;
}

export function OptionGroup<Value extends string>({ label, options, value, onChange }: OptionGroupProps<Value>) {
  const id = useId();
  return (
    <FormControl>
      <FormLabel id={id} sx={{ typography: 'body2', fontWeight: 600, color: 'text.primary', mb: 0.5 }}>
        {label}
      </FormLabel>
      <RadioGroup aria-labelledby={id} value={value} onChange={(_, next) => onChange(next as Value)}>
        {options.map(({ value: option, title, about }) => (
          <FormControlLabel
            key={option}
            value={option}
            control={<Radio size="small" sx={{ py: 0.5 }} />}
            sx={{ alignItems: 'flex-start', mr: 0 }}
            label={
              <Box sx={{ pt: 0.375 }}>
                <Typography variant="body2" component="span" sx={{ display: 'block' }}>
                  {title}
                </Typography>
                {about !== undefined && (
                  <Typography variant="caption" color="textSecondary" component="span" sx={{ display: 'block' }}>
                    {about}
                  </Typography>
                )}
              </Box>
            }
          />
        ))}
      </RadioGroup>
    </FormControl>
  );
}
