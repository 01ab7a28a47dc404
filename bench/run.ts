// How fast is it? Runs every benchmark, or those named, prints medians, and exits with 1 where one is above its limit.
import type { BenchRow } from './bench-row.ts';
import * as boosting from './boosting.ts';
import * as botLatency from './bot-latency.ts';
import * as engine from './engine.ts';
import * as exchangeCore from './exchange-core.ts';
import * as exchangeLockstep from './exchange-lockstep.ts';
import * as indicators from './indicators.ts';
import * as matching from './matching.ts';
import * as memory from './memory.ts';
import * as portfolioRun from './portfolio-run.ts';
import * as researchCommand from './research-command.ts';
import * as trainingCommand from './training-command.ts';

const benches: Readonly<Record<string, { run(): Promise<BenchRow[]> }>> = {
  // First, while nothing else is held.
  memory,
  indicators,
  matching,
  engine,
  boosting,
  'research-command': researchCommand,
  'training-command': trainingCommand,
  'portfolio-run': portfolioRun,
  'bot-latency': botLatency,
  'exchange-core': exchangeCore,
  'exchange-lockstep': exchangeLockstep,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => benches[name] === undefined);
if (unknown.length > 0)
  throw new Error(`no benchmark ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);

for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const row of await bench.run()) {
    console.log(lineOf(row));
    if (isOver(row)) process.exitCode = 1;
  }
}

function isOver({ median, limit }: BenchRow): boolean {
  return limit !== undefined && !(median <= limit);
}

function lineOf(row: BenchRow): string {
  const { name, median, unit, limit, note } = row;
  const value = median >= 1_000 ? Math.round(median).toLocaleString('en-GB') : median.toPrecision(3);
  const promise =
    limit === undefined ? '' : `  ${isOver(row) ? 'ABOVE' : 'within'} ${limit.toLocaleString('en-GB')} ${unit}`;
  return `${name.padEnd(62)} ${value.padStart(12)} ${unit}${promise}${note === undefined ? '' : `  (${note})`}`;
}
