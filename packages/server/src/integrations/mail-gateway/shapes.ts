// The same device asks the same again and again, in the same words: a request line with its headers is read once, and remembered under a
// keyed hash of all that was read, credentials included, while it comes again. The credentials themselves are not.
import type { Shape } from './visit.ts';

export const shapeLimits = { lifeMs: 60_000 };
const most = 50_000;

export interface Shapes {
  find(key: string, now: number): Shape | undefined;
  remember(key: string, shape: Omit<Shape, 'until'>): Shape;
}

export function createShapes(): Shapes {
  const shapes = new Map<string, Shape>();
  return {
    find(key, now) {
      const shape = shapes.get(key);
      if (shape === undefined || now < shape.until) return shape;
      shapes.delete(key);
      return undefined;
    },
    remember(key, given) {
      const shape: Shape = { ...given, until: performance.now() + shapeLimits.lifeMs };
      if (shapes.size >= most) {
        let count = 0;
        for (const oldest of shapes.keys()) {
          shapes.delete(oldest);
          if ((count += 1) > most / 100) break;
        }
      }
      shapes.set(key, shape);
      return shape;
    },
  };
}
