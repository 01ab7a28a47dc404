// How many candles does each value need before it can be trusted? `perpilot research warmup`.
import type { Command } from 'commander';
import { shippedPreparation } from '../../research/prepare-market.ts';
import { declaredWarmUps, longestNeeds, measureWarmUp, tooShort, type WarmUpNeed } from '../../research/warm-up.ts';
import { examples } from '../arguments.ts';
import { addCheck, prepareCheck, refuseShortMarkets, type CheckOptions } from '../check-request.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { createProgress, durationText } from '../progress.ts';
import { runCheck } from '../run-check.ts';
import { warmUpJson, warmUpLines } from '../warm-up-answer.ts';

interface WarmUpOptions extends CheckOptions {
  readonly starts: string;
}

const DEFAULT_STARTS = '40';
const MOST_STARTS = 10_000;

/** Adds the command below `research`. */
export function registerWarmup(research: Command, context: CliContext): void {
  addCheck(research, 'warmup')
    .description('measure how many candles each feature, signal and regime needs, beside what is declared')
    .option('--starts <number>', 'random later starts for every symbol', DEFAULT_STARTS)
    .addHelpText(
      'after',
      examples('research warmup --data ./data --symbols BTCUSDT', 'research warmup --embedded --json'),
    )
    .action((options: WarmUpOptions) => warmUp(options, context));
}

async function warmUp(options: WarmUpOptions, context: CliContext): Promise<void> {
  const startedAt = performance.now();
  const { signal } = context.interrupt;
  const request = await prepareCheck(options, {
    count: { name: '--starts', text: options.starts, most: MOST_STARTS },
    signal,
  });
  const { markets, settings, config, seed, count, synthetic } = request;
  const prepare = shippedPreparation(settings, config.data);
  // A quarter lies before the first late start, and a quarter after the last.
  refuseShortMarkets(markets, 4 * prepare(markets[0]).strategy.warmupBars);
  const progress = createProgress({ stream: context.stderr, label: 'warm-up', total: count * markets.length });
  const bySymbol: (readonly WarmUpNeed[])[] = [];
  try {
    for (const market of markets) {
      const declared = declaredWarmUps(settings, market.series.intervalMs);
      const task = { market, settings, prepare, declared, starts: count, seed: String(seed) };
      const onPiece = (): void => progress.advance(1, market.symbol);
      bySymbol.push(await runCheck(measureWarmUp(task), { onPiece, signal }));
    }
  } finally {
    progress.done();
  }
  const needs = longestNeeds(bySymbol);
  const symbols = markets.map(({ symbol }) => symbol);
  const answer = { needs, symbols, starts: count, riskLevel: settings.riskLevel, seed, synthetic };
  if (options.json) context.out(warmUpJson(answer));
  else for (const line of warmUpLines(answer, durationText(performance.now() - startedAt))) context.out(line);
  context.finish(tooShort(needs).length > 0 ? EXIT.NEGATIVE : EXIT.OK);
}
