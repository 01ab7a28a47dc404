// Does the venue still do what the bot relies on? `perpilot canary`: each kind of order once, without the bot and never with real money.
import { Option, type Command } from 'commander';
import { examples } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { CanaryOptions } from '../run-canary.ts';
import { positiveNumber } from '../simulator-options.ts';
import { localUrl } from '../venue-options.ts';

interface Options extends Omit<CanaryOptions, 'patienceSeconds'> {
  readonly patience: number;
  readonly json: boolean;
}

const PATIENCE_SECONDS = 300;

export function registerCanary(program: Command, context: CliContext): void {
  program
    .command('canary')
    .description('try each kind of order once at the smallest size on testnet or demo, and end flat; needs no bot')
    .addOption(new Option('--exchange <venue>', 'where the account is').choices(['bybit', 'binance']).default('bybit'))
    .addOption(
      new Option('--mode <name>', 'keys come from PERPILOT_<NAME>_KEY and PERPILOT_<NAME>_SECRET')
        .choices(['testnet', 'demo'])
        .default('testnet'),
    )
    .option('-s, --symbol <name>', 'in which nothing is held or ordered, or nothing is done', 'BTCUSDT')
    .option(
      '--patience <seconds>',
      'how long the market has to reach a stop or target beside it',
      positiveNumber,
      PATIENCE_SECONDS,
    )
    .option('--base-url <url>', 'a local exchange instead, such as http://127.0.0.1:8200', localUrl)
    .option('--json', 'one JSON object', false)
    .addHelpText('after', examples('canary --mode testnet', 'canary --exchange binance --mode demo --symbol ETHUSDT'))
    .action((options: Options) => canary(options, context));
}

async function canary({ patience, json, ...options }: Options, context: CliContext): Promise<void> {
  const { canaryOnce } = await import('../run-canary.ts');
  const report = await canaryOnce({ ...options, patienceSeconds: patience }, context);
  if (json) context.out(JSON.stringify(report));
  else {
    const width = Math.max(...report.rows.map(({ step }) => step.length));
    for (const { step, passed, code, text, tookMs } of report.rows) {
      const words = code === undefined ? text : `${code}: ${text}`;
      context.out(`${passed ? 'passed' : 'FAILED'}  ${step.padEnd(width)}  ${tookMs} ms  ${words}`);
    }
    context.out(report.passed ? `${report.symbol}: passed` : `${report.symbol}: FAILED at "${report.failedStep}"`);
  }
  context.finish(report.passed ? EXIT.OK : EXIT.NEGATIVE);
}
