// What does docs/PHASE11_VALIDATION_AND_DEFAULTS.md say? What was examined, what was found, what is in force, what nobody knows.
import { isoDate } from '../domain/iso-time.ts';
import { counted, NO_MARKET, verdictLine, warningsOf } from './calibrate-answer.ts';
import { REFUSALS } from './calibrate-candidate.ts';
import { candidateTable, diffLines, keyEvidence, refusalLine, valueText, variedKeys } from './calibrate-evidence.ts';
import type { CalibrationRun, ShippedLevel } from './calibrate-run.ts';
import type { Calibration } from './calibrate.ts';
import { table } from './markdown-table.ts';
import { PLATEAU_SHARE } from './sensitivity.ts';
import { SURVIVAL_PROBABILITY } from './selection.ts';
import { EDGE_MIN_TRADES } from './verdict.ts';

export interface DocumentInput {
  readonly calibration: Calibration;
  /** The settings once everything is done. */
  readonly inForce: readonly ShippedLevel[];
  /** Whether the changes are part of `inForce`. */
  readonly isApplied: boolean;
}

/** The whole document; equal input gives equal text. */
export function calibrationDocument(input: DocumentInput): string {
  const { calibration } = input;
  const lines = [
    ...(calibration.synthetic ? [`> ${NO_MARKET}`, ''] : []),
    '# Validation and defaults',
    '',
    `**${verdictLine(calibration)}**`,
    '',
    ...examined(calibration),
    ...found(calibration),
    ...changed(input),
    ...defaults(input),
    ...LIMITS,
  ];
  return `${lines.join('\n')}\n`;
}

function examined(calibration: Calibration): string[] {
  const { runs, rows, symbols, trials } = calibration;
  return [
    '## What was examined',
    '',
    `${counted(runs.length, 'run')} with ${counted(rows, 'row')} over ${symbols.join(', ')}; ${counted(trials, 'trial')}: distinct configurations × symbols × histories.`,
    '',
    ...table(
      ['Run', 'Code', 'Seed', 'Symbols', 'Tests from', 'To', 'Rows', 'Sweep'],
      runs.map((run) => [
        `\`${run.id}\``,
        run.codeVersion,
        run.seed,
        [...new Set(run.rows.map(({ symbol }) => symbol))].join(' '),
        ...spanOf(run),
        run.rows.length,
        run.sweep?.dimensions.map(({ key, values }) => `${key}: ${values.join(' / ')}`).join('; ') ?? 'none',
      ]),
    ),
    '',
    ...warningsOf(calibration).flatMap((warning) => [`Warning: ${warning}.`, '']),
    'A configuration is robust when all of this holds, else it is refused:',
    '',
    '- it was tried on every symbol, on at least two, with the costs, account and candles in force, and no model of its runs is suspected of a leak;',
    '- the net result after costs is positive on every symbol in every run, no fold failed, and on every symbol more than half of the folds were won;',
    `- each symbol has at least ${EDGE_MIN_TRADES} trades in its longest run;`,
    `- in every sweep and for every setting the median Sharpe ratio of the adjacent values keeps at least ${PLATEAU_SHARE * 100} % of its own;`,
    `- on every symbol its Sharpe ratio beats the best of all trials without an edge with a probability above ${SURVIVAL_PROBABILITY};`,
    '- on every symbol its longest run finds it to be more than the luck of its own search;',
    '- the targets of its risk level in force are kept on every symbol.',
    '',
  ];
}

function spanOf({ rows }: CalibrationRun): [string, string] {
  if (rows.length === 0) return ['n/a', 'n/a'];
  return [isoDate(Math.min(...rows.map(({ from }) => from))), isoDate(Math.max(...rows.map(({ to }) => to)))];
}

function found({ levels }: Calibration): string[] {
  return [
    '## What was found',
    '',
    ...levels.flatMap((level) => [
      `### ${level.riskLevel}`,
      '',
      `${refusalLine(level)}.`,
      '',
      'The best configurations, by the median Sharpe ratio over the symbols; neighbours: median per swept setting:',
      '',
      ...candidateTable(level),
      '',
      ...withTitle(
        'Each value of each setting, by the best robust configuration with it, else the best of all:',
        keyEvidence(level),
      ),
    ]),
  ];
}

function withTitle(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, '', ...lines, ''];
}

function changed({ calibration: { changes }, isApplied }: DocumentInput): string[] {
  const title = '## Changes';
  if (changes.length === 0) return [title, '', 'None: the configuration is what it was.', ''];
  const state = isApplied ? 'Written to the configuration:' : 'Proposed, not written:';
  return [title, '', state, '', '```diff', ...diffLines(changes), '```', ''];
}

function defaults({ calibration, inForce }: DocumentInput): string[] {
  const varied = calibration.levels.flatMap(variedKeys);
  const keys = [...new Set([...varied, ...inForce.flatMap(({ profileKeys }) => profileKeys)])].sort();
  return [
    '## Defaults in force',
    '',
    'Settings that were examined, and those that the risk levels differ in. Every other setting stands in `config/config.yaml`.',
    '',
    ...table(
      ['Setting', ...inForce.map(({ riskLevel }) => riskLevel)],
      keys.map((key) => [`\`${key}\``, ...inForce.map(({ settings }) => valueText(settings[key]))]),
    ),
    '',
  ];
}

const LIMITS: readonly string[] = [
  '## Limits',
  '',
  '- Trials that are in none of these runs are not counted: whoever tried more must give all runs, else the probabilities are too high.',
  '- Symbols of one market move together, and runs over overlapping periods share their days: they are fewer witnesses than they seem.',
  '- A robust past is no promise. The costs are modelled, and no order of these runs met a real book.',
  `- Values outside the swept ranges were not looked at. What is refused is not shown to be bad: "${REFUSALS.trades}" and "${REFUSALS.noNeighbours}" say that too little is known.`,
];
