// How is a report of readiness made? Machine, account and settings are looked at, drills run, and the journal of the test site read.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../adapters/system/atomic-write.ts';
import type { CliContext } from './context.ts';
import { examine, type ExamineOptions } from './doctor/examine.ts';
import type { VenueName } from '../ports/venue-connection.ts';
import { keepDrill, passedDrill } from './drills/drill-record.ts';
import { runDrill, type DrillName, type DrillReport } from './drills/drills.ts';
import { judgeItems, readinessMarkdown, type JudgedReadiness } from './readiness/judge-readiness.ts';
import { readSignatures } from './readiness/signatures.ts';
import { readValidation } from './readiness/validation.ts';
import { READINESS_FILE } from './start-gate.ts';

export interface ReadinessOptions extends Omit<ExamineOptions, 'mode' | 'offline' | 'sendAlert'> {
  /** Folder of the bot that was validated on the test site; undefined: that of testnet with the same name. */
  readonly validation?: string;
}

export interface MadeReadiness extends JudgedReadiness {
  /** Where the report for people lies. */
  readonly file: string;
}

const NEEDED: readonly DrillName[] = ['kill', 'restore'];

/** Makes the report and writes it into the bot's folder: for the live mode, and dated for people and programs. */
export async function makeReadiness(
  options: ReadinessOptions,
  context: CliContext,
  told: (text: string) => void,
): Promise<MadeReadiness> {
  told('looking at machine, settings and exchange; an alert goes through every channel');
  const examination = await examine({ ...options, mode: 'live', offline: false, sendAlert: true }, context.env);
  const { loaded, plan, folder } = examination;
  const { exchange, instance, stateFolder } = loaded.config.live;
  const validated = options.validation ?? join(stateFolder, `testnet-${exchange}-${instance}`);
  told(`feeding the journal in ${validated} again`);
  const validation = await readValidation(validated, plan);
  const drills: Partial<Record<DrillName, DrillReport>> = {};
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of NEEDED) drills[name] = await drilled(name, { folder, exchange, told });
  const now = Date.now();
  const judged = judgeItems({ examination, validation, drills, env: context.env }, readSignatures(folder), now);
  const stem = `readiness_${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const reports = join(folder, 'readiness');
  await mkdir(reports, { recursive: true });
  const json = `${JSON.stringify(judged.report, undefined, 2)}\n`;
  const file = join(reports, `${stem}.md`);
  await writeFileAtomically(file, readinessMarkdown(judged));
  await writeFileAtomically(join(reports, `${stem}.json`), json);
  await writeFileAtomically(join(folder, READINESS_FILE), json);
  return { ...judged, file };
}

interface DrillPlace {
  readonly folder: string;
  readonly exchange: VenueName;
  readonly told: (text: string) => void;
}

/** What this version passed in the last days is not gone through again. */
async function drilled(name: DrillName, { folder, exchange, told }: DrillPlace): Promise<DrillReport> {
  const known = passedDrill(folder, exchange, name);
  if (known !== undefined) return known;
  told(`drill ${name}`);
  const report = await runDrill(name, exchange, () => undefined);
  await keepDrill(folder, exchange, report);
  return report;
}
