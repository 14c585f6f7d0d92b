// The outlines of countries with the places of a device: drawn here, from a file of ours. No tile, no foreign request.
import { SegmentedControl, Stack } from '@mantine/core';
import type { LocationPlaces } from '@gatehouse/contracts/admin/commands.ts';
import { geoCircle, geoMercator, geoNaturalEarth1, geoPath } from 'd3-geo';
import { useMemo, useState } from 'react';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import world from 'world-atlas/countries-110m.json' with { type: 'json' };
import classes from '../device.module.css';
import { degreesOf } from './coordinates.ts';
import { locationTexts } from './texts.ts';

const width = 900;
const height = 440;
const topology = world as unknown as Topology<{ countries: GeometryCollection }>;
const countries = feature(topology, topology.objects.countries);

type Place = LocationPlaces['places'][number];

export default function WorldMap({ places }: { places: readonly Place[] }) {
  const t = locationTexts.use();
  const [scale, setScale] = useState<'region' | 'world'>('region');
  const [newest] = places;
  const path = useMemo(() => {
    const projection =
      scale === 'world' || newest === undefined
        ? geoNaturalEarth1().fitSize([width, height], { type: 'Sphere' })
        : geoMercator()
            .center([newest.longitude, Math.max(-78, Math.min(78, newest.latitude))])
            .scale(1_800)
            .translate([width / 2, height / 2])
            .clipExtent([
              [0, 0],
              [width, height],
            ]);
    return { draw: geoPath(projection), point: projection };
  }, [scale, newest]);
  return (
    <Stack gap="xs" align="flex-start">
      <SegmentedControl
        aria-label={t('mapScale')}
        size="xs"
        value={scale}
        onChange={(value) => setScale(value as 'region' | 'world')}
        data={[
          { value: 'region', label: t('mapRegion') },
          { value: 'world', label: t('mapWorld') },
        ]}
      />
      <svg viewBox={`0 0 ${width} ${height}`} className={classes.map} role="img" aria-label={t('map')}>
        <path d={path.draw(countries) ?? ''} className={classes.land} />
        {places.toReversed().map((place) => {
          const at = path.point([place.longitude, place.latitude]);
          if (at === null) return null;
          const circle =
            place.accuracyMeters === null
              ? null
              : geoCircle()
                  .center([place.longitude, place.latitude])
                  .radius(Math.min(90, degreesOf(place.accuracyMeters)))();
          return (
            <g key={`${place.observedAt} ${place.source}`}>
              {circle !== null && place === newest && (
                <path d={path.draw(circle) ?? ''} className={classes.circle} />
              )}
              <circle
                cx={at[0]}
                cy={at[1]}
                r={place === newest ? 6 : 4}
                className={place === newest ? classes.point : classes.older}
              />
            </g>
          );
        })}
      </svg>
    </Stack>
  );
}
