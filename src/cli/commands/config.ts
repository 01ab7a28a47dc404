// Which settings are in force, and is a file of settings right?
import type { Command } from 'commander';
import { stringify } from 'yaml';
import {
  DEFAULT_CONFIG_FILE,
  loadConfig,
  PROFILES_FOLDER,
  riskLevelsIn,
  tryLoadConfig,
  type LoadedConfig,
} from '../../config/load-config.ts';
import { PerpilotError, type Problem } from '../../domain/errors.ts';
import { addConfigOptions, addRiskLevelOption, configRequestOf, type ConfigOptions } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

interface ShowOptions extends ConfigOptions {
  readonly json: boolean;
}

export function registerConfig(program: Command, context: CliContext): void {
  const config = program.command('config').description('show and check settings');
  addRiskLevelOption(addConfigOptions(config.command('show')))
    .description('print the settings in force, and where those come from that are not the shipped defaults')
    .option('--json', 'one JSON object: hash and settings', false)
    .addHelpText('after', examples('config show --risk-level aggressive', 'config show --set risk.max_leverage=2 --json'))
    .action((options: ShowOptions) => {
      const loaded = loadConfig(configRequestOf(options));
      context.out(options.json ? shownAsJson(loaded) : shownAsYaml(loaded));
    });
  config
    .command('check')
    .description('say everything that is wrong in a file of settings, alone and under every risk level')
    .argument('<file>', 'the file, laid over the shipped defaults')
    .option('--json', 'one JSON object: valid, hash and problems', false)
    .addHelpText('after', examples('config check my.yaml'))
    .action((file: string, options: { readonly json: boolean }) => check(file, options.json, context));
}

function check(file: string, json: boolean, context: CliContext): void {
  const outcomes = [undefined, ...riskLevelsIn(PROFILES_FOLDER)].map((riskLevel) => ({
    riskLevel,
    outcome: tryLoadConfig({ file, riskLevel }),
  }));
  const problems = new Map<string, Problem>();
  for (const { riskLevel, outcome } of outcomes) {
    if (outcome.kind === 'loaded') continue;
    if (outcome.code === 'CONFIG_MISSING') throw new PerpilotError(outcome.code, outcome.problems);
    for (const problem of outcome.problems) {
      const key = `${problem.where ?? ''} ${problem.message}`;
      const under = riskLevel === undefined ? problem : { ...problem, message: `${problem.message}, under ${riskLevel}` };
      if (!problems.has(key)) problems.set(key, under);
    }
  }
  const found = [...problems.values()];
  const [alone] = outcomes;
  const hash = alone.outcome.kind === 'loaded' ? alone.outcome.loaded.hash : undefined;
  if (json) context.out(JSON.stringify({ file, valid: found.length === 0, hash, problems: found }));
  else if (found.length === 0) context.out(`${file} is valid (hash ${hash ?? 'unknown'})`);
  else for (const line of problemLines(file, found)) context.out(line);
  if (found.length > 0) context.finish(EXIT.NEGATIVE);
}

function problemLines(file: string, problems: readonly Problem[]): string[] {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  const lines = problems.flatMap(({ message, where, hint }) => [
    `  ${where === undefined ? '' : `${where}: `}${message}`,
    ...(hint === undefined ? [] : [`      ${hint}`]),
  ]);
  return [`${file} has ${count}:`, ...lines];
}

function shownAsJson({ hash, resolved }: LoadedConfig): string {
  return JSON.stringify({ hash, config: resolved }, null, 2);
}

function shownAsYaml({ hash, resolved, origins }: LoadedConfig): string {
  const changed = [...origins].filter(([, where]) => !isShipped(where));
  const notes = changed.map(([name, where]) => `# ${name}: from ${where}`);
  return [`# hash ${hash}`, ...notes, stringify(resolved, { flowCollectionPadding: true }).trimEnd()].join('\n');
}
