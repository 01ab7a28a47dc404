// What does the bot hold on to? Loaded into its process before it (`node --expose-gc --import`), it collects all garbage now and then and writes down what is left.
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const file = process.env['SOAK_PROBE_FILE'];
const everyMs = Number(process.env['SOAK_PROBE_MS'] ?? '4000');

export interface HeapSample {
  /** Epoch milliseconds of the machine. */
  readonly at: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly rssBytes: number;
  /** What keeps the process alive, by kind: sockets, timers, files. */
  readonly resources: Readonly<Record<string, number>>;
}

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function sample(): HeapSample {
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return { at: Date.now(), heapBytes: heapUsed, externalBytes: external, rssBytes: rss, resources };
}

if (file !== undefined) {
  const timer = setInterval(() => appendFileSync(file, `${JSON.stringify(sample())}\n`), everyMs);
  timer.unref();
}
