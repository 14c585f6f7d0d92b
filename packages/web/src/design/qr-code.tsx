// A QR code as one path, dark on white in both themes: cameras want it so.
import { drawnQr } from '@gatehouse/core/qr-drawing.ts';
import { create } from 'qrcode';
import { useMemo } from 'react';

/** @param label what it leads to, for those who do not see it; the same must stand beside it as text. */
export function QrCode({ text, label, size = 180 }: { text: string; label: string; size?: number }) {
  const { path, side } = useMemo(() => drawnQr(create(text, { errorCorrectionLevel: 'M' }).modules), [text]);
  return (
    <svg width={size} height={size} viewBox={`-4 -4 ${side + 8} ${side + 8}`} role="img" aria-label={label}>
      <rect x={-4} y={-4} width={side + 8} height={side + 8} fill="#fff" rx={2} />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
