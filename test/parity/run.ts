// Does a month of rehearsal equal the backtest of that month? `npm run parity -- [--data DIR] [--from DAY] [--days N] [--exchange NAME] [--symbols A,B]`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { utcTime } from '../../src/cli/arguments.ts';
import { LIVELY_PORTFOLIO } from './lively-portfolio.ts';
import { rehearseAndBacktest, type Account, type Comparison } from './rehearse-and-backtest.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data' },
    symbols: { type: 'string', default: 'BNBUSDT,BTCUSDT,ETHUSDT,SOLUSDT' },
    from: { type: 'string', default: '2025-03-01' },
    days: { type: 'string', default: '30' },
    exchange: { type: 'string', default: 'bybit' },
    set: { type: 'string', multiple: true, default: [] },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'perpilot-parity-'));
try {
  const comparison = await rehearseAndBacktest({
    data: values.data,
    embedded: false,
    symbols: values.symbols.split(','),
    from: utcTime(values.from),
    days: Number(values.days),
    out: join(folder, 'run'),
    riskLevel: 'aggressive',
    set: [...LIVELY_PORTFOLIO, `live.exchange=${values.exchange}`, ...values.set],
  });
  for (const line of linesOf(comparison)) console.log(line);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function linesOf(comparison: Comparison): string[] {
  const { rehearsal, backtest, incidents, wallet, seconds } = comparison;
  const parts = (['decisions', 'orders', 'trades', 'notes'] as const).map((part) =>
    partLine(part, rehearsal, backtest),
  );
  const isSameEnd = rehearsal.end === backtest.end && wallet.bot === wallet.exchange;
  if (!isSameEnd || incidents.length > 0) process.exitCode = 1;
  const { models, rebalances, selectionChanges, increases } = comparison;
  return [
    ...parts,
    `money at the end ${isSameEnd ? 'equal to the last digit' : `DIFFERS: ${rehearsal.end}\n  ${backtest.end}`}`,
    `${models} models, ${rebalances} rebalances, ${selectionChanges} changes of the selection, ${increases} increases, ${incidents.length} incidents`,
    `${seconds.toFixed(1)} s`,
  ];
}

function partLine(part: 'decisions' | 'orders' | 'trades' | 'notes', ours: Account, theirs: Account): string {
  const [a, b] = [ours[part], theirs[part]];
  const at = a.findIndex((text, index) => text !== b[index]);
  if (at < 0 && a.length === b.length) return `${part}: ${a.length}, all the same`;
  process.exitCode = 1;
  const first = at < 0 ? Math.min(a.length, b.length) : at;
  return `${part}: ${a.length} and ${b.length}, DIFFERENT from number ${first} on\n  rehearsal ${a[first]}\n  backtest  ${b[first]}`;
}
