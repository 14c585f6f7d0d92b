// A QR code, drawn as one path: nothing leaves the page for it.
import { create } from 'qrcode';
import shared from '../portal.module.css';

export function Qr({ text, label }: { text: string; label: string }) {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const { size, data } = modules;
  const margin = 2;
  const path = Array.from(data, (dark, index) =>
    dark ? `M${(index % size) + margin} ${Math.floor(index / size) + margin}h1v1h-1z` : '',
  ).join('');
  const whole = size + 2 * margin;
  return (
    <div className={shared.qr}>
      <svg viewBox={`0 0 ${whole} ${whole}`} role="img" aria-label={label} shapeRendering="crispEdges">
        <path d={path} fill="#000" />
      </svg>
    </div>
  );
}
