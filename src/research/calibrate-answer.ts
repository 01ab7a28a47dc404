// What does a calibration say on the terminal and as JSON? Whether a market made it, what is robust, and what would change.
import type { Calibration } from './calibrate.ts';
import { candidateTable, diffLines, fileOf, keyEvidence, refusalLine } from './calibrate-evidence.ts';

export const NO_MARKET = 'Synthetic runs: no market made these numbers, and nothing of them can be applied.';
export const NOTHING_ROBUST = 'Nothing robust was found: the configuration stays as it is.';

/** Paths that were written; none when nothing was. */
export type Written = readonly string[];

/** What is doubtful about the runs as evidence. */
export function warningsOf({ codeVersions, symbols }: Calibration): string[] {
  return [
    ...(codeVersions.length > 1 ? [`runs of different code versions are mixed: ${codeVersions.join(', ')}`] : []),
    ...(symbols.length < 2 ? ['one symbol only: nothing can be robust across symbols'] : []),
  ];
}

/** The verdict in one line. */
export function verdictLine({ levels, changes }: Calibration): string {
  const robust = levels.filter(({ winner }) => winner !== undefined).map(({ riskLevel }) => riskLevel);
  if (robust.length === 0) return NOTHING_ROBUST;
  const names = robust.join(', ');
  if (changes.length === 0) return `Robust for ${names}: what is in force already; nothing is to be changed.`;
  return `Robust for ${names}: ${changes.length === 1 ? 'one setting is' : `${changes.length} settings are`} proposed.`;
}

export function calibrationLines(calibration: Calibration, written: Written): string[] {
  const { synthetic, runs, rows, trials, symbols, levels, changes } = calibration;
  return [
    ...(synthetic ? [NO_MARKET] : []),
    verdictLine(calibration),
    ...warningsOf(calibration).map((warning) => `Warning: ${warning}`),
    `${counted(runs.length, 'run')}, ${counted(rows, 'row')}, ${symbols.join(', ')}; deflated for ${counted(trials, 'trial')}`,
    ...levels.flatMap((level) => [
      '',
      `${level.riskLevel}: ${refusalLine(level)}`,
      '',
      ...candidateTable(level),
      '',
      ...keyEvidence(level),
    ]),
    ...(changes.length === 0 ? [] : ['', ...diffLines(changes)]),
    ...(written.length === 0 ? [] : ['', ...written.map((path) => `Written: ${path}`)]),
  ];
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** One object; what is undefined is missing. */
export function calibrationJson(calibration: Calibration, written: Written): string {
  const { synthetic, runs, rows, trials, symbols, codeVersions, levels, changes } = calibration;
  return JSON.stringify({
    schema: 'perpilot-calibration-1',
    synthetic,
    ...(synthetic ? { notice: NO_MARKET } : {}),
    verdict: verdictLine(calibration),
    warnings: warningsOf(calibration),
    runs: runs.map(({ id }) => id),
    codeVersions,
    symbols,
    rows,
    trials,
    levels: levels.map(({ riskLevel, winner, refused, candidates }) => ({
      riskLevel,
      winner: winner?.configHash,
      refused,
      candidates: candidates.map(({ settings: _settings, ...rest }) => rest),
    })),
    changes: changes.map(({ key, from, to, profile }) => ({ file: fileOf({ profile }), key, from, to })),
    written,
  });
}
