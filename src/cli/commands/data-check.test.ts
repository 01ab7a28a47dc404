// Does the command report planted faults, survive any file, and find the known traps of the real data?
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCandles, writeFunding } from '../../adapters/parquet/series-writer.ts';
import { createEmbeddedMarket } from '../../simulation/embedded-market/create-embedded-market.ts';
import { createRandomWalk } from '../../simulation/embedded-market/null-markets.ts';
import { runDataCheck } from './data-check.ts';
import type { DataCheckOptions } from './data-check.ts';

const params = { maxGapBars: 6, jumpFraction: 0.25, zeroVolumeRunBars: 3 };
const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const hasData = existsSync(join(DATA, 'candles'));

interface JsonReport {
  readonly ok: boolean;
  readonly ignored: readonly string[];
  readonly files: readonly {
    readonly name: string;
    readonly findings: readonly {
      readonly kind: string;
      readonly severity: string;
      readonly count: number;
      readonly places: readonly { readonly time: string | null; readonly count?: number; readonly detail: string }[];
    }[];
  }[];
}

async function report(options: Partial<DataCheckOptions> & { dataRoot: string }): Promise<[number, JsonReport]> {
  const lines: string[] = [];
  const code = await runDataCheck({ json: true, params, ...options }, (line) => lines.push(line));
  return [code, JSON.parse(lines.join('\n')) as JsonReport];
}

async function text(options: Partial<DataCheckOptions> & { dataRoot: string }): Promise<[number, readonly string[]]> {
  const lines: string[] = [];
  const code = await runDataCheck({ json: false, params, ...options }, (line) => lines.push(line));
  return [code, lines];
}

function kindsOf(found: JsonReport, name: string): readonly string[] {
  return found.files.find((file) => file.name === name)?.findings.map((finding) => finding.kind) ?? [];
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'data check '));
  const { candles, funding } = createRandomWalk({ seed: 2, bars: 1000, symbol: 'SOUNDUSDT' });
  await writeCandles(root, candles);
  await writeFunding(root, funding);
  const broken = { ...structuredClone(candles), symbol: 'BROKENUSDT' };
  broken.high[7] = 1;
  broken.openTime[500] += 1;
  await writeCandles(root, broken);
  const spot = await writeCandles(root, { ...candles, symbol: 'OTHERUSDT' });
  await rename(spot, join(root, 'candles', 'SOUNDUSDT-spot-1h.parquet'));
  await writeFile(join(root, 'candles', 'TEXTUSDT-1h.parquet'), 'no parquet');
  await writeFile(join(root, 'candles', 'readme.txt'), 'hello');
});
afterAll(() => rm(root, { recursive: true }));

