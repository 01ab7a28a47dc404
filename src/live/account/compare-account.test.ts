// Is every difference between our books and the venue found, and none invented?
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HeldPosition, VenueOrder } from '../../ports/venue-account.ts';
import { compareAccount, type Books, type VenueSide } from './compare-account.ts';

const position = (symbol: string, quantity: number, change: Partial<HeldPosition> = {}): HeldPosition => ({
  symbol,
  quantity,
  entryPrice: 100,
  markPrice: 100,
  liquidationPrice: undefined,
  leverage: 3,
  stopPrice: 99,
  targetPrice: 102,
  reduceOnly: false,
  deleverageRank: 1,
  updatedAt: 0,
  hedgeSide: undefined,
  ...change,
});

const order = (change: Partial<VenueOrder>): VenueOrder => ({
  symbol: 'A',
  venueOrderId: 'v',
  clientOrderId: 'pp-me-1',
  parentClientOrderId: undefined,
  origin: 'client',
  side: 'buy',
  type: 'market',
  state: 'new',
  quantity: 1,
  filledQuantity: 0,
  averagePrice: undefined,
  price: undefined,
  triggerPrice: undefined,
  reduceOnly: false,
  closesPosition: false,
  reason: undefined,
  createdAt: 0,
  updatedAt: 0,
  conditional: false,
  ...change,
});

const booked = (symbol: string, quantity: number, stopPrice: number | undefined = 99) => ({
  symbol,
  quantity,
  stopPrice,
  targetPrice: 102,
  halfLot: 0.05,
  halfTick: 0.005,
});
const books = (change: Partial<Books> = {}): Books => ({
  symbols: [booked('A', 1), booked('B', 0)],
  underWay: new Set(['pp-me-1']),
  ownPrefix: 'pp-me-',
  familyPrefix: 'pp-',
  wallet: 1_000,
  walletTolerance: 1e-9,
  ...change,
});
const venue = (change: Partial<VenueSide> = {}): VenueSide => ({
  positions: [position('A', 1)],
  openOrders: [order({})],
  wallet: 1_000,
  ...change,
});
const kinds = (b: Books, v: VenueSide): readonly string[] => compareAccount(b, v).map(({ kind }) => kind);

test('equal sides have no findings', () => {
  expect(kinds(books(), venue())).toEqual([]);
});

test.each<[string, Books, VenueSide, readonly string[]]>([
  ['more is held', books(), venue({ positions: [position('A', 1.1)] }), ['quantity-differs']],
  ['the other side is held', books(), venue({ positions: [position('A', -1)] }), ['quantity-differs']],
  ['it was closed there', books(), venue({ positions: [] }), ['position-gone']],
  [
    'held of a traded symbol',
    books(),
    venue({ positions: [position('A', 1), position('B', 2)] }),
    ['unknown-position'],
  ],
  ['held of another symbol', books(), venue({ positions: [position('A', 1), position('Z', 2)] }), ['unknown-position']],
  ['no stop', books(), venue({ positions: [position('A', 1, { stopPrice: undefined })] }), ['stop-missing']],
  ['another stop', books(), venue({ positions: [position('A', 1, { stopPrice: 98 })] }), ['stop-differs']],
  ['hedge mode', books(), venue({ positions: [position('A', 1, { hedgeSide: 'long' })] }), ['hedge-mode']],
  ['wallet', books(), venue({ wallet: 999 }), ['wallet-differs']],
  ['an order of ours nobody waits for', books({ underWay: new Set() }), venue(), ['orphan-order']],
  ['another instance', books(), venue({ openOrders: [order({ clientOrderId: 'pp-you-1' })] }), ['other-instance']],
  ['a person', books(), venue({ openOrders: [order({ clientOrderId: '' })] }), ['foreign-order']],
  [
    'a stop of a position that is gone',
    books({ symbols: [booked('A', 0)] }),
    venue({
      positions: [],
      openOrders: [order({ origin: 'stop', clientOrderId: '', parentClientOrderId: 'pp-me-0', conditional: true })],
    }),
    ['orphan-order'],
  ],
])('%s', (_name, b, v, expected) => {
  expect(kinds(b, v)).toEqual(expected);
});

test('a stop may rest as an order of its own; two of them are one too many', () => {
  const bare = position('A', 1, { stopPrice: undefined });
  const stop = order({
    clientOrderId: 'pp-me-s',
    side: 'sell',
    triggerPrice: 99,
    closesPosition: true,
    conditional: true,
    state: 'untriggered',
  });
  expect(kinds(books(), venue({ positions: [bare], openOrders: [stop] }))).toEqual([]);
  const second = { ...stop, clientOrderId: 'pp-me-t', triggerPrice: 98.5 };
  expect(kinds(books(), venue({ positions: [bare], openOrders: [stop, second] }))).toEqual(['several-stops']);
  const target = { ...stop, clientOrderId: 'pp-me-u', triggerPrice: 102, origin: 'target' as const };
  expect(kinds(books(), venue({ positions: [bare], openOrders: [target] }))).toContain('stop-missing');
});

test('any quantities: a finding about the position exactly where the sides differ by more than rounding', () => {
  fc.assert(
    fc.property(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }), (ours, theirs) => {
      const side = venue({ positions: theirs === 0 ? [] : [position('A', theirs / 10)], openOrders: [] });
      const found = compareAccount(books({ symbols: [booked('A', ours / 10)] }), side);
      expect(found.length > 0).toBe(ours !== theirs);
    }),
  );
});
