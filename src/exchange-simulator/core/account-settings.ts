// How are leverage and the modes of the account changed? Within the tiers, only while nothing hangs on them, and "not modified" when they are so already.
import { tierOf } from '../../domain/instrument.ts';
import { refreshTriggers } from '../../simulation/matching.ts';
import { refreshLiquidation } from '../../simulation/liquidation.ts';
import { toAtoms } from '../../domain/money.ts';
import { refusal } from './check-order.ts';
import { touchPosition } from './book-trade.ts';
import type { AccountState } from './exchange.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { walletOf } from './margin.ts';
import type { Outcome } from './order-record.ts';
import { note } from './tell.ts';

/** Sets the leverage of a symbol; what is held gets its margin anew. */
export function setLeverage(state: ExchangeState, symbol: string, leverage: number): Outcome<number> {
  const listing = state.bySymbol.get(symbol);
  if (listing === undefined) return refusal('unknown-symbol', `${symbol} is not listed`);
  if (!(leverage >= 1 && Number.isFinite(leverage))) return refusal('bad-parameter', `leverage ${leverage} is below 1`);
  const { position, instrument } = listing.book;
  const most = tierOf(instrument, position.quantity * position.entryPrice || 0).maxLeverage;
  if (leverage > most) return refusal('leverage-above-tier', `leverage is at most ${most}`);
  if (leverage === listing.leverage) return refusal('not-modified', `leverage is ${leverage} already`);
  const value = position.quantity * position.entryPrice || 0;
  const more = value / leverage - value / listing.leverage;
  if (more > 0 && toAtoms(more) > walletOf(state).available) {
    return refusal('insufficient-margin', 'the margin for less leverage is not free');
  }
  applyLeverage(state, listing, leverage);
  return { kind: 'done', value: leverage };
}

/** Sets the leverage without asking. What a position has lost to funding stays lost. */
export function applyLeverage(state: ExchangeState, listing: Listing, leverage: number): void {
  const { book } = listing;
  const { position } = book;
  const before = listing.leverage;
  listing.leverage = leverage;
  if (position.quantity > 0) {
    const value = position.quantity * position.entryPrice;
    position.margin += value / leverage - value / before;
    fitLiquidation(state, listing);
    touchPosition(state, listing);
  }
  note(state, { kind: 'settings', time: state.now, symbol: listing.symbol });
}

/** The liquidation price of an isolated position; a cross account has none per position. */
export function fitLiquidation(state: ExchangeState, { book }: Listing): void {
  refreshLiquidation(book.position, book.instrument, book.costs.liquidationFeeBps);
  if (state.account.marginMode === 'isolated') return;
  book.position.liquidationPrice = undefined;
  refreshTriggers(book.position);
}

function isBusy(state: ExchangeState): boolean {
  return state.orders.open.size > 0 || state.listings.some(({ book }) => book.position.quantity > 0);
}

/** Margin mode of the whole account. */
export function setMarginMode(state: ExchangeState, mode: AccountState['marginMode']): Outcome<AccountState> {
  if (mode === state.account.marginMode) return refusal('not-modified', `margin mode is ${mode} already`);
  if (isBusy(state)) return refusal('mode-locked', 'positions or orders stand in the way');
  applyModes(state, { marginMode: mode });
  return { kind: 'done', value: { ...state.account } };
}

/** Position mode of the whole account. Positions held both ways at once are not simulated. */
export function setPositionMode(state: ExchangeState, mode: AccountState['positionMode']): Outcome<AccountState> {
  if (mode === state.account.positionMode) return refusal('not-modified', `position mode is ${mode} already`);
  if (mode === 'hedge') return refusal('unsupported', 'positions held both ways at once are not simulated');
  if (isBusy(state)) return refusal('mode-locked', 'positions or orders stand in the way');
  applyModes(state, { positionMode: mode });
  return { kind: 'done', value: { ...state.account } };
}

/** Changes modes without asking; what is held follows. */
export function applyModes(state: ExchangeState, change: Partial<AccountState>): void {
  const { account } = state;
  account.positionMode = change.positionMode ?? account.positionMode;
  account.marginMode = change.marginMode ?? account.marginMode;
  for (const listing of state.listings) {
    if (listing.book.position.quantity === 0) continue;
    fitLiquidation(state, listing);
    touchPosition(state, listing);
  }
  state.crossTime = undefined;
  note(state, { kind: 'settings', time: state.now, symbol: undefined });
}
