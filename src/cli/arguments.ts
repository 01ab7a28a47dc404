// Which options do several commands share, and how are their values read?
import { InvalidArgumentError, type Command } from 'commander';
import type { ConfigRequest } from '../config/load-config.ts';

/** What `addConfigOptions` puts into the options of a command. */
export interface ConfigOptions {
  readonly config?: string;
  readonly riskLevel?: string;
  readonly set?: readonly string[];
}

/** Adds --config and --set, which say what is laid over the shipped defaults. */
export function addConfigOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'settings laid over the shipped defaults; the file may hold some of them only')
    .option('-s, --set <key=value>', 'one setting, laid over everything else; may be given again', collect);
}

/** Adds --risk-level as well, for commands that run with one. */
export function addRiskLevelOption(command: Command): Command {
  return command.option(
    '-r, --risk-level <level>',
    'profile laid over the settings: conservative, moderate, aggressive',
  );
}

/** The request that the options make. */
export function configRequestOf(options: ConfigOptions): ConfigRequest {
  return { file: options.config, riskLevel: options.riskLevel, overrides: options.set };
}

/** For an option that may be given again: all its values. */
export function collect(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}

/** `BTCUSDT,ETHUSDT` as a list; blanks around the commas do not count. */
export function commaList(text: string): readonly string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.includes('')) throw new InvalidArgumentError('Write names with commas between them: A,B,C.');
  const twice = entries.find((entry, index) => entries.indexOf(entry) !== index);
  if (twice !== undefined) throw new InvalidArgumentError(`${twice} is named twice.`);
  return entries;
}

/** `2024-03-01` or `2024-03-01T09:00`, with a blank instead of the T, seconds, and a Z, if wanted: always UTC. */
export function utcTime(text: string): number {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?Z?$/.exec(text.trim());
  const time = parts === null ? NaN : Date.parse(`${parts[1]}T${parts[2] ?? '00:00'}Z`);
  // A day that a month does not have moves on into the next one.
  if (parts === null || Number.isNaN(time) || !new Date(time).toISOString().startsWith(parts[1])) {
    throw new InvalidArgumentError('Write a time in UTC: 2024-03-01 or 2024-03-01T09:00.');
  }
  return time;
}

/** Help text of example calls, without the name of the program. */
export function examples(...calls: readonly string[]): string {
  return ['', 'Examples:', ...calls.map((call) => `  $ perpilot ${call}`)].join('\n');
}
