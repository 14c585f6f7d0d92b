// A QR code as one path, dark on white in both themes: cameras want it so.
import { create } from 'qrcode';
import { useMemo } from 'react';

/** @param label what it leads to, for those who do not see it; the same must stand beside it as text. */
export function QrCode({ text, label, size = 180 }: { text: string; label: string; size?: number }) {
  const { path, side } = useMemo(() => drawn(text), [text]);
  return (
    <svg width={size} height={size} viewBox={`-4 -4 ${side + 8} ${side + 8}`} role="img" aria-label={label}>
      <rect x={-4} y={-4} width={side + 8} height={side + 8} fill="#fff" rx={2} />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}

function drawn(text: string): { readonly path: string; readonly side: number } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const side = modules.size;
  let path = '';
  for (let y = 0; y < side; y += 1)
    for (let x = 0; x < side; x += 1) if (modules.get(y, x)) path += `M${x} ${y}h1v1h-1z`;
  return { path, side };
}
