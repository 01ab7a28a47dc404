// Does anything that perpilot decides by know the future? `perpilot research lookahead`.
import type { Command } from 'commander';
import { DAY_MS } from '../../domain/time.ts';
import { checkAccountLookAhead } from '../../research/account-look-ahead.ts';
import { checkLookAhead, type LookAheadReport } from '../../research/look-ahead-check.ts';
import type { SymbolMarket } from '../../research/market.ts';
import { shippedPreparation } from '../../research/prepare-market.ts';
import type { VariantSettings } from '../../research/settings.ts';
import { examples } from '../arguments.ts';
import { addCheck, prepareCheck, refuseShortMarkets, type CheckOptions, type CheckRequest } from '../check-request.ts';
import { composePortfolio } from '../compose-portfolio.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { leaks, lookAheadJson, lookAheadLines } from '../look-ahead-answer.ts';
import { createProgress, durationText } from '../progress.ts';
import { runCheck } from '../run-check.ts';

interface LookAheadOptions extends CheckOptions {
  readonly cuts: string;
  readonly portfolio: boolean;
}

const DEFAULT_CUTS = '200';
const MOST_CUTS = 100_000;

/** Adds the command below `research`. */
export function registerLookahead(research: Command, context: CliContext): void {
  addCheck(research, 'lookahead')
    .description('cut the future off at random candles and say what changes before the cut: nothing may')
    .option('--cuts <number>', 'random cuts for every symbol', DEFAULT_CUTS)
    .option(
      '--portfolio',
      'also one account over all symbols, with each allocation: so many cuts for the three together',
      false,
    )
    .addHelpText(
      'after',
      examples(
        'research lookahead --data ./data --symbols BTCUSDT ETHUSDT',
        'research lookahead --embedded --cuts 50 --set regime.sensitivity=strict',
        'research lookahead --data ./data --symbols all --portfolio',
      ),
    )
    .action((options: LookAheadOptions) => lookAhead(options, context));
}

/** The accounts that select, one for each allocation. */
function accountsOf({ settings, resolved }: CheckRequest): VariantSettings[] {
  return composePortfolio([{ settings, resolved }], settings.variant)
    .map((composed) => composed.settings)
    .filter(({ portfolio }) => portfolio?.crossSectional.enabled === true);
}

async function lookAhead(options: LookAheadOptions, context: CliContext): Promise<void> {
  const startedAt = performance.now();
  const { signal } = context.interrupt;
  const request = await prepareCheck(options, {
    count: { name: '--cuts', text: options.cuts, most: MOST_CUTS },
    signal,
  });
  const { markets, settings, config, seed, count, synthetic } = request;
  const prepare = shippedPreparation(settings, config.data);
  // Half of the candles are for training, the other half must be long enough to decide in.
  refuseShortMarkets(markets, 2 * prepare(markets[0]).strategy.warmupBars + 2);
  const accounts = options.portfolio ? accountsOf(request) : [];
  const cutsOfAccount = Math.ceil(count / Math.max(1, accounts.length));
  const total = count * markets.length + cutsOfAccount * accounts.length;
  const progress = createProgress({ stream: context.stderr, label: 'look-ahead', total });
  const trainBarsOf = ({ series: { length, intervalMs } }: SymbolMarket): number =>
    Math.floor(Math.min(length / 2, (config.walkForward.trainDays * DAY_MS) / intervalMs));
  const reports: LookAheadReport[] = [];
  try {
    for (const market of markets) {
      const task = { market, settings, prepare, trainBars: trainBarsOf(market), cuts: count, seed: String(seed) };
      const onPiece = (): void => progress.advance(1, market.symbol);
      reports.push(await runCheck(checkLookAhead(task), { onPiece, signal }));
    }
    for (const own of accounts) {
      const name = own.variant;
      const task = { name, markets, settings: own, prepare, trainBarsOf, cuts: cutsOfAccount, seed: String(seed) };
      const onPiece = (): void => progress.advance(1, name);
      reports.push(await runCheck(checkAccountLookAhead(task), { onPiece, signal }));
    }
  } finally {
    progress.done();
  }
  const { riskLevel, regime } = settings;
  const answer = { reports, riskLevel, regimeSensitivity: regime.sensitivity, seed, synthetic };
  if (options.json) context.out(lookAheadJson(answer));
  else for (const line of lookAheadLines(answer, durationText(performance.now() - startedAt))) context.out(line);
  context.finish(leaks(answer) ? EXIT.NEGATIVE : EXIT.OK);
}
