// How long does a training take with calibration, card and profile, and with how much memory? Medians of cold processes.
import type { BenchRow } from './bench-row.ts';
import { DATA, hasStoredCandles, measure, median, type Measured } from './measured-command.ts';

const RUNS = 3;

interface Training {
  readonly name: string;
  readonly stored: readonly string[];
  readonly embedded: readonly string[];
  readonly joint: boolean;
  readonly mostSeconds: number;
}

const TRAININGS: readonly Training[] = [
  { name: 'BTCUSDT, 730 days', stored: ['BTCUSDT'], embedded: ['ALPHAUSDT'], joint: false, mostSeconds: 5 },
  {
    name: 'ten symbols jointly, 730 days',
    stored: 'BTCUSDT ETHUSDT SOLUSDT BNBUSDT XRPUSDT ADAUSDT DOGEUSDT AVAXUSDT ATOMUSDT UNIUSDT'.split(' '),
    embedded: ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT', 'ECHOUSDT'],
    joint: true,
    mostSeconds: 60,
  },
];

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const training of TRAININGS) rows.push(...(await rowsOf(training)));
  return rows;
}

async function rowsOf({ name, stored, embedded, joint, mostSeconds }: Training): Promise<BenchRow[]> {
  const isStored = hasStoredCandles();
  const source = isStored ? ['--data', DATA, '--symbols', ...stored] : ['--embedded', '--symbols', ...embedded];
  const runs: Measured[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    runs.push(await measure(['train', ...source, ...(joint ? ['--joint'] : [])], '--models'));
  }
  // One core: what all threads used together is what one would need.
  const cpu = median(runs.map((each) => each.cpuSeconds));
  const wall = median(runs.map((each) => each.seconds));
  const note = `${isStored ? 'stored candles' : 'EMBEDDED market'}, one core, median of ${RUNS}; ${wall.toFixed(1)} s on the clock`;
  return [
    { name: `train, ${name}: time`, median: cpu, unit: 's', limit: mostSeconds, note },
    {
      name: `train, ${name}: peak`,
      median: median(runs.map((each) => each.peakMegabytes)),
      unit: 'MB',
      limit: 1_000,
      note,
    },
  ];
}

if (import.meta.main) for (const row of await run()) console.log(row);
