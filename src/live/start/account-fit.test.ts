import { describe, expect, it } from 'vitest';
import type { HeldPosition, VenueExecution, VenueOrder } from '../../ports/venue-account.ts';
import { judgeAccount, leftOrders, type AccountAnswers, type AccountWishes } from './account-fit.ts';

const good: AccountAnswers = {
  modes: { marginMode: 'isolated', positionMode: 'one-way' },
  positions: [],
  openOrders: [],
  executions: [],
};
const wishes: AccountWishes = {
  marginMode: 'isolated',
  maxLeverage: 3,
  isKnown: (id) => id === 'ppaa-BTCUSDT-x-en',
  takeOver: false,
};
const order = (clientOrderId: string) => ({ clientOrderId, symbol: 'BTCUSDT' }) as VenueOrder;
const execution = (clientOrderId: string) => ({ clientOrderId, symbol: 'BTCUSDT' }) as VenueExecution;
const position = (more: Partial<HeldPosition>) => ({ symbol: 'BTCUSDT', leverage: 3, ...more }) as HeldPosition;
const codes = (more: Partial<AccountAnswers>, others: Partial<AccountWishes> = {}): readonly string[] =>
  judgeAccount({ ...good, ...more }, { ...wishes, ...others }).map(({ code }) => code);

describe('an account', () => {
  it.each([
    ['as it is needed', {}, []],
    ['in another margin mode', { modes: { marginMode: 'cross', positionMode: 'one-way' } }, ['MARGIN_MODE_WRONG']],
    ['in portfolio margin', { modes: { marginMode: 'portfolio', positionMode: undefined } }, ['MARGIN_MODE_WRONG']],
    ['in hedge mode', { modes: { marginMode: 'isolated', positionMode: 'hedge' } }, ['POSITION_MODE_WRONG']],
    ['that holds one side of a hedge', { positions: [position({ hedgeSide: 'long' })] }, ['POSITION_MODE_WRONG']],
    ['with as much leverage as may be', { positions: [position({})] }, []],
    ['with a leverage that nobody tells', { positions: [position({ leverage: undefined })] }, []],
    ['with more leverage', { positions: [position({ leverage: 3.5 })] }, ['LEVERAGE_TOO_HIGH']],
    ['with an order of ours', { openOrders: [order('ppaa-BTCUSDT-x-en')] }, []],
    ['with the stop of an order of ours', { openOrders: [order('sl_ppaa-BTCUSDT-x-en')] }, []],
    ['with an order of a person', { openOrders: [order('pp-mine'), order('web_123'), order('')] }, []],
    ['with an order of another perpilot', { openOrders: [order('ppbb-BTCUSDT-x-en')] }, ['OTHER_INSTANCE']],
    ['with its stop', { openOrders: [order('sl_ppbb-BTCUSDT-x-en')] }, ['OTHER_INSTANCE']],
    ['with an order of ours that the journal lacks', { openOrders: [order('ppaa-BTCUSDT-y-en')] }, ['OTHER_INSTANCE']],
    ['on which another perpilot traded', { executions: [execution('ppbb-ETHUSDT-x-ex')] }, ['OTHER_INSTANCE']],
  ] as const)('%s', (_name, more, expected) => {
    expect(codes(more)).toEqual(expected);
  });

  it('is taken over from a bot that has gone, in its right modes only', () => {
    const taken = {
      openOrders: [order('ppbb-BTCUSDT-x-en')],
      modes: { marginMode: 'cross', positionMode: undefined },
    } as const;
    expect(codes(taken, { takeOver: true })).toEqual(['MARGIN_MODE_WRONG']);
    expect(leftOrders(taken.openOrders, wishes.isKnown)).toEqual(taken.openOrders);
    expect(leftOrders([order('ppaa-BTCUSDT-x-en'), order('by-hand')], wishes.isKnown)).toEqual([]);
  });
});
