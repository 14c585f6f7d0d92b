/** A matrix of dark and light modules, row by row, as libraries for QR codes give it. */
export interface QrModules {
  readonly size: number;
  readonly data: ArrayLike<number>;
}

/** A QR code as one SVG path of unit squares in a field of `side` units; what shows it adds four units of quiet zone around. */
export function drawnQr({ size, data }: QrModules): { readonly path: string; readonly side: number } {
  const squares = Array.from(data, (dark, index) =>
    dark ? `M${index % size} ${Math.floor(index / size)}h1v1h-1z` : '',
  );
  return { path: squares.join(''), side: size };
}
