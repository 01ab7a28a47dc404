// Does the content hash name the data, and is the SHA-256 beneath it the standard one?
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandomWalk } from '../simulation/embedded-market/null-markets.ts';
import { contentHashOf } from './content-hash.ts';
import { sha256Hex } from './sha256.ts';

describe('sha256Hex', () => {
  it('equals the runtime’s own for any bytes in any parts', () => {
    const part = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const reference = createHash('sha256');
        for (const bytes of parts) reference.update(bytes);
        expect(sha256Hex(parts)).toBe(reference.digest('hex'));
      }),
      { seed: 3 },
    );
  });

  it('pads every length around a block right', () => {
    for (let length = 50; length < 70; length += 1) {
      const bytes = new Uint8Array(length).fill(7);
      expect(sha256Hex([bytes])).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
  });
});

describe('contentHashOf', () => {
  const { candles, funding } = createRandomWalk({ seed: 1, bars: 100 });

  it('is the same for equal values and sees every column', () => {
    const base = contentHashOf(candles, funding);
    expect(contentHashOf(structuredClone(candles), structuredClone(funding))).toBe(base);
    for (const column of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const) {
      const changed = structuredClone(candles);
      changed[column][50] += 0.5;
      expect(contentHashOf(changed, funding), column).not.toBe(base);
    }
    for (const column of ['time', 'rate'] as const) {
      const changed = structuredClone(funding);
      changed[column][3] += 1;
      expect(contentHashOf(candles, changed), column).not.toBe(base);
    }
  });

  it('tells symbols, intervals and missing funding apart, but not flags', () => {
    const base = contentHashOf(candles, funding);
    expect(contentHashOf({ ...candles, symbol: 'OTHERUSDT' }, funding)).not.toBe(base);
    expect(contentHashOf({ ...candles, intervalMs: 60_000 }, funding)).not.toBe(base);
    expect(contentHashOf(candles, undefined)).not.toBe(base);
    expect(
      contentHashOf(candles, { ...funding, length: 0, time: new Float64Array(), rate: new Float64Array() }),
    ).not.toBe(contentHashOf(candles, undefined));
    const flagged = { ...candles, flags: new Uint8Array(100).fill(5) };
    expect(contentHashOf(flagged, funding)).toBe(base);
  });
});
