/** A QR code, drawn here: a secret goes to no service that draws it. */
import { Box } from '@mui/material';
import { encode } from 'uqr';

const QUIET_MODULES = 3;

export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, data } = encode(text, { ecc: 'M', border: QUIET_MODULES });
  const path = data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    // Dark on light in both modes: not every camera reads it the other way round.
    <Box sx={{ bgcolor: 'common.white', color: 'common.black', borderRadius: 1, lineHeight: 0, flexShrink: 0, border: 1, borderColor: 'divider' }}>
      <svg width={196} height={196} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
        <path d={path} fill="currentColor" />
      </svg>
    </Box>
  );
}
