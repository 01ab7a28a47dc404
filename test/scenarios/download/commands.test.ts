// Do the commands say what they did? `data download`, `data update` and `universe` against a local exchange.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { main } from '../../../src/cli/main.ts';
import { HOUR_MS, YEAR_MS } from '../../../src/domain/time.ts';
import { expectSame, openDownloadedVenue, type DownloadedVenue } from './downloaded-venue.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'perpilot-commands-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const stream = (lines: string[]) => ({ write: (text: string) => lines.push(text) });

async function perpilot(...args: readonly string[]) {
  const [out, err]: string[][] = [[], []];
  const exitCode = await main(args, {
    stdout: stream(out),
    stderr: stream(err),
    env: {},
    interrupt: createInterruptGuard(),
  });
  return { exitCode, out: out.join(''), err: err.join('') };
}

const calm = () => openDownloadedVenue(() => ({ kind: 'pass' }));
const at = (venue: DownloadedVenue): readonly string[] => ['--data', root, '--base-url', venue.url];

describe('data download and update', () => {
  it('tell rows, spans and what is new, with progress on the other stream', async () => {
    await using venue = await calm();
    const [symbol] = venue.symbols;
    const first = await perpilot('data', 'download', '--symbols', symbol, '--years', '0.1', ...at(venue));
    expect(first.exitCode).toBe(0);
    expect(first.out).toContain(`${root}: history of bybit live (a local exchange)`);
    expect(first.out).toMatch(new RegExp(`candles/${symbol}-1h +876 rows, .* 876 new`));
    expect(first.out).toMatch(new RegExp(`funding/${symbol} +\\d+ rows`));
    expect(first.err).toMatch(/days of history: 109 of 109/);
    const again = await perpilot('data', 'update', '--json', ...at(venue));
    expect(again.exitCode).toBe(0);
    const answer = JSON.parse(again.out);
    expect(answer).toMatchObject({
      root,
      exchange: 'bybit',
      environment: 'live',
      local: true,
      failed: [],
      unlisted: [],
    });
    expect(answer.series.map(({ name, added }: { name: string; added: number }) => [name, added])).toEqual([
      [`candles/${symbol}-1h`, 0],
      [`funding/${symbol}`, 0],
      [`mark/${symbol}-1h`, 0],
    ]);
    expect(existsSync(join(root, 'revisions.jsonl'))).toBe(false);
  });

  it('work with Binance alike', async () => {
    await using venue = await openDownloadedVenue(() => ({ kind: 'pass' }), 'binance');
    const symbols = venue.symbols.slice(0, 2);
    const named = ['--exchange', 'binance', '--symbols', ...symbols, '--years', '0.3', '--json'];
    const { exitCode, out, err } = await perpilot('data', 'download', ...named, ...at(venue));
    expect([exitCode, err.includes('error')]).toEqual([0, false]);
    expect(JSON.parse(out).series).toHaveLength(6);
    const from = venue.until - 0.3 * YEAR_MS;
    expect(await expectSame(root, venue, { from, symbols })).toBeGreaterThan(10_000);
    expect(existsSync(join(root, 'instruments', 'downloaded-binance.json'))).toBe(true);
  });

  it('tell a candle that the exchange revised', async () => {
    await using venue = await calm();
    const [symbol] = venue.symbols;
    await perpilot('data', 'download', '--symbols', symbol, '--years', '0.05', '--no-mark', ...at(venue));
    const openTime = venue.until - 3 * HOUR_MS;
    venue.exchange.fate.reviseCandle(symbol, openTime, { volume: 12.5 }, false);
    const { out, exitCode } = await perpilot('data', 'update', ...at(venue));
    expect(exitCode).toBe(0);
    expect(out).toMatch(/1 revised by the exchange/);
    expect(out).toMatch(/: was .*, is .* 12\.5\n/);
    const [line] = (await readFile(join(root, 'revisions.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(line)).toMatchObject({ series: `candles/${symbol}-1h`, time: openTime });
    expect((await perpilot('data', 'update', ...at(venue))).out).not.toContain('revised');
  });

  it.each([
    [['data', 'download', '--data', 'x'], /required option '--symbols/],
    [['data', 'download', '--symbols', 'BTCUSDT'], /no data folder is given/],
    [
      ['data', 'download', '--symbols', 'A', '--data', 'x', '--base-url', 'https://example.com'],
      /address of an exchange on this machine/,
    ],
    [['data', 'download', '--symbols', 'A', '--data', 'x', '--interval', '7m'], /Write one of 1m/],
    [['data', 'download', '--symbols', 'A,A', '--data', 'x'], /A is named twice/],
    [['data', 'update', '--data', tmpdir()], /nothing was downloaded into/],
  ] as const)('%j is refused', async (args, message) => {
    const { exitCode, err } = await perpilot(...args);
    expect(exitCode).toBe(2);
    expect(err).toMatch(message);
  });

  it('say what is wrong with symbols, folder and exchange', async () => {
    await using venue = await calm();
    const unknown = await perpilot('data', 'download', '--symbols', 'NOSUCHUSDT', ...at(venue));
    expect([unknown.exitCode, unknown.err]).toEqual([2, expect.stringContaining('the venue does not list NOSUCHUSDT')]);
    const { url } = venue;
    await perpilot('data', 'download', '--symbols', venue.symbols[0], '--years', '0.01', ...at(venue));
    const other = await perpilot('data', 'download', '--exchange', 'binance', '--symbols', 'A', ...at(venue));
    expect([other.exitCode, other.err]).toEqual([2, expect.stringContaining('holds history of bybit live')]);
    await venue[Symbol.asyncDispose]();
    const gone = await perpilot('data', 'update', '--data', root, '--base-url', url, '--json');
    expect(gone.exitCode).toBe(1);
    expect(JSON.parse(gone.out)).toMatchObject({ error: { code: 'UNREACHABLE' } });
  });
});

const universe = (venue: { readonly url: string }, ...more: readonly string[]) =>
  perpilot('universe', '--base-url', venue.url, '--cache', root, ...more);

describe('universe', () => {
  it('chooses, gives reasons, and asks again only when the answer is old or it is told to', async () => {
    let asked = 0;
    await using venue = await openDownloadedVenue(({ path }) => {
      if (path.endsWith('/tickers')) asked += 1;
      return { kind: 'pass' };
    });
    const auto = ['--set', 'discovery.universe_mode=auto', '--set', 'discovery.min_traded_value_24h=0'];
    const { out, exitCode } = await universe(venue, ...auto, '--set', 'discovery.max_symbols=1', '--json');
    expect(exitCode).toBe(0);
    const answer = JSON.parse(out);
    expect(answer.symbols).toHaveLength(1);
    expect(answer.symbols[0].tradedValue24h).toBeGreaterThan(0);
    expect(answer.refused.map(({ reason }: { reason: string }) => reason)).toEqual(
      venue.symbols.slice(1).map(() => 'beyond-the-maximum'),
    );
    const lines = await universe(venue, ...auto, '--set', `discovery.exclude=[${answer.symbols[0].symbol}]`);
    expect(lines.out).toContain('1 excluded by name: ');
    expect(asked).toBe(1);
    await universe(venue, '--refresh');
    expect(asked).toBe(2);
    const file = join(root, 'contracts-bybit-local.json');
    const stored = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...stored, takenAt: stored.takenAt - 25 * HOUR_MS }));
    await universe(venue);
    expect(asked).toBe(3);
  });

  it('uses an old answer with a remark when the exchange cannot be asked, but none that is too old', async () => {
    const venue = await calm();
    await universe(venue);
    await venue[Symbol.asyncDispose]();
    const file = join(root, 'contracts-bybit-local.json');
    const stored = JSON.parse(await readFile(file, 'utf8'));
    const age = (hours: number) =>
      writeFile(file, JSON.stringify({ ...stored, takenAt: stored.takenAt - hours * HOUR_MS }));
    await age(30);
    const old = await universe(venue);
    expect([old.exitCode, old.err]).toEqual([0, expect.stringMatching(/what it said 30 h 0 min ago is used/)]);
    expect((await universe(venue, '--refresh')).exitCode).toBe(1);
    await age(100);
    const tooOld = await universe(venue);
    expect([tooOld.exitCode, tooOld.out]).toEqual([1, '']);
    expect(tooOld.err).toContain('UNREACHABLE');
  });
});
