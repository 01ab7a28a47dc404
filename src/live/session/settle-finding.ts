// What is done about a difference between books and venue? The venue wins: stops are put back, orphans cancelled, the rest booked.
import { invariant } from '../../domain/errors.ts';
import { entryPriceOf } from '../../domain/ledger.ts';
import { heldBeside } from '../../engine/book-beside.ts';
import type { Direction } from '../../domain/side.ts';
import type { Fill } from '../../domain/fill.ts';
import type { HeldPosition } from '../../ports/venue-account.ts';
import type { AccountFinding } from '../account/compare-account.ts';
import type { SessionHand } from './session-hand.ts';
import type { SessionSetup } from './session-setup.ts';
import { cancelOrphan } from './sweep-desk.ts';

export interface SettleParts {
  readonly session: SessionHand;
  readonly setup: SessionSetup;
  readonly watch: {
    leverageOf(symbol: string): number;
    stopOf(symbol: string, entry: { readonly direction: Direction; readonly price: number }): number | undefined;
  };
}

/** Acts on one confirmed finding. Findings that only a person can settle stay blocked and told. */
export function settleFinding(finding: AccountFinding, parts: SettleParts): void {
  const { session, setup } = parts;
  switch (finding.kind) {
    case 'stop-missing':
    case 'stop-differs':
    case 'several-stops':
      session.protect(finding.symbol, false);
      return;
    case 'orphan-order':
      session.queue.track(cancelOrphan(setup.connection.account, finding.order));
      return;
    case 'quantity-differs':
      bookDifference(finding.symbol, finding.held - finding.booked, parts);
      return;
    case 'position-gone':
      bookDifference(finding.symbol, -finding.booked, parts);
      return;
    case 'unknown-position':
      if (setup.engine.state.bySymbol.has(finding.symbol) && setup.rules.foreignPositions === 'adopt') {
        adopt(finding.position, parts);
      }
      return;
    case 'wallet-differs':
      session.digest({ kind: 'money-moved', time: setup.clock.now(), amount: finding.found - finding.booked });
      return;
    default:
      // Hedge mode, other instances and foreign orders: told, and nothing is opened meanwhile.
      return;
  }
}

/** Executions that the venue no longer shows: the difference is booked at the last close, without a fee, as foreign. */
function bookDifference(symbol: string, change: number, { session, setup, watch }: SettleParts): void {
  if (heldBeside(setup.engine.state, symbol) !== 0) {
    bookDifferenceBeside(symbol, change, { session, setup });
    return;
  }
  const state = setup.engine.state.bySymbol.get(symbol);
  invariant(state !== undefined, `${symbol} is not a symbol of this bot`);
  const fill = foreignFill(symbol, { change, price: state.close, time: setup.clock.now(), stopPrice: undefined });
  session.digest({ kind: 'foreign-fill', time: fill.time, fill, leverage: watch.leverageOf(symbol) });
  if (state.trade === undefined) session.protection.forget(symbol);
  else session.protect(symbol, false);
}

/**
 * Of what is held beside all trades. What the venue made of it is not known here, and moves the wallet. What is more than was
 * ordered belongs to a person, and stays told and blocked.
 */
function bookDifferenceBeside(symbol: string, change: number, { session, setup }: Omit<SettleParts, 'watch'>): void {
  const before = heldBeside(setup.engine.state, symbol);
  if (Math.abs(before + change) > Math.abs(before)) return;
  const price = entryPriceOf(setup.engine.state.ledger, symbol) ?? NaN;
  const entry = foreignFill(symbol, { change, price, time: setup.clock.now(), stopPrice: undefined });
  session.digest({ kind: 'booked-beside', time: entry.time, entry });
}

function adopt({ symbol, quantity, entryPrice, leverage }: HeldPosition, { session, setup, watch }: SettleParts): void {
  const time = setup.clock.now();
  const stopPrice = watch.stopOf(symbol, { direction: quantity > 0 ? 1 : -1, price: entryPrice });
  const fill = foreignFill(symbol, { change: quantity, price: entryPrice, time, stopPrice });
  session.digest({ kind: 'foreign-fill', time, fill, leverage: leverage ?? 1 });
  session.protect(symbol, false);
}

function foreignFill(
  symbol: string,
  at: {
    readonly change: number;
    readonly price: number;
    readonly time: number;
    readonly stopPrice: number | undefined;
  },
): Fill {
  return {
    kind: 'fill',
    time: at.time,
    symbol,
    clientOrderId: '',
    side: at.change > 0 ? 'buy' : 'sell',
    quantity: Math.abs(at.change),
    price: at.price,
    fee: 0,
    slippage: 0,
    liquidity: 'taker',
    reason: 'foreign',
    stopPrice: at.stopPrice,
    targetPrice: undefined,
    liquidationPrice: undefined,
    ambiguous: false,
  };
}
