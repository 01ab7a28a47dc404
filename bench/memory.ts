// Does a long-lived process keep its memory? What is held after the 5th and after the 100th suite in one process.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { contextOf, inputOf, marketOf, variantsOf, type SmallRun } from '../test/scenarios/research/small-research.ts';
import { createInlineRunner } from '../test/scenarios/inline-runner.ts';
import { runSuite } from '../src/research/suite.ts';
import { createRandomWalk } from '../src/simulation/embedded-market/null-markets.ts';
import type { BenchRow } from './bench-row.ts';

const EARLY = 5;
const LATE = 100;
const MOST_GROWTH = 1.1;

export async function run(): Promise<BenchRow[]> {
  const walk = createRandomWalk({ symbol: 'WALKUSDT', seed: 'memory', bars: 100 * 24 });
  const small: SmallRun = { markets: [marketOf(walk.candles, walk.funding)], variants: variantsOf(['moderate']) };
  const collect = collector();
  let early = NaN;
  let late = NaN;
  for (let count = 1; count <= LATE; count += 1) {
    await runSuite(inputOf(small), createInlineRunner(contextOf(small), { cloned: true }), () => undefined);
    if (count === EARLY) early = heldBytes(collect);
    if (count === LATE) late = heldBytes(collect);
  }
  const name = `memory held after suite ${LATE} over that after suite ${EARLY}`;
  return [
    {
      name,
      median: late / early,
      unit: '×',
      limit: MOST_GROWTH,
      note: `${megabytes(early)} and ${megabytes(late)} MB`,
    },
  ];
}

/** Live memory, garbage taken out: heap and the buffers beside it. */
function heldBytes(collect: () => void): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

if (import.meta.main) for (const row of await run()) console.log(row);