describe('runDataCheck', () => {
  it('passes sound files and fails for errors, unreadable files included', async () => {
    const [good] = await report({ dataRoot: root, symbols: ['SOUNDUSDT'] });
    expect(good).toBe(0);
    const [bad, found] = await report({ dataRoot: root });
    expect(bad).toBe(1);
    expect(found.ok).toBe(false);
    expect(kindsOf(found, 'candles/BROKENUSDT-1h.parquet')).toEqual(
      expect.arrayContaining(['off-grid', 'impossible-range']),
    );
    expect(kindsOf(found, 'candles/TEXTUSDT-1h.parquet')).toContain('unreadable');
    expect(kindsOf(found, 'candles/SOUNDUSDT-spot-1h.parquet')).toEqual(['not-a-symbol']);
    expect(found.ignored).toEqual(['candles/readme.txt']);
  });

  it('prints one aligned row per file and the details below', async () => {
    const [code, lines] = await text({ dataRoot: root });
    expect(code).toBe(1);
    const rows = lines.filter((line) => /\d{4}-\d\d-\d\d \d\d:\d\d {2}\d{4}-/.test(line));
    expect(rows).toHaveLength(4);
    expect(new Set(rows.map((row) => row.search(/\d{4}-\d\d-\d\d/))).size).toBe(1);
    expect(lines.join('\n')).toMatch(/error +off-grid: 1 row .*\n.*2023-01-21 20:00:00.001 {2}row 500/);
    expect(lines.at(-1)).toMatch(/Nothing was changed/);
  });

  it('names what was meant when a symbol, an interval or a folder does not exist', async () => {
    await expect(report({ dataRoot: root, symbols: ['SUONDUSDT'] })).rejects.toMatchObject({
      code: 'DATA_MISSING',
      problems: [expect.objectContaining({ hint: expect.stringContaining('SOUNDUSDT') as string })],
    });
    await expect(report({ dataRoot: root, interval: '4h' })).rejects.toMatchObject({ code: 'DATA_MISSING' });
    await expect(report({ dataRoot: root, interval: '7h' })).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    await expect(report({ dataRoot: join(root, 'nowhere') })).rejects.toMatchObject({ code: 'DATA_MISSING' });
  });

  it('finds no error in the embedded market once it is stored', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'embedded-'));
    const market = createEmbeddedMarket({ seed: 1, years: 0.7 });
    for (const symbol of market.symbols) {
      await writeCandles(folder, market.candles(symbol)!);
      await writeFunding(folder, market.funding(symbol)!);
    }
    const [code, found] = await report({ dataRoot: folder });
    expect(code).toBe(0);
    expect(found.files).toHaveLength(12);
    expect(kindsOf(found, 'funding/DELTAUSDT.parquet')).toEqual(['interval-change']);
    const warnings = found.files.flatMap((file) => file.findings.filter((finding) => finding.severity === 'warning'));
    expect(warnings).toEqual([]);
    await rm(folder, { recursive: true });
  });
});

describe.skipIf(!hasData)(`the known traps of the real data${hasData ? '' : ' (skipped: no data folder)'}`, () => {
  it('has the spot file’s holes, the flat quarter-hours, the short intervals and the missing start', async () => {
    const [code, found] = await report({
      dataRoot: DATA,
      symbols: ['BTCUSDT-spot', 'SOLUSDT', 'TRXUSDT', 'APTUSDT', 'RAYUSDT'],
    });
    expect(code).toBe(0);
    const find = (name: string, kind: string): JsonReport['files'][number]['findings'][number] | undefined =>
      found.files.find((file) => file.name === name)?.findings.find((finding) => finding.kind === kind);
    const gaps = find('candles/BTCUSDT-spot-5m.parquet', 'gap');
    expect(gaps?.places.map((place) => place.count)).toEqual([
      12, 70, 25, 30, 42, 12, 46, 12, 15, 18, 30, 56, 54, 24, 16,
    ]);
    expect(gaps?.places[0].time).toBe('2020-02-09T02:00:00.000Z');
    const flat = find('candles/SOLUSDT-15m.parquet', 'zero-volume-run');
    expect(flat?.places).toMatchObject([{ time: '2024-10-28T20:00:00.000Z', count: 4 }]);
    expect(find('candles/TRXUSDT-1h.parquet', 'zero-volume')?.places[0].time).toBe('2024-10-28T20:00:00.000Z');
    expect(find('candles/SOLUSDT-1h.parquet', 'seam')?.places[0].time).toBe('2024-10-28T22:00:00.000Z');
    const changes = find('funding/SOLUSDT.parquet', 'interval-change')?.places.map((place) => place.detail);
    expect(changes).toEqual([
      'every 8 h from 2021-10-21 00:00 to 2022-11-09 16:00',
      'every 4 h from 2022-11-09 16:00 to 2022-11-10 04:00',
      'every 2 h from 2022-11-10 04:00 to 2022-11-18 08:00',
      'every 8 h from 2022-11-18 08:00 to 2025-06-30 16:00',
    ]);
    expect(find('funding/SOLUSDT.parquet', 'extreme-rate')?.count).toBe(11);
    expect(find('funding/APTUSDT.parquet', 'not-covering')).toBeDefined();
    expect(find('candles/RAYUSDT-1h.parquet', 'no-funding')).toBeDefined();
  });
});
