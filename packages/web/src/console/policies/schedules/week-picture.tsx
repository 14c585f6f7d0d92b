// A week of reports, a line for each day. The sentence above it says the same; the picture shows how dense it is.
import { Stack, Text, Title } from '@mantine/core';
import { formatDuration } from '../../../language/format.ts';
import { currentLanguage } from '../../../language/texts.ts';
import css from '../editor/editor.module.css';
import { scheduleTexts } from './texts.ts';
import { type Pace, reportsByDay, summarizeWeek, wrongFields } from './week.ts';

const minute = 60_000;
const day = { width: 640, left: 40, height: 18 } as const;

export function WeekPicture({ pace }: { pace: Pace }) {
  const t = scheduleTexts.use();
  if (wrongFields(pace).length > 0) return null;
  const { reports, reachedWithin, triesFor } = summarizeWeek(pace);
  const days = reportsByDay(pace.checkInMinutes);
  const names = weekdays();
  const x = (at: number) => day.left + (at / 1_440) * (day.width - day.left);
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {t('week')}
      </Title>
      <Text size="sm">
        {t('weekText', {
          count: reports,
          within: formatDuration(reachedWithin * minute),
          tries: formatDuration(triesFor * minute),
        })}
      </Text>
      <svg
        className={css.week}
        viewBox={`0 0 ${day.width} ${7 * day.height + 16}`}
        role="img"
        aria-label={t('week')}
      >
        {days.map((ticks, index) => (
          <g key={names[index]}>
            <title>{t('perDay', { day: names[index] ?? '', count: ticks.length })}</title>
            <text x={0} y={index * day.height + 13} className={css.weekText}>
              {names[index]}
            </text>
            <line
              x1={day.left}
              x2={day.width}
              y1={index * day.height + 9}
              y2={index * day.height + 9}
              className={css.weekLine}
            />
            {ticks.map((at) => (
              <rect
                key={at}
                x={x(at)}
                y={index * day.height + 4}
                width={1.5}
                height={10}
                className={css.weekTick}
              />
            ))}
          </g>
        ))}
        {[0, 6, 12, 18].map((hour) => (
          <text key={hour} x={x(hour * 60)} y={7 * day.height + 12} className={css.weekText}>
            {`${String(hour).padStart(2, '0')}:00`}
          </text>
        ))}
      </svg>
    </Stack>
  );
}

/** Monday first; the fifth of January 1970 was one. */
function weekdays(): readonly string[] {
  const format = new Intl.DateTimeFormat(currentLanguage(), { weekday: 'short', timeZone: 'UTC' });
  return Array.from({ length: 7 }, (_each, index) => format.format(new Date(Date.UTC(1970, 0, 5 + index))));
}
