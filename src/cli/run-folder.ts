// Where does a finished run lie? In a folder of its own that appears whole, and in the published table and summary.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InterruptGuard } from '../adapters/system/interrupt-guard.ts';
import { writeFileAtomically } from '../adapters/system/atomic-write.ts';
import { outputError } from '../adapters/system/output-error.ts';
import { reportCsv } from '../research/report-csv.ts';
import { reportMarkdown } from '../research/report-markdown.ts';
import type { ResearchResult } from '../research/result-file.ts';
import { equityCsv, foldsCsv, tradesCsv } from '../research/run-tables.ts';
import type { SuiteResult } from '../research/suite.ts';
import type { Manifest } from './manifest.ts';

export const RESULTS_FILE = 'PHASE8_RESEARCH_RESULTS.csv';
export const SUMMARY_FILE = 'PHASE8_RESEARCH_SUMMARY.md';

export interface FinishedRun {
  readonly manifest: Manifest;
  readonly result: ResearchResult;
  readonly suite: SuiteResult;
}

export interface WrittenRun {
  readonly folder: string;
  readonly csv: string;
  readonly summary: string;
}

/** Writes the run folder `<out>/runs/<id>`, then table and summary into `out`; an older run of the same id is replaced. */
export async function writeRun(run: FinishedRun, out: string, guard: InterruptGuard): Promise<WrittenRun> {
  const runs = join(out, 'runs');
  const folder = join(runs, run.manifest.runId);
  const temporary = join(runs, `.${run.manifest.runId}.${randomUUID().slice(0, 8)}.tmp`);
  const forget = guard.onInterrupt(() => rmSync(temporary, { recursive: true, force: true }));
  try {
    await mkdir(temporary, { recursive: true });
    for (const [name, content] of filesOf(run)) await writeFile(join(temporary, name), content);
    guard.signal.throwIfAborted();
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw outputError(folder, error);
  } finally {
    forget();
  }
  const csv = join(out, RESULTS_FILE);
  const summary = join(out, SUMMARY_FILE);
  await writeFileAtomically(csv, reportCsv(run.result), guard);
  await writeFileAtomically(summary, reportMarkdown(run.result), guard);
  return { folder, csv, summary };
}

function filesOf({ manifest, result, suite }: FinishedRun): readonly (readonly [string, string])[] {
  return [
    ['manifest.json', `${JSON.stringify(manifest, undefined, 2)}\n`],
    ['result.json', `${JSON.stringify(result, undefined, 1)}\n`],
    ['trades.csv', tradesCsv(suite.outcomes)],
    ['equity.csv', equityCsv(suite.outcomes)],
    ['folds.csv', foldsCsv(suite.outcomes)],
    ['models.json', `${JSON.stringify(suite.cards, undefined, 1)}\n`],
    [RESULTS_FILE, reportCsv(result)],
    [SUMMARY_FILE, reportMarkdown(result)],
  ];
}
