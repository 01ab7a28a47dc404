// Which settings are in force, and is a file of settings right?
import type { Command } from 'commander';
import { Document, visit } from 'yaml';
import {
  loadConfig,
  PROFILES_FOLDER,
  riskLevelsIn,
  tryLoadConfig,
  type LoadedConfig,
} from '../../config/load-config.ts';
import { PerpilotError, type Problem } from '../../domain/errors.ts';
import { addConfigOptions, addRiskLevelOption, configRequestOf, examples, type ConfigOptions } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { problemLines } from '../print-error.ts';

interface ShowOptions extends ConfigOptions {
  readonly json: boolean;
}

export function registerConfig(program: Command, context: CliContext): void {
  const config = program.command('config').description('show and check settings');
  addRiskLevelOption(addConfigOptions(config.command('show')))
    .description('print the settings in force, and where those come from that are not the shipped defaults')
    .option('--json', 'one JSON object: hash and settings', false)
    .addHelpText(
      'after',
      examples('config show --risk-level aggressive', 'config show --set risk.max_leverage=2 --json'),
    )
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
      const under =
        riskLevel === undefined ? problem : { ...problem, message: `${problem.message}, under ${riskLevel}` };
      if (!problems.has(key)) problems.set(key, under);
    }
  }
  const found = [...problems.values()];
  const [alone] = outcomes;
  const hash = alone.outcome.kind === 'loaded' ? alone.outcome.loaded.hash : undefined;
  if (json) context.out(JSON.stringify({ file, valid: found.length === 0, hash, problems: found }));
  else if (found.length === 0) context.out(`${file} is valid (hash ${hash ?? 'unknown'})`);
  else for (const line of [countLine(file, found.length), ...problemLines(found)]) context.out(line);
  if (found.length > 0) context.finish(EXIT.NEGATIVE);
}

function countLine(file: string, count: number): string {
  return `${file} has ${count === 1 ? 'one problem' : `${count} problems`}:`;
}

function shownAsJson({ hash, resolved }: LoadedConfig): string {
  return JSON.stringify({ hash, config: resolved }, null, 2);
}

function shownAsYaml({ hash, resolved, origins }: LoadedConfig): string {
  const notes = [...origins].map(([name, where]) => `# ${name}: from ${where}`);
  const document = new Document(resolved);
  visit(document, {
    Seq(_, list) {
      list.flow = true;
    },
  });
  return [`# hash ${hash}`, ...notes, document.toString({ flowCollectionPadding: false }).trimEnd()].join('\n');
}
