// When was a drill last gone through, and by which version? A file per drill in the bot's folder, so that it need not be done twice.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../adapters/system/atomic-write.ts';
import { codeVersion } from '../../adapters/system/code-version.ts';
import { DAY_MS } from '../../domain/time.ts';
import type { DrillName, DrillReport } from './drills.ts';

const HOLDS_MS = 7 * DAY_MS;

const recordSchema = z.object({
  at: z.int(),
  program: z.string(),
  exchange: z.string(),
  report: z.object({
    drill: z.string(),
    passed: z.boolean(),
    steps: z.array(z.object({ step: z.string(), passed: z.boolean(), says: z.string(), tookMs: z.number() })),
  }),
});

const fileOf = (folder: string, drill: DrillName): string => join(folder, 'drills', `${drill}.json`);

export async function keepDrill(folder: string, exchange: string, report: DrillReport): Promise<void> {
  mkdirSync(join(folder, 'drills'), { recursive: true });
  const record = { at: Date.now(), program: codeVersion(), exchange, report };
  await writeFileAtomically(fileOf(folder, report.drill), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** One of the last seven days that this version passed; undefined: it has to be gone through. */
export function passedDrill(folder: string, exchange: string, drill: DrillName): DrillReport | undefined {
  try {
    const record = recordSchema.parse(JSON.parse(readFileSync(fileOf(folder, drill), 'utf8')));
    const age = Date.now() - record.at;
    const holds = age >= 0 && age <= HOLDS_MS && record.program === codeVersion() && record.exchange === exchange;
    return holds && record.report.passed && record.report.drill === drill ? { ...record.report, drill } : undefined;
  } catch {
    return undefined;
  }
}
