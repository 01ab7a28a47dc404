// Which settings does the section `data` have?
import { z } from 'zod';
import { INTERVAL_NAMES, parseInterval } from '../domain/time.ts';

const interval = z.enum(INTERVAL_NAMES);

export const dataSchema = z.strictObject({
  root: z
    .string()
    .min(1)
    .nullable()
    .describe('Folder that holds candles/, funding/ and instruments/; `--data DIR` wins. null: must be given there.'),
  interval: interval.describe('Length of the candles that decisions are made on.'),
  max_gap_bars: z
    .int()
    .min(0)
    .max(10_000)
    .describe('Bars. A hole longer than this splits the series: indicators start anew after it.'),
  jump_fraction: z
    .number()
    .positive()
    .max(100)
    .describe('Fraction of the price. The data check reports one-bar moves larger than this.'),
  zero_volume_run_bars: z
    .int()
    .min(1)
    .max(10_000)
    .describe('Bars. The data check reports runs without volume of at least this length.'),
  finer_intervals: z
    .array(interval)
    .meta({ uniqueItems: true })
    .describe(
      'Stored finer candles that may decide what a bar touched first, best first; those not shorter than `interval` are not read. Empty: none.',
    ),
});

type DataSection = z.output<typeof dataSchema>;

export const dataRules = [
  {
    keys: ['finer_intervals', 'interval'],
    says: 'every entry of finer_intervals that is shorter than interval must divide it',
    holds: ({ finer_intervals, interval }: DataSection) => {
      const whole = parseInterval(interval) ?? NaN;
      return finer_intervals.every((name) => {
        const part = parseInterval(name) ?? NaN;
        return part >= whole || whole % part === 0;
      });
    },
  },
];
