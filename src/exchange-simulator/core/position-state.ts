// How does the position of a symbol stand, to the last digit? From the ledger what it cost, from the book what protects and ends it.
import { entryPriceOf, exactUnrealised, markPosition } from '../../domain/ledger.ts';
import { bankruptcyPrice, crossMargin, liquidationPriceOfMargin } from '../../domain/liquidation-price.ts';
import { atomsToNumber } from '../../domain/money.ts';
import type { PositionState } from './exchange.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { maintenanceAt, markOf, positionMarginOf } from './margin.ts';

/** What is held of a symbol now; flat symbols too. */
export function positionOf(state: ExchangeState, listing: Listing): PositionState {
  const { ledger } = state;
  const { symbol, book, stop, target } = listing;
  const { position } = book;
  const account = ledger.bySymbol.get(symbol);
  const markPrice = markOf(state, listing);
  const isHeld = position.quantity > 0;
  if (isHeld) markPosition(ledger, symbol, markPrice);
  return Object.freeze({
    symbol,
    quantity: account?.quantity ?? 0,
    basis: account?.position.basis ?? 0n,
    entryPrice: entryPriceOf(ledger, symbol) ?? 0,
    markPrice,
    leverage: listing.leverage,
    margin: positionMarginOf(state, listing),
    maintenanceMargin: isHeld ? maintenanceAt(listing, markPrice) : 0,
    liquidationPrice: isHeld ? liquidationPriceOf(state, listing) : undefined,
    bankruptcyPrice: isHeld ? bankruptcyPriceOf(state, listing) : undefined,
    stopPrice: stop?.record.triggerPrice,
    stopTrigger: stop?.record.triggerSource ?? 'last',
    targetPrice: target?.record.triggerPrice,
    targetTrigger: target?.record.triggerSource ?? 'last',
    trailingDistance: isHeld ? position.trailingDistance : undefined,
    unrealised: exactUnrealised(ledger, symbol),
    realisedSinceOpen: listing.realisedSinceOpen,
    realisedEver: listing.realisedEver,
    status: listing.positionStatus,
    reduceOnly: listing.reduceOnly,
    deleverageRank: isHeld ? listing.deleverageRank : 0,
    openedAt: listing.openedAt,
    updatedAt: listing.updatedAt,
    sequence: listing.sequence,
  });
}

/** Isolated: the price in force. Cross: an estimate, everything else staying as it is. */
function liquidationPriceOf(state: ExchangeState, listing: Listing): number | undefined {
  const { position, instrument, costs } = listing.book;
  if (state.account.marginMode === 'isolated') return position.liquidationPrice;
  const { direction, quantity, entryPrice } = position;
  const margin = marginBehind(state, listing);
  return liquidationPriceOfMargin(instrument, {
    direction,
    quantity,
    entry: entryPrice,
    margin,
    feeRate: costs.liquidationFeeBps / 10_000,
  });
}

function bankruptcyPriceOf(state: ExchangeState, listing: Listing): number | undefined {
  const { direction, quantity, entryPrice, margin } = listing.book.position;
  const behind = state.account.marginMode === 'isolated' ? margin : marginBehind(state, listing);
  const price = bankruptcyPrice({ direction, quantity, entry: entryPrice, margin: behind });
  return price > 0 ? price : undefined;
}

/** What a cross account has behind one position. */
function marginBehind(state: ExchangeState, listing: Listing): number {
  let unrealised = 0;
  let maintenance = 0;
  for (const other of state.listings) {
    if (other === listing || other.book.position.quantity === 0) continue;
    const mark = markOf(state, other);
    markPosition(state.ledger, other.symbol, mark);
    unrealised += atomsToNumber(exactUnrealised(state.ledger, other.symbol));
    maintenance += maintenanceAt(other, mark);
  }
  return crossMargin(state.ledger.walletNumber, unrealised, maintenance);
}
