// Does a key, a secret or a signature ever get out? Every failure there is, turned inside out.
import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { VenueError } from '../../../src/domain/venue-error.ts';
import type { HttpFate, WireRefusal } from '../../../src/exchange-simulator/faults/fault-pipeline.ts';
import { createWasher } from '../../../src/adapters/ccxt/secret-free.ts';
import { KEY, openVenue, SECRET } from './local-venue.ts';
import { CALLS } from './replayed-replies.ts';

const REFUSALS: readonly WireRefusal[] = [
  'server-timeout',
  'server-error',
  'overloaded',
  'rate-limited',
  'clock-off',
  'key-invalid',
  'key-expired',
  'signature-invalid',
  'address-not-bound',
  'permission-missing',
  'maintenance',
  'order-processing',
];
const page = (status: number, body: string): HttpFate => ({
  kind: 'replace',
  commit: false,
  status,
  contentType: 'text/html',
  body,
});
const FATES: readonly HttpFate[] = [
  ...REFUSALS.map((refusal): HttpFate => ({ kind: 'refuse', commit: false, refusal })),
  { kind: 'no-reply', commit: false },
  { kind: 'reset', commit: false },
  { kind: 'truncate', commit: false },
  { kind: 'stall', commit: false },
  page(502, '<html>'),
  page(200, `key ${KEY} secret ${SECRET}`),
  page(
    200,
    `{"retCode":10001,"retMsg":"apiKey[${KEY}] sign[${'a1'.repeat(32)}] ${SECRET}","code":-1022,"msg":"${KEY} ${SECRET}"}`,
  ),
  page(400, `{"code":-9999,"msg":"${KEY} ${SECRET} ${'b2'.repeat(32)}","retCode":99999,"retMsg":"${KEY} ${SECRET}"}`),
];

/** Everything that a log, a debugger or a crash report could show of a value. */
const shown = (value: unknown): string =>
  [
    JSON.stringify(value),
    inspect(value, { depth: Infinity, showHidden: true, getters: true }),
    value instanceof Error ? `${value.stack} ${String(value)} ${inspect(value.cause)}` : '',
  ].join('\n');

const leaks = (text: string): readonly string[] => [
  ...(text.includes(KEY) ? ['key'] : []),
  ...(text.includes(SECRET) ? ['secret'] : []),
  ...(/[0-9a-f]{64}/i.test(text) ? ['signature'] : []),
];

describe.each(['bybit', 'binance'] as const)('%s', (venue) => {
  test('no failure, notice or connection shows a secret, and nothing is printed', async () => {
    const printed = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
    const consoles = (['log', 'warn', 'error', 'info', 'debug'] as const).map((name) => vi.spyOn(console, name));
    const codes = new Set<string>();
    await using local = await openVenue({
      venue,
      connection: { timing: { readDeadlineMs: 300, writeDeadlineMs: 300, readTries: 1, patienceMs: 0 } },
    });
    expect(leaks(shown(local.connection))).toEqual([]);
    for (const fate of FATES) {
      // A refusal for asking too often keeps a connection silent.
      local.heal();
      const connection = await local.connect();
      const isSilent = fate.kind === 'no-reply' || fate.kind === 'stall';
      for (const name of isSilent ? ['placeMarket'] : ['balance', 'placeMarket', 'cancel', 'tickers']) {
        local.fail({ path: /./, fate, times: 1 });
        const failure = await CALLS[name](connection).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure === undefined) continue;
        expect(failure).toBeInstanceOf(VenueError);
        codes.add((failure as VenueError).code);
        expect(leaks(shown(failure))).toEqual([]);
      }
    }
    expect(codes.size).toBeGreaterThan(8);
    expect(leaks(shown(local.notices))).toEqual([]);
    expect(leaks(shown(local.connection.health()))).toEqual([]);
    const wasPrinted = [...printed, ...consoles].flatMap((spy) => spy.mock.calls.map(String)).join('\n');
    for (const spy of [...printed, ...consoles]) spy.mockRestore();
    expect(leaks(wasPrinted)).toEqual([]);
  });
});

test('texts are washed of secrets in every form, and cut', () => {
  const wash = createWasher(['abc/def+1', 'topsecret']);
  expect(wash('x abc/def+1 y topsecret z')).toBe('x … y … z');
  expect(wash(`q=${encodeURIComponent('abc/def+1')}`)).toBe('q=…');
  expect(wash(`sign=${'0f'.repeat(32)}`)).toBe('…');
  expect(wash('error sign! origin_string[1700abc5000{"a":1}]')).toBe('error sign! origin_string[…]');
  expect(wash(`${'long '.repeat(200)}topsecret`).length).toBeLessThan(250);
  expect(wash(' two\n lines ')).toBe('two lines');
});
