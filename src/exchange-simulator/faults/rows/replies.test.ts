// Do the faults of replies do to them what the catalogue says? Rows 1 to 9, 33, 37 and 42, at both venues.
import { describe, expect, it } from 'vitest';
import { faultDesk } from '../../../../test/scenarios/exchange-simulator/fault-desk.ts';

const BINANCE = { venue: 'binance' } as const;

/** What becomes of an order at Bybit under one fault that is always in force. */
const fateOf = (fault: object) => faultDesk([fault]).create();

describe('an order whose reply is lost or broken', () => {
  it('row 1: is taken, and nothing comes back', () => {
    expect(fateOf({ fault: 1 })).toEqual({ kind: 'no-reply', commit: true });
  });

  it('row 2: is taken, and a page of a gateway comes back', () => {
    const fate = fateOf({ fault: 2, status: 504 });
    expect(fate).toMatchObject({ kind: 'replace', commit: true, status: 504, contentType: 'text/html' });
    expect(fate).toHaveProperty('body', expect.stringMatching(/^<html>[^]*504/));
  });

  it('row 3: is not taken, with the same bytes or the same silence', () => {
    const after = fateOf({ fault: 2, status: 502 });
    expect(fateOf({ fault: 3, status: 502 })).toEqual({ ...after, commit: false });
    expect(fateOf({ fault: 3, kind: 'silence' })).toEqual({ kind: 'no-reply', commit: false });
  });

  it('row 4: is taken, and is said to be a duplicate', () => {
    expect(fateOf({ fault: 4 })).toEqual({ kind: 'refuse', commit: true, refusal: 'duplicate-client-id' });
  });

  it("row 5: is answered with the venue's code for a time-out, an error or too much load, taken or not", () => {
    expect(fateOf({ fault: 5 })).toEqual({ kind: 'refuse', commit: true, refusal: 'server-timeout' });
    expect(fateOf({ fault: 5, kind: 'error', committed: false })).toEqual({
      kind: 'refuse',
      commit: false,
      refusal: 'server-error',
    });
    expect(fateOf({ fault: 5, kind: 'overloaded' })).toMatchObject({ refusal: 'overloaded' });
  });

  it('row 6: is answered with a page, with nothing, with half a body, or with status 524', () => {
    expect(fateOf({ fault: 6 })).toMatchObject({
      kind: 'replace',
      commit: true,
      status: 200,
      contentType: 'text/html',
    });
    expect(fateOf({ fault: 6, kind: 'empty' })).toMatchObject({ kind: 'replace', commit: true, status: 200, body: '' });
    expect(fateOf({ fault: 6, kind: 'half' })).toEqual({ kind: 'truncate', commit: true });
    expect(fateOf({ fault: 6, kind: 'status-524' })).toMatchObject({ kind: 'replace', commit: true, status: 524 });
  });

  it('row 7: gets the beginning of a reply, as does any request', () => {
    expect(fateOf({ fault: 7 })).toEqual({ kind: 'stall', commit: true });
    expect(faultDesk([{ fault: 7 }]).request('/v5/market/time').kind).toBe('stall');
  });

  it('row 8: loses its connection, carried out or not', () => {
    expect(fateOf({ fault: 8 })).toEqual({ kind: 'reset', commit: true });
    expect(fateOf({ fault: 8, committed: false })).toEqual({ kind: 'reset', commit: false });
  });

  it('row 9: is acknowledged late', () => {
    expect(fateOf({ fault: 9, delay_ms: 120 })).toMatchObject({ kind: 'pass', delayMs: 120 });
  });

  it('happens to orders alone', () => {
    for (const fault of [1, 2, 3, 4, 5, 6, 9]) {
      const desk = faultDesk([{ fault }]);
      expect(desk.request('/v5/order/cancel', { method: 'POST' })).toMatchObject({ kind: 'pass', delayMs: 0 });
      expect(desk.request('/v5/order/realtime')).toMatchObject({ kind: 'pass', delayMs: 0 });
      const binance = faultDesk([{ fault }], BINANCE);
      expect(binance.request('/fapi/v1/order', { method: 'GET' })).toMatchObject({ kind: 'pass', delayMs: 0 });
      expect(binance.request('/fapi/v1/order', { method: 'POST' })).not.toMatchObject({ kind: 'pass', delayMs: 0 });
    }
  });
});

describe('other requests that are refused', () => {
  it('row 33: too many of them, three by default, or the address is shut out for a while', () => {
    const desk = faultDesk([{ fault: 33, request: 2 }]);
    const kinds = Array.from({ length: 6 }, () => desk.request('/v5/market/time'));
    expect(kinds.map(({ kind }) => kind)).toEqual(['pass', 'refuse', 'refuse', 'refuse', 'pass', 'pass']);
    expect(kinds[1]).toEqual({ kind: 'refuse', commit: false, refusal: 'rate-limited' });
    const ban = faultDesk([{ fault: 33, request: 1, kind: 'ban', for_wall: '10m' }]);
    expect(ban.request('/v5/market/time')).toEqual({ kind: 'refuse', commit: false, refusal: 'banned' });
    ban.clock.advance(600_000);
    expect(ban.request('/v5/market/time').kind).toBe('pass');
  });

  it('row 37: the list of instruments, once', () => {
    for (const [venue, path] of [
      ['bybit', '/v5/market/instruments-info'],
      ['binance', '/fapi/v1/exchangeInfo'],
    ] as const) {
      const desk = faultDesk([{ fault: 37, request: 1 }], { venue });
      expect(desk.request('/v5/market/time').kind).toBe('pass');
      expect(desk.request(path)).toMatchObject({ kind: 'replace', commit: false, status: 503 });
      expect(desk.request(path).kind).toBe('pass');
    }
  });

  it('row 42: a setting is made, and said to have been so already', () => {
    for (const [venue, path] of [
      ['bybit', '/v5/position/set-leverage'],
      ['bybit', '/v5/account/set-margin-mode'],
      ['bybit', '/v5/position/switch-mode'],
      ['binance', '/fapi/v1/leverage'],
      ['binance', '/fapi/v1/marginType'],
    ] as const) {
      const desk = faultDesk([{ fault: 42 }], { venue });
      expect(desk.request(path, { method: 'POST' })).toEqual({ kind: 'refuse', commit: true, refusal: 'not-modified' });
      expect(desk.create().kind).toBe('pass');
    }
  });
});
