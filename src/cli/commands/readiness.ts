// May real money be traded? `perpilot readiness`: the checklist executed, the rest signed by name; live mode demands its report.
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { addConfigOptions, addRiskLevelOption, configRequestOf, examples, type ConfigOptions } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { ReadinessOptions } from '../run-readiness.ts';
import { localUrl } from '../venue-options.ts';

interface RunOptions extends ReadinessOptions {
  readonly json: boolean;
}

interface SignOptions extends ConfigOptions {
  readonly by: string;
  readonly note: string;
  readonly state?: string;
}

export function registerReadiness(program: Command, context: CliContext): void {
  const readiness = program
    .command('readiness')
    .description('say whether real money may be traded: docs/PRODUCTION_READINESS_CHECKLIST.md, executed and signed');
  addRiskLevelOption(addConfigOptions(readiness.command('check', { isDefault: true })))
    .description('execute every item, and write the report that live mode demands; exit code 1: it does not pass')
    .option('--state <dir>', 'folder of the bot that is to trade (default: below live.state_folder)')
    .option('--validation <dir>', 'folder of the bot on testnet or demo (default: that of testnet)')
    .option('--symbols <names...>', 'symbols, with blanks or commas between them (default: section discovery)')
    .option('--base-url <url>', 'an exchange on this machine, such as http://127.0.0.1:8200', localUrl)
    .option('--json', 'one JSON object', false)
    .addHelpText('after', examples('readiness --config my.yaml --risk-level conservative', 'readiness --json'))
    .action((options: RunOptions) => check(options, context));
  readiness
    .command('items')
    .description('list every item, and whether a machine judges it or a person signs')
    .option('--json', 'one JSON object', false)
    .action(({ json }: { readonly json: boolean }) => list(json, context));
  addConfigOptions(readiness.command('sign'))
    .description('put a name to an item that no machine can know; it holds for 90 days')
    .argument('<item>', 'such as runbook; readiness items lists them')
    .requiredOption('--by <name>', 'who signs')
    .option('--note <text>', 'what was seen', '')
    .option('--state <dir>', 'folder of the bot that is to trade (default: below live.state_folder)')
    .addHelpText('after', examples('readiness sign runbook --by "Ada Lovelace" --note "drills done on Monday"'))
    .action((item: string, options: SignOptions) => signItem(item, options, context));
}

async function check(options: RunOptions, context: CliContext): Promise<void> {
  const { makeReadiness } = await import('../run-readiness.ts');
  const { report, lines, file } = await makeReadiness(options, context, (text) => {
    if (!options.json) context.stderr.write(`${text}\n`);
  });
  if (options.json) context.out(JSON.stringify({ ...report, file, lines }));
  else {
    const width = Math.max(...lines.map(({ id }) => id.length));
    for (const { id, result, says } of lines) context.out(`${result.padEnd(6)}  ${id.padEnd(width)}  ${says}`);
    context.out(`readiness ${report.result}: ${file}`);
  }
  context.finish(report.result === 'passed' ? EXIT.OK : EXIT.NEGATIVE);
}

async function list(json: boolean, context: CliContext): Promise<void> {
  const { READINESS_ITEMS } = await import('../readiness/items.ts');
  const rows = READINESS_ITEMS.map(({ id, section, what, judge }) => ({
    id,
    section,
    what,
    by: judge === undefined ? 'person' : 'machine',
  }));
  if (json) context.out(JSON.stringify({ items: rows }));
  else
    for (const { id, section, what, by } of rows)
      context.out(`${section.padEnd(14)}  ${id.padEnd(18)}  ${by.padEnd(7)}  ${what}`);
  context.finish(EXIT.OK);
}

async function signItem(item: string, options: SignOptions, context: CliContext): Promise<void> {
  const { sign } = await import('../readiness/signatures.ts');
  const { exchange, instance, stateFolder } = loadConfig(configRequestOf(options)).config.live;
  const folder = options.state ?? join(stateFolder, `live-${exchange}-${instance}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const on = new Date().toISOString().slice(0, 10);
  await sign(folder, { item, by: options.by, on, note: options.note });
  context.out(`${item}: signed by ${options.by} on ${on}`);
  context.finish(EXIT.OK);
}
