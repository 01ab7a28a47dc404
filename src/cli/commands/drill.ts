// Would we get through it? `perpilot drill NAME`: an incident on an exchange on this machine, with a real bot, step by step.
import { Argument, Option, type Command } from 'commander';
import { examples } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import type { DrillName } from '../drills/drills.ts';
import { EXIT } from '../exit-codes.ts';

const NAMES: readonly DrillName[] = ['kill', 'restore', 'key-rotation', 'outage'];

interface DrillOptions {
  readonly exchange: 'bybit' | 'binance';
  readonly state?: string;
  readonly json: boolean;
}

export function registerDrill(program: Command, context: CliContext): void {
  program
    .command('drill')
    .description('go through an incident with a real bot on an exchange on this machine; no key, no network, no data')
    .addArgument(new Argument('<name>', 'which incident').choices(NAMES))
    .addOption(new Option('--exchange <venue>', 'whose protocol').choices(['bybit', 'binance']).default('bybit'))
    .option('--state <dir>', 'folder of a bot that remembers it: perpilot readiness takes it for seven days')
    .option('--json', 'one JSON object', false)
    .addHelpText('after', examples('drill kill', 'drill restore --json', 'drill outage --exchange binance'))
    .action((name: DrillName, options: DrillOptions) => drill(name, options, context));
}

async function drill(name: DrillName, { exchange, state, json }: DrillOptions, context: CliContext): Promise<void> {
  const { DRILLS, runDrill } = await import('../drills/drills.ts');
  if (!json) context.out(`drill ${name}: ${DRILLS[name]}`);
  const report = await runDrill(name, exchange, ({ step, passed, says, tookMs }) => {
    if (!json) context.out(`${passed ? 'passed' : 'FAILED'}  ${step}: ${says} (${(tookMs / 1_000).toFixed(1)} s)`);
  });
  if (state !== undefined) {
    const { keepDrill } = await import('../drills/drill-record.ts');
    await keepDrill(state, exchange, report);
  }
  if (json) context.out(JSON.stringify(report));
  else context.out(report.passed ? `drill ${name}: passed` : `drill ${name}: FAILED`);
  context.finish(report.passed ? EXIT.OK : EXIT.NEGATIVE);
}
