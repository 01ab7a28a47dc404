// Can a broken reply break the connector? Real ones are mutated for a while; each call ends well or with a VenueError.
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import { VENUE_ERROR_CODES, VenueError } from '../../../src/domain/venue-error.ts';
import { mutated } from '../streams/mutations.ts';
import { CALLS, connectReplayed, recordReplies, unsoundNumbers, type Sample } from './replayed-replies.ts';

/** How long each venue is tried; PERPILOT_FUZZ_SECONDS makes it longer. */
const SECONDS = Number(process.env['PERPILOT_FUZZ_SECONDS'] ?? 2);
const SEED = process.env['PERPILOT_FUZZ_SEED'] ?? 'replies';
/** A call that takes so long hangs. */
const HANG_MS = 20_000;
const STATUSES = [
  200, 200, 200, 200, 200, 200, 200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 418, 429, 451, 500, 502, 503, 524,
];

/** Shapes that no mutation of a few places makes. */
const MONSTERS = [
  '['.repeat(100_000),
  `{"retCode":0,"result":{"list":${'['.repeat(5_000)}${']'.repeat(5_000)}},"time":1}`,
  `{"retCode":0,"retMsg":"${'x'.repeat(1_000_000)}"}`,
  `{"code":-${'9'.repeat(300)},"msg":null}`,
  '{"retCode":1e999}',
  '\u0000',
  '"text"',
  '-0',
];

describe.each(['bybit', 'binance'] as const)('mutated replies of %s', (venue) => {
  test(
    'end in an answer or in a VenueError',
    async () => {
      const byRequest = Map.groupBy(await recordReplies(venue), ({ request }) => request);
      expect(byRequest.size).toBeGreaterThan(15);
      const random = createRandom(`${SEED} ${venue}`);
      const any = <Value>(list: readonly Value[]): Value => list[random.below(list.length)];
      const all = [...byRequest.values()].flat();
      const answer = (request: string): Sample => {
        const own = any(byRequest.get(request) ?? all);
        const sample = random.next() < 0.02 ? any(all) : own;
        if (random.next() < 0.01) return { request, status: any(STATUSES), text: any(MONSTERS) };
        if (random.next() < 0.5) return sample;
        const status = random.next() < 0.2 ? any(STATUSES) : sample.status;
        return { request, status, text: mutated(sample.text, random) };
      };
      const strays: unknown[] = [];
      const stray = (reason: unknown): void => void strays.push(reason);
      process.on('unhandledRejection', stray);
      let connection = await connectReplayed(venue, answer);
      const names = Object.keys(CALLS);
      const outcomes = new Map<string, number>();
      const count = (name: string): void => void outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
      const endsAt = performance.now() + SECONDS * 1_000;
      while (performance.now() < endsAt) {
        // Whoever was shut out asks nothing for minutes: as another, the test goes on.
        if (connection.health().blockedUntil !== undefined) {
          await connection.close();
          connection = await connectReplayed(venue, answer);
        }
        const name = any(names);
        const hang = new AbortController();
        const timer = setTimeout(() => hang.abort(), HANG_MS);
        const outcome = await Promise.race([
          CALLS[name](connection).then(
            (value) => ({ value }),
            (error: unknown) => ({ error }),
          ),
          new Promise<{ error: unknown }>((resolve) => {
            hang.signal.addEventListener('abort', () => resolve({ error: new Error(`${name} hangs`) }));
          }),
        ]);
        clearTimeout(timer);
        if ('value' in outcome) {
          expect(unsoundNumbers(outcome.value, name)).toEqual([]);
          count('answered');
        } else {
          if (!(outcome.error instanceof VenueError)) throw outcome.error;
          expect(outcome.error.message.length).toBeLessThan(500);
          expect(Object.keys(VENUE_ERROR_CODES)).toContain(outcome.error.code);
          count(outcome.error.code);
        }
      }
      await connection.close();
      await new Promise((resolve) => setImmediate(resolve));
      process.off('unhandledRejection', stray);
      expect(strays).toEqual([]);
      // The mutations reach both ends: what is read well, and what is refused.
      expect(outcomes.get('answered') ?? 0).toBeGreaterThan(50);
      expect(outcomes.get('REPLY_INVALID') ?? 0).toBeGreaterThan(50);
      if (SECONDS > 10) console.log(`${venue}: ${JSON.stringify(Object.fromEntries(outcomes))}`);
    },
    SECONDS * 1_000 + 60_000,
  );
});
