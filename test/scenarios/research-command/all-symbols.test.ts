// Does `--symbols all` take every symbol that has candles, the dead and the late too, and say which it had to leave out?
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { writeCandles } from '../../../src/adapters/parquet/series-writer.ts';
import { main } from '../../../src/cli/main.ts';
import { prepareResearch, type ResearchRequest } from '../../../src/cli/research-request.ts';
import { sliceSeries, type CandleSeries } from '../../../src/domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import { createPlantedEdge } from '../../../src/simulation/embedded-market/null-markets.ts';
import { DAYS, QUICK } from './small-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'perpilot-all-'));
const store = join(folder, 'store');
const candlesOf = (symbol: string): CandleSeries =>
  createPlantedEdge({ symbol, seed: symbol.length, bars: DAYS * 24 }).candles;
const daysOf = (symbol: string, from: number, to: number): CandleSeries =>
  sliceSeries(candlesOf(symbol), from * 24, to * 24);

beforeAll(async () => {
  await writeCandles(store, candlesOf('LONGUSDT'));
  await writeCandles(store, daysOf('DEADUSDT', 0, 80));
  await writeCandles(store, daysOf('LATEUSDT', 50, DAYS));
  await writeCandles(store, daysOf('NEWUSDT', DAYS - 30, DAYS));
  copyFileSync(join(store, 'candles', 'LONGUSDT-1h.parquet'), join(store, 'candles', 'LONGUSDT-spot-1h.parquet'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Every setting once, the later one. */
const settingsWith = (set: readonly string[]): string[] => {
  const words = [...QUICK.filter((word) => word !== '--set'), ...set];
  return [...new Map(words.map((word) => [word.split('=')[0], word])).values()];
};
let runs = 0;
async function prepare(symbols: readonly string[], set: readonly string[] = []): Promise<ResearchRequest> {
  const options = { data: store, symbols, riskLevels: ['moderate'], embedded: false, json: false };
  runs += 1;
  const out = join(folder, `prepared-${runs}`);
  const request = await prepareResearch({ ...options, out, set: settingsWith(set) }, createInterruptGuard());
  request.takeBackOutput();
  return request;
}

const FOUR_HOURS = ['data.interval=4h', 'features.return_hours=[4,24]'];

describe('all symbols', () => {
  it('are those with candles, less what has too little history for one fold, which is told', async () => {
    const { markets, leftOut } = await prepare(['all']);
    expect(markets.map(({ symbol }) => symbol)).toEqual(['DEADUSDT', 'LATEUSDT', 'LONGUSDT']);
    expect(leftOut).toEqual([
      {
        symbol: 'NEWUSDT',
        reason: '30.0 days of candles in the wanted span, one fold needs 65 (45 to train, 20 to test)',
      },
    ]);
  });

  it('named one by one are refused where one has too little', async () => {
    await expect(prepare(['LONGUSDT', 'NEWUSDT'])).rejects.toMatchObject({
      code: 'DATA_TOO_SHORT',
      problems: [{ message: expect.stringMatching(/^NEWUSDT: 30\.0 days/) }],
    });
  });

  it('without any candles before the holdout are left out too', async () => {
    const { leftOut } = await prepare(['all'], ['walk_forward.holdout_days=40']);
    expect(leftOut).toEqual([
      { symbol: 'NEWUSDT', reason: 'no candle closes before the holdout begins' },
      { symbol: 'LATEUSDT', reason: expect.stringMatching(/^35\.0 days/) },
    ]);
  });

  it('are refused with every reason when none is long enough, and when a word stands beside all', async () => {
    const never = ['walk_forward.train_days=300'];
    await expect(prepare(['all'], never)).rejects.toMatchObject({ code: 'DATA_TOO_SHORT' });
    await expect(prepare(['all', 'LONGUSDT'])).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    await expect(prepare(['all'], ['data.interval=15m', 'data.finer_intervals=[1m]'])).rejects.toMatchObject({
      code: 'DATA_MISSING',
    });
  });

  it('make a whole run: a dead coin ends in it, and the one that is left out is told and recorded', async () => {
    let answer = '';
    let progress = '';
    const out = join(folder, 'run');
    const set = settingsWith(['research.ablation=false']);
    const code = await main(
      [
        'research',
        '--data',
        store,
        '--symbols',
        'all',
        '--risk-levels',
        'moderate',
        '--out',
        out,
        '--jobs',
        '1',
      ].concat(set.flatMap((text) => ['--set', text])),
      {
        stdout: { write: (text) => (answer += text) },
        stderr: { write: (text) => (progress += text) },
        env: {},
        interrupt: createInterruptGuard(),
      },
    );
    expect(code, answer).toBe(0);
    expect(progress).toContain('left out NEWUSDT: 30.0 days');
    expect(answer).toContain('left out NEWUSDT: 30.0 days');
    const [run] = readdirSync(join(out, 'runs'));
    const result = JSON.parse(readFileSync(join(out, 'runs', run, 'result.json'), 'utf8'));
    expect(result.leftOut).toMatchObject([{ symbol: 'NEWUSDT' }]);
    const dead = result.rows.find(({ symbol }: { symbol: string }) => symbol === 'DEADUSDT');
    const start = candlesOf('LONGUSDT').openTime[0];
    expect(dead.to).toBe(start + 80 * DAY_MS);
    expect(dead.folds.at(-1)).toMatchObject({ candles: 15 * 24, testStart: start + 65 * DAY_MS });
    const trades = readFileSync(join(out, 'runs', run, 'trades.csv'), 'utf8');
    expect(trades).not.toContain('NEWUSDT');
    expect(readFileSync(join(out, 'PHASE8_RESEARCH_SUMMARY.md'), 'utf8')).toContain('- NEWUSDT: 30.0 days');
  });
});

describe('candles that are not stored in the wanted interval', () => {
  it('are made of shorter ones, which decide inside them, and the data hash knows', async () => {
    const { markets } = await prepare(['LONGUSDT'], FOUR_HOURS);
    const [{ series, finer, provenance, dataHash }] = markets;
    const hourly = candlesOf('LONGUSDT');
    expect([series.intervalMs, series.length]).toEqual([4 * HOUR_MS, DAYS * 6]);
    expect(series.high[7]).toBe(Math.max(...hourly.high.slice(28, 32)));
    expect(series.flags[0]).not.toBe(0);
    expect(finer.map(({ intervalMs }) => intervalMs)).toEqual([HOUR_MS]);
    expect(provenance).toContain('candles: made of stored 1h');
    const [plain] = (await prepare(['LONGUSDT'])).markets;
    expect(plain.finer).toEqual([]);
    expect(plain.dataHash).not.toBe(dataHash);
  });
});
