// Is a run the same run on one thread, on two, and on none?
import { expect, it } from 'vitest';
import { composeAblation } from '../../../src/cli/compose-ablation.ts';
import { composePortfolio } from '../../../src/cli/compose-portfolio.ts';
import { createWorkerPool } from '../../../src/adapters/system/worker-pool.ts';
import { sliceSeries } from '../../../src/domain/candle.ts';
import type { ResearchTask, ResearchTaskResult } from '../../../src/research/jobs.ts';
import { runSuite } from '../../../src/research/suite.ts';
import { createEmbeddedMarket } from '../../../src/simulation/embedded-market/create-embedded-market.ts';
import {
  composedOf,
  contextOf,
  HEADLINE,
  inputOf,
  marketOf,
  resultOf,
  runSmall,
  type SmallRun,
} from './small-research.ts';

const embedded = createEmbeddedMarket({ seed: 4, years: 0.5 });
const markets = ['ALPHAUSDT', 'BRAVOUSDT'].map((symbol) => {
  const candles = embedded.candles(symbol);
  if (candles === undefined) throw new Error(`${symbol} is not in the embedded market`);
  return marketOf(sliceSeries(candles, 0, 105 * 24), embedded.funding(symbol));
});
const composed = composedOf(['aggressive']);
const run: SmallRun = {
  markets,
  variants: composed.map(({ settings }) => settings),
  ablations: composeAblation(composed, HEADLINE),
  portfolios: composePortfolio(composed, HEADLINE).map(({ settings }) => settings),
};

async function onThreads(threads: number): Promise<ReturnType<typeof resultOf>> {
  const module = new URL('../../../src/cli/research-worker.ts', import.meta.url);
  const pool = createWorkerPool<ResearchTask, ResearchTaskResult>({ module, threads, shared: contextOf(run) });
  try {
    return resultOf(run, await runSuite(inputOf(run), pool, () => undefined));
  } finally {
    await pool.close();
  }
}

it('one thread, two threads and none give the same trades and the same result', async () => {
  const { result } = await runSmall(run);
  expect(result.rows.reduce((sum, row) => sum + row.figures.trades, 0)).toBeGreaterThan(5);
  expect(result.rows.filter(({ portfolio }) => portfolio !== undefined)).toHaveLength(4);
  expect(result.ablation.length).toBeGreaterThan(10);
  const [one, two] = [await onThreads(1), await onThreads(2)];
  expect(one.tradeHash).toBe(result.tradeHash);
  expect(two.tradeHash).toBe(result.tradeHash);
  expect(one).toEqual(result);
  expect(two).toEqual(result);
});
