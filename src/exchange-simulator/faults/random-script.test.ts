// Are random scripts reproducible, sound and as dense as asked?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultDesk } from '../../../test/scenarios/exchange-simulator/fault-desk.ts';
import { HOUR, START, SYMBOL } from '../../../test/scenarios/simulated-market.ts';
import { FAULT_CATALOGUE } from './catalogue.ts';
import { randomScript, writtenScript, type RandomScriptSetup } from './random-script.ts';
import { readScript } from './read-script.ts';

const DAY = 24 * HOUR;
const SETUP: RandomScriptSetup = {
  from: START,
  until: START + 10 * DAY,
  symbols: [SYMBOL, 'OTHERUSDT'],
  intensity: 20,
};

describe('a random script', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(randomScript(3, SETUP)).toEqual(randomScript(3, SETUP));
    expect(randomScript(4, SETUP)).not.toEqual(randomScript(3, SETUP));
  });

  it('has as many faults a day as asked, in order, within its time and of the rows that are allowed', () => {
    const { faults } = randomScript(1, { ...SETUP, rows: [1, 11, 43] });
    expect(faults).toHaveLength(200);
    expect(new Set(faults.map(({ row }) => row))).toEqual(new Set([1, 11, 43]));
    const times = faults.map(({ trigger }) => (trigger.kind === 'at' ? trigger.time : NaN));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(START);
    expect(Math.max(...times)).toBeLessThan(START + 10 * DAY);
    expect(randomScript(1, { ...SETUP, rows: [] }).faults).toEqual([]);
    expect(randomScript(1, { ...SETUP, intensity: 0 }).faults).toEqual([]);
  });

  it('meets every row in the long run, and both symbols', () => {
    const { faults } = randomScript(2, { ...SETUP, intensity: 200 });
    expect(new Set(faults.map(({ row }) => row)).size).toBe(FAULT_CATALOGUE.length);
    expect(new Set(faults.map(({ narrowing }) => narrowing.symbol))).toEqual(new Set([SYMBOL, 'OTHERUSDT', undefined]));
  });

  it('lets nothing last or delay longer than asked', () => {
    const { faults } = randomScript(5, { ...SETUP, intensity: 100, longestMs: HOUR, longestWallMs: 80 });
    for (const { extent, parameters } of faults) {
      expect(extent.marketMs ?? 0).toBeLessThanOrEqual(HOUR);
      expect(extent.wallMs ?? 0).toBeLessThanOrEqual(80);
      for (const name of ['delay_ms', 'lag_ms', 'burst_ms'])
        expect(Number(parameters[name] ?? 0)).toBeLessThanOrEqual(80);
    }
    expect(faults.every(({ extent }) => Object.keys(extent).length > 0)).toBe(true);
  });

  it('is read as it was drawn when it is written down', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const script = randomScript(seed, { ...SETUP, intensity: 5 });
        expect(readScript(JSON.parse(JSON.stringify(writtenScript(script))))).toMatchObject({ kind: 'read', script });
      }),
      { numRuns: 30 },
    );
  });

  it('runs over an exchange without breaking it', () => {
    for (const seed of [1, 2, 3]) {
      const script = randomScript(seed, { from: START, until: START + 10 * HOUR, symbols: [SYMBOL], intensity: 150 });
      const desk = faultDesk(writtenScript(script).faults);
      for (let hour = 1; hour <= 11; hour += 1) {
        desk.create();
        desk.exchange.place({
          clientOrderId: '',
          symbol: SYMBOL,
          side: 'buy',
          type: 'market',
          quantity: 1,
          reduceOnly: false,
          stopPrice: 90,
        });
        desk.frame('order', '{"data":[]}');
        desk.advance(START + hour * HOUR);
        desk.clock.advance(500);
      }
      expect(desk.rows().length).toBeGreaterThan(10);
    }
  });
});
