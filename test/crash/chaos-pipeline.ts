// What goes wrong on the wire while the bot is being killed? Lost answers, torn connections, lost and doubled messages, by the seed.
import type { Random } from '../../src/domain/random.ts';
import type { FaultPipeline } from '../../src/exchange-simulator/faults/fault-pipeline.ts';

/** Faults while `isWild` says so. */
export function chaosPipeline(random: Random, isWild: () => boolean): FaultPipeline {
  const chance = (share: number): boolean => isWild() && random.next() < share;
  return {
    request: ({ path }) => {
      if (!path.startsWith('/v5/') || path.endsWith('/time')) return { kind: 'pass' };
      if (chance(0.03)) return { kind: 'reset', commit: random.next() < 0.5 };
      if (chance(0.03)) {
        const commit = random.next() < 0.5;
        return { kind: 'replace', commit, status: 502, contentType: 'text/html', body: '<html>bad gateway</html>' };
      }
      if (chance(0.02)) return { kind: 'truncate', commit: random.next() < 0.5 };
      return chance(0.02) ? { kind: 'refuse', commit: random.next() < 0.5, refusal: 'server-error' } : { kind: 'pass' };
    },
    frame: ({ topic, payload }) => {
      if (['ack', 'auth', 'pong'].includes(topic)) return [{ delayMs: 0, payload }];
      if (chance(0.04)) return [];
      return chance(0.05) ? [0, 0].map((delayMs) => ({ delayMs, payload })) : [{ delayMs: 0, payload }];
    },
    dropsConnection: () => chance(0.003),
    isDead: () => false,
    clockOffsetMs: () => 0,
    orderLagMs: () => 0,
  };
}
