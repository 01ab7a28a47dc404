// Are the published results those of this code? Runs the published studies on stored candles again and puts them in docs/.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const docs = join(project, 'docs');
const studies = join(docs, 'research');

interface Study {
  /** Folder below docs/research; empty: docs itself. */
  readonly name: string;
  /** Folder below the data folder. */
  readonly data: string;
  readonly options: readonly string[];
}

const TWO = ['--symbols', 'BTCUSDT', 'ETHUSDT', '--years', '2'];
const FOUR = ['--symbols', 'BTCUSDT', 'ETHUSDT', 'BNBUSDT', 'SOLUSDT', '--years', '3'];
const ALL = ['--symbols', 'all', '--years', '3'];
const NO_ABLATION = ['--set', 'research.ablation=false'];
const THREE_LEVELS = ['--risk-levels', 'conservative', 'moderate', 'aggressive'];
const TWO_LEVELS = ['--risk-levels', 'conservative', 'moderate'];

const STUDIES: readonly Study[] = [
  { name: '', data: '.', options: [...TWO, ...THREE_LEVELS] },
  { name: 'four-symbols', data: '.', options: [...FOUR, ...TWO_LEVELS] },
  { name: 'bybit-two-symbols', data: 'bybit', options: [...TWO, ...THREE_LEVELS] },
  { name: 'bybit-four-symbols', data: 'bybit', options: [...FOUR, ...TWO_LEVELS] },
  { name: 'all-symbols', data: '.', options: [...ALL, ...TWO_LEVELS] },
  { name: 'portfolio', data: '.', options: [...ALL, '--risk-levels', 'moderate', '--portfolio', ...NO_ABLATION] },
];

const [data, ...wanted] = process.argv.slice(2);
if (data === undefined) throw new Error('usage: node tools/publish-research.ts DATA [STUDY ...]');

for (const study of STUDIES) {
  if (wanted.length > 0 && !wanted.includes(study.name)) continue;
  publish(study, resolve(data));
}

/** One study: its table and summary in its folder, the figures of its report beside them, all in one trial log. */
function publish({ name, data: part, options }: Study, root: string): void {
  const out = name === '' ? docs : join(studies, name);
  mkdirSync(out, { recursive: true });
  rmSync(join(out, 'runs'), { recursive: true, force: true });
  const command = ['research', '--data', join(root, part), ...options, '--out', out, '--ledger', docs, '--json'];
  // A run whose folds failed answers too, with exit code 1: the failures stand in its summary.
  const { status, stdout: answer } = spawnSync(process.execPath, [join(project, 'src/cli/main.ts'), ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64e6,
  });
  if (status !== 0 && status !== 1) throw new Error(`${name || 'two-symbols'}: exit code ${status}`);
  const { report, levels } = JSON.parse(answer) as { report: string; levels: { riskLevel: string; word: string }[] };
  console.log(`${name || 'two-symbols'}: ${levels.map(({ riskLevel, word }) => `${riskLevel} ${word}`).join(', ')}`);
  const figures = join(out, 'figures');
  if (!existsSync(report)) throw new Error(`${report} was not written`);
  rmSync(figures, { recursive: true, force: true });
  execFileSync(process.execPath, [join(project, 'tools/write-figures.ts'), report, figures], { stdio: 'inherit' });
}
