// Does the Parquet store give back what was written, refuse what may not be used, and read only what it should?
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CandleColumns } from '../../domain/candle-quality.ts';
import { FLAG_SEGMENT_START } from '../../domain/candle.ts';
import { contentHashOf } from '../../domain/content-hash.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { HOUR_MS } from '../../domain/time.ts';
import { createRandomWalk } from '../../simulation/embedded-market/null-markets.ts';
import { parquetScan, sqlText, withDuckdb } from './duckdb-session.ts';
import { createParquetSource } from './parquet-source.ts';
import { readRawCandles } from './series-reader.ts';
import { writeCandles, writeFunding } from './series-writer.ts';

const marks = { maxGapBars: 6, jumpFraction: 0.25 };
const { candles, funding } = createRandomWalk({ seed: 1, bars: 5000, symbol: 'NULLUSDT', fundingRate: 0.0001 });
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "store 'quoted' [x]*? {a,b} k=1 "));
  await writeCandles(root, candles);
  await writeFunding(root, funding);
});
afterAll(() => rm(root, { recursive: true }));

/** The problem messages with which `attempt` fails as DATA_CORRUPT. */
async function refusal(attempt: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PerpilotError);
  expect((error as PerpilotError).code).toBe('DATA_CORRUPT');
  return (error as PerpilotError).problems.map((problem) => problem.message);
}

async function stored(symbol: string, select: string): Promise<void> {
  const file = sqlText(join(root, 'candles', `${symbol}-1h.parquet`));
  await withDuckdb((connection) => connection.run(`COPY (${select}) TO ${file} (FORMAT PARQUET)`));
}

describe('a store in a folder with quotes, spaces and glob characters', () => {
  it('gives back every value and the same content hash', async () => {
    const source = createParquetSource({ root, marks });
    const read = await source.candles('NULLUSDT', '1h');
    expect(read).toEqual({ ...candles, flags: read?.flags });
    expect(read?.flags[0]).toBe(FLAG_SEGMENT_START);
    expect(await source.funding('NULLUSDT')).toEqual(funding);
    expect(await source.contentHash('NULLUSDT', '1h')).toBe(contentHashOf(candles, funding));
    expect(await source.symbols('1h')).toEqual(['NULLUSDT']);
    expect(await source.symbols('4h')).toEqual([]);
  });

  it('gives every reader all rows, however many read and write at once', async () => {
    const source = createParquetSource({ root, marks });
    const lengths = await Promise.all(
      Array.from({ length: 6 }, async (_, index) => {
        if (index % 2 === 0) await writeFunding(root, { ...funding, symbol: `ODD${index}` });
        return (await source.candles('NULLUSDT', '1h'))?.length;
      }),
    );
    expect(lengths).toEqual(Array.from({ length: 6 }, () => candles.length));
  });

  it('reads no file of a sibling folder that its name matches as a pattern', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'siblings-'));
    const other = createRandomWalk({ seed: 2, bars: 50, symbol: 'NULLUSDT' }).candles;
    for (const [name, pattern] of [
      ['star', 's*r'],
      ['st-r', 'st?r'],
      ['set', '[s]et'],
    ]) {
      await writeCandles(join(parent, name), other);
      await writeCandles(join(parent, pattern), candles);
      const read = await createParquetSource({ root: join(parent, pattern), marks }).candles('NULLUSDT', '1h');
      expect(read?.close, pattern).toEqual(candles.close);
    }
    await rm(parent, { recursive: true });
  });

  it('reads exactly the bars of a range', async () => {
    const source = createParquetSource({ root, marks });
    const range = { from: candles.openTime[1000], to: candles.openTime[2000] };
    const part = await source.candles('NULLUSDT', '1h', range);
    expect(part?.openTime).toEqual(candles.openTime.slice(1000, 2000));
    expect((await source.candles('NULLUSDT', '1h', { from: 0, to: 1 }))?.length).toBe(0);
  });

  it('leaves no temporary file and replaces files whole', async () => {
    const file = await writeCandles(root, candles);
    expect(await readdir(dirname(file))).toEqual(['NULLUSDT-1h.parquet']);
  });
});

describe('names', () => {
  it.each(['../NULLUSDT', 'NULLUSDT-1h', 'nullusdt', "A'; DROP TABLE x; --", 'X', '', 'NULL%', '*'])(
    '%j is nothing stored',
    async (symbol) => {
      const source = createParquetSource({ root, marks });
      expect(await source.candles(symbol, '1h')).toBeUndefined();
      expect(await source.funding(symbol)).toBeUndefined();
    },
  );

  it('an interval that is none is nothing stored', async () => {
    const source = createParquetSource({ root, marks });
    for (const interval of ['7h', '1h/../1h', 'constructor', ''])
      expect(await source.candles('NULLUSDT', interval)).toBeUndefined();
  });

  it('a symbol that cannot name a file is not written', async () => {
    await expect(writeCandles(root, { ...candles, symbol: '../X' })).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
    });
    await expect(writeCandles(root, { ...candles, intervalMs: 7 })).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    await expect(writeFunding(root, { ...funding, symbol: 'a/b' })).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });

  it('a folder that cannot be written is an error and leaves nothing', async () => {
    const blocked = join(root, 'blocked');
    await writeFile(blocked, 'a file where a folder should be');
    await expect(writeCandles(blocked, candles)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });

  it('a missing folder is DATA_MISSING', async () => {
    const source = createParquetSource({ root: join(root, 'nowhere'), marks });
    await expect(source.symbols('1h')).rejects.toMatchObject({ code: 'DATA_MISSING' });
    await expect(source.contentHash('NULLUSDT', '1h')).rejects.toMatchObject({ code: 'DATA_MISSING' });
  });
});

