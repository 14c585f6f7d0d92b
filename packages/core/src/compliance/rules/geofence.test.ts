import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Area, Demands, Position } from '../demands.ts';
import { assignedRule, follow, hour, minute, noon } from '../device-arbitrary.ts';
import { distance, metersFromBorder } from '../geometry.ts';
import { render } from '../wording/render.ts';

const zurich: Position = { latitude: 47.3769, longitude: 8.5417 };
const circle: Area = { shape: 'circle', name: 'the site', center: zurich, radiusMeters: 1_000 };
/** So many metres north of the centre. */
const north = (meters: number): Position => ({ ...zurich, latitude: zurich.latitude + meters / 111_195.08 });

const fence = (change: Partial<Demands['geofence']> = {}) =>
  assignedRule('geofence', {
    areas: [circle],
    must: 'inside',
    hysteresisMeters: 100,
    dwellMinutes: 10,
    ...change,
  });
const at = ({ latitude, longitude }: Position, accuracy = 0, ageMs = 0) => ({
  values: {
    'location.latitude': latitude,
    'location.longitude': longitude,
    'location.accuracy-meters': accuracy,
  },
  ageMs,
});

describe('CMP-18 geofence', () => {
  test('leaving breaks the rule when it has lasted, and returning mends it at once', () => {
    const step = follow(fence());
    assert.equal(step(at(north(0)), 0).status, 'compliant');
    const left = step(at(north(1_500)), 1);
    assert.equal(left.status, 'compliant');
    assert.match(render(left.says), /outside the site, and not yet for 10 minutes/);
    assert.equal(left.changesAt, noon + 11 * minute);
    assert.equal(step(at(north(1_500)), 10).status, 'compliant');
    const broken = step(at(north(1_500)), 11);
    assert.equal(broken.status, 'not-compliant');
    assert.equal(render(broken.says), 'The device is outside the site.');
    assert.equal(render(broken.mends), 'Return to the site.');
    assert.equal(step(at(north(500)), 12).status, 'compliant');
    assert.equal(step(at(north(1_500)), 13).changesAt, noon + 23 * minute, 'the dwell time starts anew');
  });

  test('a border is crossed only by more than the hysteresis and the doubt about the position', () => {
    const step = follow(fence({ dwellMinutes: 0 }));
    assert.equal(step(at(north(990)), 0).status, 'compliant');
    assert.equal(step(at(north(1_099)), 1).status, 'compliant', 'within the hysteresis it is where it was');
    assert.equal(step(at(north(1_140), 50), 2).status, 'compliant', 'it may be 50 m nearer');
    assert.equal(step(at(north(1_160), 50), 3).status, 'not-compliant');
    assert.equal(step(at(north(910)), 4).status, 'not-compliant', 'on the way back likewise');
    assert.equal(step(at(north(890)), 5).status, 'compliant');
  });

  test('outside is demanded likewise, of several areas together', () => {
    const polygon: Area = {
      shape: 'polygon',
      name: 'the yard',
      corners: [
        { latitude: 48, longitude: 9 },
        { latitude: 48.01, longitude: 9 },
        { latitude: 48.01, longitude: 9.01 },
        { latitude: 48, longitude: 9.01 },
      ],
    };
    const rule = fence({ must: 'outside', areas: [circle, polygon], dwellMinutes: 0 });
    assert.equal(follow(rule)(at(north(3_000)), 0).status, 'compliant');
    const inside = follow(rule)(at({ latitude: 48.005, longitude: 9.005 }), 0);
    assert.equal(inside.status, 'not-compliant');
    assert.equal(render(inside.mends), 'Leave the site or the yard.');
  });

  test('an unknown position is unknown; an old one on the wrong side still breaks the rule', () => {
    assert.equal(follow(fence())({}, 0).status, 'unknown');
    assert.equal(
      follow(fence())(at(north(1_020), 100), 0).status,
      'unknown',
      'at the border, and never seen before',
    );
    assert.equal(follow(fence())(at(north(0), 0, 72 * hour), 0).status, 'unknown');
    assert.equal(
      follow(fence({ dwellMinutes: 0 }))(at(north(5_000), 0, 72 * hour), 0).status,
      'not-compliant',
    );
    const lenient = { ...fence(), whenUnknown: 'compliant' } as const;
    assert.equal(follow(lenient)({}, 0).status, 'compliant');
    assert.equal(follow({ ...fence(), whenUnknown: 'not-compliant' })({}, 0).status, 'not-compliant');
  });

  test('DLP-06 the verdict tells the side and never the place', () => {
    const verdict = JSON.stringify(follow(fence())(at(north(1_500)), 0));
    assert.ok(!/47\.3|8\.54/.test(verdict), verdict);
  });
});

test('circles and polygons agree on which side a position is, also across the 180th meridian', () => {
  const center = fc.record({
    latitude: fc.double({ min: -70, max: 70, noNaN: true }),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
  });
  fc.assert(
    fc.property(
      center,
      fc.double({ min: -0.4, max: 0.4, noNaN: true }),
      fc.double({ min: -0.4, max: 0.4, noNaN: true }),
      (middle, dy, dx) => {
        const wrapped = (longitude: number) => ((longitude + 540) % 360) - 180;
        const corner = (y: number, x: number): Position => ({
          latitude: middle.latitude + y,
          longitude: wrapped(middle.longitude + x),
        });
        const square: Area = {
          shape: 'polygon',
          name: 'square',
          corners: [corner(-0.2, -0.2), corner(-0.2, 0.2), corner(0.2, 0.2), corner(0.2, -0.2)],
        };
        const position = corner(dy, dx);
        const nearBorder = Math.min(Math.abs(Math.abs(dx) - 0.2), Math.abs(Math.abs(dy) - 0.2)) < 1e-6;
        if (nearBorder) return;
        assert.equal(metersFromBorder(square, position) < 0, Math.abs(dx) < 0.2 && Math.abs(dy) < 0.2);
        const round: Area = { shape: 'circle', name: 'round', center: middle, radiusMeters: 10_000 };
        assert.ok(Math.abs(metersFromBorder(round, position) - (distance(middle, position) - 10_000)) < 1e-6);
      },
    ),
  );
});

test('distances are those of the earth', () => {
  const bern: Position = { latitude: 46.948, longitude: 7.4474 };
  assert.ok(Math.abs(distance(zurich, bern) - 95_490) < 500, String(distance(zurich, bern)));
  assert.ok(distance({ latitude: 0, longitude: 179.9 }, { latitude: 0, longitude: -179.9 }) < 22_300);
});
