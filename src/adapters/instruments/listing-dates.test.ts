// Are stored listing times found by symbol, and damaged ones refused?
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listingDates } from './listing-dates.ts';

const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'listings-'));
  await mkdir(join(folder, 'broken'));
  const put = (name: string, coins: unknown): Promise<void> => writeFile(join(folder, name), JSON.stringify({ coins }));
  await put('binance-usdm-listing-dates-2025-01-01.json', { AAAUSDT: { onboard: 1_000 }, ODDUSDT: { onboard: '5' } });
  await put('binance-usdm-listing-dates-2026-01-01.json', { AAAUSDT: { onboard: 2_000 }, BBBUSDT: { onboard: 3_000 } });
  await writeFile(join(folder, 'broken', 'binance-usdm-listing-dates-1.json'), '{"coins":[]}');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a listing time', () => {
  it('is that of the first file that tells, and unknown where none does', async () => {
    const dates = listingDates(folder);
    expect(await dates.listedAt('AAAUSDT')).toBe(1_000);
    expect(await dates.listedAt('BBBUSDT')).toBe(3_000);
    expect(await dates.listedAt('CCCUSDT')).toBeUndefined();
    expect(await dates.listedAt('constructor')).toBeUndefined();
    expect(await listingDates(join(folder, 'absent')).listedAt('AAAUSDT')).toBeUndefined();
  });

  it('of another shape is refused', async () => {
    await expect(listingDates(folder).listedAt('ODDUSDT')).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    await expect(listingDates(join(folder, 'broken')).listedAt('AAAUSDT')).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
    });
  });

  it.skipIf(!existsSync(join(DATA, 'instruments')))(
    'is known of a delisted contract (skipped without data)',
    async () => {
      expect(await listingDates(join(DATA, 'instruments')).listedAt('WAVESUSDT')).toBe(Date.UTC(2020, 7, 12, 7));
    },
  );
});
