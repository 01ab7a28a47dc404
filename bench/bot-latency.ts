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
    const { waits, closes } = await measured(join(folder, 'run'), data);
    const sorted = waits.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
    const market = data === undefined ? 'six contracts of the market inside the package' : 'ten real contracts';
    const note = `${waits.length} orders at ${closes} closes, ${market}; venue, sockets and journal in the same process`;
    return [
      { name: 'bot: close to order on the wire, median', median: at(0.5), unit: 'ms', note },
      { name: 'bot: close to order on the wire, 99 of 100', median: at(0.99), unit: 'ms', limit: LIMIT_MS },
      { name: 'bot: close to order on the wire, worst', median: at(1), unit: 'ms' },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured(out: string, data: string | undefined): Promise<Sent> {
  const waits: number[] = [];
  let closedAt = NaN;
  let closes = 0;
  let c0 = process.cpuUsage();
  const send = globalThis.fetch;
  globalThis.fetch = (url, init) => {
    if (String(url).includes('/v5/order/create')) {
      const u = process.cpuUsage(c0);
      waits.push(process.env['CPU'] ? (u.user + u.system) / 1000 : performance.now() - closedAt);
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
        c0 = process.cpuUsage();
      }
    });
    await session.start();
    const patience = (): Promise<void> => pause(5_000, undefined, { ref: false });
    const isOver = (): boolean => {
      closes += 1;
      return false;
    };
    await Promise.race([rehearse({ session, clock, pace, patience, executionsBefore: 0, isOver }), composed.fatal]);
    return { waits, closes };
  } finally {
    globalThis.fetch = send;
    await composed.close();
  }
}

if (import.meta.main) for (const row of await run()) console.log(row);
