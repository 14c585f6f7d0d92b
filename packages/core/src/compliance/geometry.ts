/**
 * How far a position lies from the border of an area: negative inside, positive outside, in metres. Circles are measured on the
 * sphere; polygons on a plane laid at the position, which is exact enough for areas of a few hundred kilometres.
 */
import type { Area, Position } from './demands.ts';

const earthRadius = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

export function metersFromBorder(area: Area, position: Position): number {
  return area.shape === 'circle'
    ? distance(area.center, position) - area.radiusMeters
    : metersFromPolygon(area.corners, position);
}

export function distance(a: Position, b: Position): number {
  const [latitude, longitude] = [radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)];
  const half =
    Math.sin(latitude / 2) ** 2 +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(longitude / 2) ** 2;
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(half)));
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Metres from the position, which is the origin; the shorter way round, so that an area may lie across the 180th meridian. */
function pointFrom(origin: Position, { latitude, longitude }: Position): Point {
  const east = ((longitude - origin.longitude + 540) % 360) - 180;
  return {
    x: earthRadius * radians(east) * Math.cos(radians(origin.latitude)),
    y: earthRadius * radians(latitude - origin.latitude),
  };
}

function metersFromPolygon(corners: readonly Position[], position: Position): number {
  const points = corners.map((corner) => pointFrom(position, corner));
  let inside = false;
  let nearest = Infinity;
  for (const [index, b] of points.entries()) {
    const a = points.at(index - 1) ?? b;
    if (a.y > 0 !== b.y > 0 && a.x - (a.y * (b.x - a.x)) / (b.y - a.y) > 0) inside = !inside;
    nearest = Math.min(nearest, metersFromEdge(a, b));
  }
  return inside ? -nearest : nearest;
}

/** From the origin to the nearest point of an edge. */
function metersFromEdge(a: Point, b: Point): number {
  const [x, y] = [b.x - a.x, b.y - a.y];
  const length = x * x + y * y;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, -(a.x * x + a.y * y) / length));
  return Math.hypot(a.x + along * x, a.y + along * y);
}
