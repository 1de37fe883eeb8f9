/** The suite's mark: a block with a check in it. */
import { useId } from 'react';

export function Mark({ size = 24, line = '#8fd8cf' }: { size?: number; line?: string }) {
  const id = useId();
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" role="img" aria-labelledby={id} fill="none">
      <title id={id}>iTechSmart</title>
      <path d="M12 2.2 20.5 7.1v9.8L12 21.8 3.5 16.9V7.1z" stroke={line} strokeWidth="1.9" strokeLinejoin="round" />
      <path d="m8 12.2 2.9 2.9 5.2-5.7" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
