// Can a broken message break the streams? Real ones are mutated by the thousand; nothing throws, and what is told is sound.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StreamClient } from '../../../src/adapters/ccxt/streams/stream-client.ts';
import { createVenueStreams } from '../../../src/adapters/ccxt/streams/venue-streams.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { MINUTE_MS } from '../../../src/domain/time.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';
import type { StreamEvent, StreamTopic } from '../../../src/ports/venue-streams.ts';
import { createFakeNetwork } from './fake-network.ts';
import { createManualClock } from './manual-clock.ts';
import { mutated } from './mutations.ts';

const SAMPLES = new URL('../../../../shared/data/payloads/', import.meta.url);
/** Frames per venue; PERPILOT_FUZZ_FRAMES makes it longer. */
const FRAMES = Number(process.env['PERPILOT_FUZZ_FRAMES'] ?? 15_000);
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'DOGEUSDT', 'ICPUSDT'];
const TOPICS: readonly StreamTopic[] = [
  ...SYMBOLS.flatMap((symbol): readonly StreamTopic[] => [
    { kind: 'candle', symbol, intervalMs: MINUTE_MS },
    { kind: 'candle', symbol, intervalMs: 5 * MINUTE_MS },
    { kind: 'ticker', symbol },
  ]),
  { kind: 'orders' },
  { kind: 'executions' },
  { kind: 'positions' },
  { kind: 'balance' },
];
const NAMES: Readonly<Record<VenueName, RegExp>> = { bybit: /ws_/, binance: /(futures_user_data|market_data|py_ws)/ };

/** Every message of a stream that was recorded, and the ones that answer. */
function samplesOf(venue: VenueName): readonly string[] {
  const folder = new URL(`${venue}/`, SAMPLES);
  const files = readdirSync(folder).filter((name) => NAMES[venue].test(name));
  const recorded = files.map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const answers = [
    '{"success":true,"ret_msg":"pong","op":"ping"}',
    '{"result":null,"id":1}',
    '{"error":{"code":2,"msg":"x"},"id":2}',
  ];
  return [...recorded, ...answers];
}

/** Numbers that reach the bot are numbers; texts of money are decimals. */
function faultsOf(event: StreamEvent): readonly string[] {
  const numbers = (entry: object, names: readonly string[]): readonly string[] =>
    names.flatMap((name) =>
      Number.isFinite((entry as Record<string, unknown>)[name]) ? [] : [`${event.kind}.${name}`],
    );
  switch (event.kind) {
    case 'candle':
      return numbers(event.candle, ['openTime', 'closeTime', 'open', 'high', 'low', 'close', 'volume']);
    case 'ticker':
      return numbers(event.ticker, ['lastPrice']);
    case 'order':
      return numbers(event.order, ['quantity', 'filledQuantity', 'createdAt', 'updatedAt']);
    case 'execution':
      return numbers(event.execution, ['quantity', 'price', 'fee', 'time']);
    case 'position':
      return event.position === undefined ? [] : numbers(event.position, ['quantity', 'entryPrice', 'updatedAt']);
    case 'balance':
      return numbers(event.balance, ['wallet', 'equity', 'available']);
    case 'stream':
      return typeof event.reason === 'string' ? [] : ['stream.reason'];
    case 'field-unknown':
      return event.name.length <= 60 && event.of.length <= 80 ? [] : ['field-unknown.name'];
    default:
      return event.reason.length < 400 ? [] : ['unreadable.reason'];
  }
}

describe.skipIf(!existsSync(SAMPLES))('mutated messages', () => {
  it.each(['bybit', 'binance'] as const)('of %s neither throw nor end the streams', async (venue) => {
    const samples = samplesOf(venue);
    const random = createRandom(`fuzz ${venue}`);
    const clock = createManualClock(1_700_000_000_000);
    const network = createFakeNetwork(clock, {});
    const client: StreamClient = {
      venue,
      addresses: { public: 'ws://venue/public', private: 'ws://venue/private' },
      credentials: { key: 'key', secret: 'secret' },
      venueNow: () => clock.now(),
      listenKeys: { obtain: () => Promise.resolve('k'), extend: () => Promise.resolve() },
      balance: () => Promise.resolve({ wallet: 1, equity: 1, available: 1, walletText: '1' }),
    };
    const faults: string[] = [];
    const counts = new Map<string, number>();
    // Refused logins are among the messages: waits are short, so that the connections are open most of the time.
    const timing = { refusedAgainMs: 50, firstBackOffMs: 50, longestBackOffMs: 100 };
    const waits = random.fork('waits');
    const streams = createVenueStreams(client, {
      clock,
      random: () => waits.next(),
      openSocket: network.openSocket,
      timing,
    });
    const subscription = streams.subscribe(TOPICS, (event) => {
      counts.set(event.kind, (counts.get(event.kind) ?? 0) + 1);
      faults.push(...faultsOf(event));
    });
    await clock.advance(1_000);
    for (let frame = 0; frame < FRAMES; frame += 1) {
      const text = mutated(samples[random.below(samples.length)], random);
      for (const connection of network.open) connection.send(text);
      if (frame % 20 === 0) await clock.advance(100);
    }
    await clock.advance(30_000);
    expect(faults).toEqual([]);
    const kinds = [
      'balance',
      'candle',
      'execution',
      'field-unknown',
      'order',
      'position',
      'stream',
      'ticker',
      'unreadable',
    ];
    expect([...counts.keys()].toSorted()).toEqual(kinds);
    for (const count of counts.values()) expect(count).toBeGreaterThan(5);
    expect([...subscription.states().values()].length).toBe(TOPICS.length);
    await subscription.close();
    expect(clock.waiting).toBeLessThan(50);
  });
});