describe('files that may not be used', () => {
  it('are refused with all faults at once, the file, first rows and times', async () => {
    const broken: CandleColumns = { ...structuredClone(candles), symbol: 'BROKEN' };
    broken.close[10] = NaN;
    broken.low[20] = -1;
    broken.openTime[31] = broken.openTime[30];
    const file = await writeCandles(root, broken);
    const messages = await refusal(createParquetSource({ root, marks }).candles('BROKEN', '1h'));
    expect(messages).toHaveLength(3);
    expect(messages.every((message) => message.startsWith(file))).toBe(true);
    expect(messages.join('\n')).toMatch(/row 10 at 2023-01-01 10:00: close is NaN/);
    expect(messages.join('\n')).toMatch(/row 20 at 2023-01-01 20:00/);
    expect(messages.join('\n')).toMatch(/row 31 at 2023-01-02 06:00/);
    const raw = await readRawCandles({ file, symbol: 'BROKEN', intervalMs: HOUR_MS });
    expect(raw.openTime).toEqual(broken.openTime);
    expect(raw.low[20]).toBe(-1);
  });

  it('are read raw in stored order, never sorted', async () => {
    const reversed = structuredClone(candles);
    reversed.openTime.reverse();
    const file = await writeCandles(root, { ...reversed, symbol: 'REVERSED' });
    const raw = await readRawCandles({ file, symbol: 'REVERSED', intervalMs: HOUR_MS });
    expect(raw.openTime).toEqual(reversed.openTime);
    expect((await refusal(createParquetSource({ root, marks }).candles('REVERSED', '1h')))[0]).toContain(
      'earlier than',
    );
  });

  it('lack columns or have them of another type', async () => {
    await stored('TYPES', "SELECT 1::BIGINT AS open_time, 'x' AS open, 1.0 AS high, 1.0 AS low, 1.0 AS Close");
    const messages = await refusal(createParquetSource({ root, marks }).candles('TYPES', '1h'));
    expect(messages).toHaveLength(3);
    expect(messages[0]).toMatch(/open is VARCHAR, expected DOUBLE/);
    expect(messages[1]).toMatch(/no column close/);
    expect(messages[2]).toMatch(/no column volume/);
    await stored(
      'STAMPS',
      'SELECT now() AS open_time, 1.0 AS open, 1.0 AS high, 1.0 AS low, 1.0 AS close, 1.0 AS volume',
    );
    expect((await refusal(createParquetSource({ root, marks }).candles('STAMPS', '1h')))[0]).toMatch(/BIGINT \(mill/);
  });

  it('are no Parquet files, cut off, or empty', async () => {
    const whole = await writeCandles(root, { ...candles, symbol: 'WHOLE' });
    const bytes = await import('node:fs/promises').then((fs) => fs.readFile(whole));
    await rm(whole);
    for (const [symbol, content] of [
      ['TEXT', 'not parquet'],
      ['NOTHING', ''],
      ['CUT', bytes.subarray(0, bytes.length >> 1)],
    ] as const) {
      await writeFile(join(root, 'candles', `${symbol}-1h.parquet`), content);
      expect((await refusal(createParquetSource({ root, marks }).candles(symbol, '1h')))[0]).toContain(
        'cannot be read',
      );
    }
    await stored('ROWLESS', `SELECT * FROM ${parquetScan(join(root, 'candles', 'NULLUSDT-1h.parquet'))} LIMIT 0`);
    expect((await refusal(createParquetSource({ root, marks }).candles('ROWLESS', '1h')))[0]).toContain('no rows');
  });

  it('hold funding out of order or between minutes', async () => {
    const late = structuredClone(funding);
    late.time[5] += 5000;
    late.time[9] = late.time[8] + 20;
    await writeFunding(root, { ...late, symbol: 'LATE' });
    expect(await refusal(createParquetSource({ root, marks }).funding('LATE'))).toHaveLength(2);
  });
});

describe('what a source adds', () => {
  it('rounds funding stamps that jitter, in data and hash', async () => {
    const jittery = { ...structuredClone(funding), symbol: 'JITTER' };
    jittery.time.forEach((time, row) => (jittery.time[row] = time + (row % 31)));
    await writeFunding(root, jittery);
    expect((await createParquetSource({ root, marks }).funding('JITTER'))?.time).toEqual(funding.time);
  });

  it('derives contract rules where none are stored', async () => {
    const rounded = { ...structuredClone(candles), symbol: 'ROUND' };
    for (const column of [rounded.open, rounded.high, rounded.low, rounded.close])
      column.forEach((price, row) => (column[row] = Number(price.toFixed(3))));
    rounded.volume.forEach((volume, row) => (rounded.volume[row] = Number(volume.toFixed(1))));
    await writeCandles(root, rounded);
    const record = await createParquetSource({ root, marks }).instrumentRecord('ROUND');
    expect(record?.instrument).toMatchObject({ tickSize: 0.001, lotSize: 0.1, minQuantity: 0.1 });
    expect(record?.provenance).toContain('derived');
    expect(await createParquetSource({ root, marks }).instrument('NOBODY')).toBeUndefined();
  });

  it('does not take files with other names for symbols', async () => {
    const file = await writeCandles(root, { ...candles, symbol: 'SPOTTED' });
    await rename(file, join(root, 'candles', 'SPOTTED-spot-1h.parquet'));
    await mkdir(join(root, 'candles', 'notes'), { recursive: true });
    expect(await createParquetSource({ root, marks }).symbols('1h')).not.toContain('SPOTTED-spot');
  });
});
