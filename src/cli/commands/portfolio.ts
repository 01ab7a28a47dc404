// Which symbols would the portfolio layer trade now, and why not the others? `perpilot portfolio rank`.
import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { isoTime } from '../../domain/iso-time.ts';
import { portfolioParamsOf } from '../../portfolio/portfolio-params.ts';
import {
  addConfigOptions,
  addRiskLevelOption,
  configRequestOf,
  examples,
  utcTime,
  type ConfigOptions,
} from '../arguments.ts';
import { openSource } from '../check-request.ts';
import { chosenSymbols } from '../chosen-symbols.ts';
import { loadMarkets } from '../compose-markets.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { rankJson, rankLines } from '../rank-answer.ts';
import { rankPortfolio } from '../rank-portfolio.ts';
import { refuseUnusableWords, wordsOf } from '../research-options.ts';

interface RankOptions extends ConfigOptions {
  readonly symbols?: readonly string[];
  readonly data?: string;
  readonly embedded: boolean;
  readonly at?: number;
  readonly json: boolean;
}

/** Adds the command with what stands below it. */
export function registerPortfolio(program: Command, context: CliContext): void {
  const portfolio = program.command('portfolio').description('look at what the portfolio layer decides');
  addRiskLevelOption(addConfigOptions(portfolio.command('rank')))
    .description('rank the universe: every component, the selection, and why each other symbol was refused')
    .option('--at <time>', 'the last close at or before this time in UTC (default: the end of what is stored)', utcTime)
    .option('--symbols <names...>', 'symbols, with blanks or commas between them (default: all that have candles)')
    .option('-d, --data <dir>', 'folder with candles/, funding/ and instruments/ (default: data.root)')
    .option('--embedded', 'the synthetic market inside the package instead of stored data', false)
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      examples('portfolio rank --data ./data', 'portfolio rank --data ./data --at 2024-03-01T00:00 --json'),
    )
    .action((options: RankOptions) => rank(options, context));
}

async function rank(options: RankOptions, context: CliContext): Promise<void> {
  if (options.embedded && options.data !== undefined) {
    const problem = { message: '--embedded and --data cannot be given together', where: '--embedded' };
    throw new PerpilotError('ARGUMENT_INVALID', [problem]);
  }
  const words = wordsOf(options.symbols) ?? ['all'];
  refuseUnusableWords('--symbols', words);
  const { config } = loadConfig(configRequestOf(options));
  const source = await openSource(options, { config, seed: config.research.seed });
  const { symbols } = await chosenSymbols(words, source, config.data.interval);
  const { signal } = context.interrupt;
  // What happens inside a candle does not matter here.
  const data = { ...config.data, finerIntervals: [] };
  const { markets, failure } = await loadMarkets({ source, symbols, data, signal });
  if (failure !== undefined) throw failure;
  const { crossSectional } = config.portfolio;
  const params = portfolioParamsOf(
    { ...config.portfolio, crossSectional: { ...crossSectional, enabled: true } },
    config,
  );
  if (params === undefined) throw new PerpilotError('INVARIANT_BROKEN', 'the portfolio layer stays off');
  const rebalance = rankPortfolio({ markets, params, at: options.at ?? Infinity });
  if (rebalance === undefined) throw tooEarly(markets.map(({ series }) => series.openTime[0] + series.intervalMs));
  const answer = { rebalance, enabled: crossSectional.enabled, synthetic: source.synthetic };
  if (options.json) context.out(rankJson(answer));
  else for (const line of rankLines(answer)) context.out(line);
  context.finish(rebalance.selected.length > 0 ? EXIT.OK : EXIT.NEGATIVE);
}

function tooEarly(firstCloses: readonly number[]): PerpilotError {
  const message = 'no candle has closed by then';
  const hint = `the first close is ${isoTime(Math.min(...firstCloses))}`;
  return new PerpilotError('ARGUMENT_INVALID', [{ message, where: '--at', hint }]);
}
