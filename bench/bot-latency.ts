// How soon after a close are the bot's orders on the wire? Ten contracts with trained models, through the real connector and a synced journal.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { composeRehearsal } from '../src/cli/compose-rehearsal.ts';
import { rehearse } from '../src/live/rehearsal/rehearse.ts';
import type { BenchRow } from './bench-row.ts';

const SYMBOLS = 'BTC,ETH,SOL,BNB,XRP,ADA,DOGE,AVAX,TRX,UNI'.split(',').map((name) => `${name}USDT`);
const LIMIT_MS = 50;
const DAYS = 20;
/** Everything that is signalled is traded, in many symbols at once. */
const LIVELY = [
  'risk.confidence_threshold=0',
  'risk.max_open_positions=10',
  'risk.cooldown_hours=0',
  'exits.max_hold_hours=3',
  'guard.enabled=false',
  'regime.allow_ranging=true',
];

interface Sent {
  /** Milliseconds from the last candle of the close, as the venue makes it, to the request of the order. */
  readonly waits: readonly number[];
  /** The same as time of the processor, which other programs of the machine do not lengthen, nor does the disk. */
  readonly cpu: readonly number[];
  readonly closes: number;
}

const dataFolder = (): string | undefined =>
  [process.env['PERPILOT_DATA'], '../shared/data'].find(
    (root) =>
      root !== undefined && SYMBOLS.every((symbol) => existsSync(join(root, 'candles', `${symbol}-1h.parquet`))),
  );

export async function run(): Promise<BenchRow[]> {
  const data = dataFolder();
  const folder = mkdtempSync(join(tmpdir(), 'perpilot-latency-'));
  try {
    const { waits, cpu, closes } = await measured(join(folder, 'run'), data);
    const market = data === undefined ? 'six contracts of the market inside the package' : 'ten real contracts';
    const note = `${waits.length} orders at ${closes} closes, ${market}; venue, sockets and journal in the same process`;
    return [
      { name: 'bot: close to order on the wire, median', median: quantile(waits, 0.5), unit: 'ms', note },
      {
        name: 'bot: close to order on the wire, 99 of 100',
        median: quantile(waits, 0.99),
        unit: 'ms',
        limit: LIMIT_MS,
      },
      { name: 'bot: the same, processor time, median', median: quantile(cpu, 0.5), unit: 'ms' },
      { name: 'bot: the same, processor time, 99 of 100', median: quantile(cpu, 0.99), unit: 'ms', limit: LIMIT_MS },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const patience = (): Promise<void> => pause(5_000, undefined, { ref: false });

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

async function measured(out: string, data: string | undefined): Promise<Sent> {
  const waits: number[] = [];
  const cpu: number[] = [];
  let closedAt = NaN;
  let cpuAt = process.cpuUsage();
  let closes = 0;
  const send = globalThis.fetch;
  globalThis.fetch = (url, init) => {
    const address = url instanceof Request ? url.url : url.toString();
    if (address.includes('/v5/order/create')) {
      const { user, system } = process.cpuUsage(cpuAt);
      waits.push(performance.now() - closedAt);
      cpu.push((user + system) / 1_000);
    }
    return send(url, init);
  };
  const composed = await composeRehearsal(
    {
      ...(data === undefined ? { embedded: true } : { embedded: false, data, symbols: SYMBOLS }),
      days: DAYS,
      out,
      riskLevel: 'aggressive',
      set: LIVELY,
    },
    new AbortController().signal,
  );
  try {
    const { session, clock, pace, exchange } = composed;
    exchange.listen((event) => {
      if (event.kind === 'candle' && event.closed && event.intervalMs === 3_600_000) {
        closedAt = performance.now();
        cpuAt = process.cpuUsage();
      }
    });
    await session.start();
    const isOver = (): boolean => {
      closes += 1;
      return false;
    };
    await Promise.race([rehearse({ session, clock, pace, patience, executionsBefore: 0, isOver }), composed.fatal]);
    return { waits, cpu, closes };
  } finally {
    globalThis.fetch = send;
    await composed.close();
  }
}

if (import.meta.main) for (const row of await run()) console.log(row);
