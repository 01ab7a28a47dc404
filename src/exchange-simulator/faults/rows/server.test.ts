// Do the faults of the servers do what the catalogue says? Rows 34 to 36.
import { describe, expect, it } from 'vitest';
import { deskOf } from '../../../../test/scenarios/exchange-simulator/bybit-desk.ts';
import { faultDesk } from '../../../../test/scenarios/exchange-simulator/fault-desk.ts';
import { heard } from '../../../../test/scenarios/exchange-market.ts';
import { HOUR, START } from '../../../../test/scenarios/simulated-market.ts';

const moment = (hour: number): string => new Date(START + hour * HOUR).toISOString();
const KEY_FACTS = '/v5/user/query-api';

const bybitFactsUnder = (kind: string) => {
  const desk = faultDesk([{ fault: 35, kind }]);
  const fate = desk.request(KEY_FACTS, { isPrivate: true });
  const reply = JSON.stringify(deskOf(desk.exchange).get(KEY_FACTS));
  return JSON.parse((fate.kind === 'pass' ? fate.rewrite?.(reply) : undefined) ?? '').result;
};

describe("the venue's servers", () => {
  it('row 34: have a clock that jumps and drifts', () => {
    const desk = faultDesk([{ fault: 34, at: moment(1), offset_ms: -2_000, drift_ms_per_minute: 100, for: '2h' }]);
    expect(desk.faults.clockOffsetMs()).toBe(0);
    desk.advance(START + HOUR);
    expect(desk.faults.clockOffsetMs()).toBe(-2_000);
    desk.clock.advance(90_000);
    expect(desk.faults.clockOffsetMs()).toBe(-1_850);
    desk.advance(START + 3 * HOUR);
    expect(desk.faults.clockOffsetMs()).toBe(0);
  });

  it.each([
    ['expired', 'key-expired'],
    ['address-not-bound', 'address-not-bound'],
    ['invalid', 'key-invalid'],
  ])('row 35: a key that is %s is refused wherever it signs', (kind, refusal) => {
    const desk = faultDesk([{ fault: 35, kind }]);
    const refused = { kind: 'refuse', commit: false, refusal };
    expect(desk.create()).toEqual(refused);
    expect(desk.request('/v5/position/list', { isPrivate: true })).toEqual(refused);
    expect(desk.request('/v5/market/time').kind).toBe('pass');
    const login = desk.faults.clientFrame({ connection: 1, channel: 'private', payload: '{"op":"auth","args":[]}' });
    expect(login.kind).toBe('answered');
  });

  it.each(['may-not-trade', 'read-only'])('row 35: a key that is %s may look but not trade', (kind) => {
    const desk = faultDesk([{ fault: 35, kind }]);
    expect(desk.create()).toEqual({ kind: 'refuse', commit: false, refusal: 'permission-missing' });
    expect(desk.request('/v5/position/list', { isPrivate: true }).kind).toBe('pass');
    const login = desk.faults.clientFrame({ connection: 1, channel: 'private', payload: '{"op":"auth","args":[]}' });
    expect(login).toEqual({ kind: 'heard' });
  });

  it('row 35: the facts of a key are ones that a bot must refuse', () => {
    expect(bybitFactsUnder('may-withdraw').permissions.Wallet).toContain('Withdraw');
    expect(bybitFactsUnder('read-only')).toMatchObject({ readOnly: 1, permissions: { ContractTrade: [] } });
    expect(Date.parse(bybitFactsUnder('expires-soon').expiredAt)).toBeGreaterThan(0);
  });

  it('row 35: and at Binance', () => {
    const path = '/sapi/v1/account/apiRestrictions';
    const factsUnder = (kind: string) => {
      const fate = faultDesk([{ fault: 35, kind }], { venue: 'binance' }).request(path, { isPrivate: true });
      const reply = JSON.stringify({ enableWithdrawals: false, enableFutures: true });
      return JSON.parse((fate.kind === 'pass' ? fate.rewrite?.(reply) : undefined) ?? '');
    };
    expect(factsUnder('may-withdraw')).toEqual({ enableWithdrawals: true, enableFutures: true });
    expect(factsUnder('read-only')).toEqual({ enableWithdrawals: false, enableFutures: false });
    expect(factsUnder('expires-soon')).toHaveProperty('tradingAuthorityExpirationTime');
  });

  it('row 36: are under maintenance: requests are refused and streams end, until it is over', () => {
    const desk = faultDesk([{ fault: 36, at: moment(1), for: '2h' }]);
    const events = heard(desk.exchange);
    const codec = deskOf(desk.exchange);
    desk.advance(START + HOUR);
    expect(codec.get('/v5/market/tickers?category=linear')).toMatchObject({ status: 503, retCode: 10_019 });
    desk.advance(START + 3 * HOUR);
    expect(codec.get('/v5/market/tickers?category=linear').retCode).toBe(0);
    const states = events.filter((event) => event.kind === 'maintenance');
    expect(states).toMatchObject([
      { state: 'begun', time: START + HOUR },
      { state: 'ended', time: START + 3 * HOUR },
    ]);
  });
});
