/** A place in digits that any map understands: as exact as it is known, about a metre at most. */
export function coordinates({ latitude, longitude }: { latitude: number; longitude: number }): string {
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}

/** The angle on the globe that a circle of so many metres spans. */
export function degreesOf(meters: number): number {
  return (meters / 6_371_008.8) * (180 / Math.PI);
}
