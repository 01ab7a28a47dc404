// Where does a finished run lie? In a folder of its own that appears whole, and in the published table and summary.
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InterruptGuard } from '../adapters/system/interrupt-guard.ts';
import { writeFileAtomically } from '../adapters/system/atomic-write.ts';
import { outputError } from '../adapters/system/output-error.ts';
import { PerpilotError } from '../domain/errors.ts';
import { isOfPortfolio } from '../research/outcome.ts';
import { portfolioCsv, rebalancesCsv } from '../research/portfolio-tables.ts';
import { reportCsv } from '../research/report-csv.ts';
import { reportMarkdown } from '../research/report-markdown.ts';
import type { ResearchResult } from '../research/result-file.ts';
import { ablationCsv, equityCsv, foldsCsv, tradesCsv } from '../research/run-tables.ts';
import type { SuiteResult } from '../research/suite.ts';
import type { Manifest } from './manifest.ts';
import { takeBackFolders } from './research-output.ts';

export const RESULTS_FILE = 'PHASE8_RESEARCH_RESULTS.csv';
export const SUMMARY_FILE = 'PHASE8_RESEARCH_SUMMARY.md';
export const REPORT_FILE = 'report.html';

/** A file of a run: its path inside the run's folder, with forward slashes, and its text, which is made when it is written. */
export interface RunFile {
  readonly path: string;
  readonly text: () => string;
}

export interface FinishedRun {
  readonly manifest: Manifest;
  readonly result: ResearchResult;
  readonly suite: SuiteResult;
  /** Files of the models that the headline variant traded with. */
  readonly models: readonly RunFile[];
  /** The report as one page that needs nothing else. */
  readonly html: string;
}

export interface WrittenRun {
  readonly folder: string;
  readonly csv: string;
  readonly summary: string;
  readonly report: string;
}

/** Writes the run folder `<out>/runs/<id>`, then table and summary into `out`; an older run of the same id is replaced. */
export async function writeRun(run: FinishedRun, out: string, guard: InterruptGuard): Promise<WrittenRun> {
  const folder = join(out, 'runs', run.manifest.runId);
  await writeFolder(folder, filesOf(run), guard);
  const csv = join(out, RESULTS_FILE);
  const summary = join(out, SUMMARY_FILE);
  await writeFileAtomically(csv, reportCsv(run.result), guard);
  await writeFileAtomically(summary, reportMarkdown(run.result), guard);
  return { folder, csv, summary, report: join(folder, REPORT_FILE) };
}

/** The folder with all `files`, or as it was before: it is written beside its place and renamed into it. */
async function writeFolder(folder: string, files: readonly RunFile[], guard: InterruptGuard): Promise<void> {
  const mark = randomUUID().slice(0, 8);
  const beside = (kind: string): string => join(dirname(folder), `.${mark}.${kind}.tmp`);
  const [fresh, replaced] = [beside('new'), beside('old')];
  const takeBack = takeBackFolders(dirname(folder));
  const undo = (): void => {
    rmSync(fresh, { recursive: true, force: true });
    if (existsSync(replaced) && !existsSync(folder)) renameSync(replaced, folder);
    takeBack();
  };
  const forget = guard.onInterrupt(undo);
  try {
    for (const { path, text } of files) {
      const file = join(fresh, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text());
    }
    guard.signal.throwIfAborted();
    if (existsSync(folder)) await rename(folder, replaced);
    await rename(fresh, folder);
    await rm(replaced, { recursive: true, force: true });
  } catch (error) {
    undo();
    throw error instanceof PerpilotError ? error : outputError(folder, error);
  } finally {
    forget();
  }
}

function filesOf({ manifest, result, suite, models, html }: FinishedRun): readonly RunFile[] {
  const portfolios = suite.outcomes.filter(isOfPortfolio);
  const compared = [...result.ablation, ...(result.accountStress ?? [])];
  return [
    { path: 'manifest.json', text: () => `${JSON.stringify(manifest, undefined, 2)}\n` },
    { path: 'result.json', text: () => `${JSON.stringify(result, undefined, 1)}\n` },
    { path: 'trades.csv', text: () => tradesCsv(suite.outcomes) },
    { path: 'equity.csv', text: () => equityCsv(suite.outcomes) },
    { path: 'folds.csv', text: () => foldsCsv(suite.outcomes) },
    ...(compared.length === 0 ? [] : [{ path: 'ablation.csv', text: () => ablationCsv(compared) }]),
    ...(portfolios.length === 0
      ? []
      : [
          { path: 'portfolio.csv', text: () => portfolioCsv(portfolios) },
          { path: 'rebalances.csv', text: () => rebalancesCsv(portfolios) },
        ]),
    { path: 'models.json', text: () => `${JSON.stringify(suite.cards, undefined, 1)}\n` },
    ...models,
    { path: RESULTS_FILE, text: () => reportCsv(result) },
    { path: SUMMARY_FILE, text: () => reportMarkdown(result) },
    { path: REPORT_FILE, text: () => html },
  ];
}
