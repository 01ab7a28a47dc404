// May this target position become an order, and how large? The last word before an entry or an increase.
import { floorToLot, tierOf, type Instrument } from '../domain/instrument.ts';
import { isStopForestalled, liquidationPriceOfMargin } from '../domain/liquidation-price.ts';
import type { Direction } from '../domain/side.ts';
import type { NotionalLimit, NotionalRoom } from './notional-room.ts';
import { entryBlock, type AccountLimitParams, type AccountLimitState } from './account-limits.ts';

/** Section `risk` of the configuration. Fractions are of equity, times in hours. */
export interface RiskParams extends AccountLimitParams {
  readonly maxLeverage: number;
  readonly basePositionFraction: number;
  readonly maxPositionFraction: number;
  readonly confidenceThreshold: number;
  readonly dailyVolatilityTarget: number;
  readonly maxOpenPositions: number;
  readonly cooldownHours: number;
  /** Largest share of the quantity traded in the last 24 hours that an entry may be. */
  readonly maxParticipation: number;
}

export type RefusalReason =
  | 'drawdown-limit'
  | 'daily-loss-limit'
  | 'cooldown'
  | 'max-open-positions'
  | 'no-free-margin'
  | 'zero-size'
  | 'below-minimum'
  | 'participation'
  | NotionalLimit;

export type RiskVerdict =
  | { readonly kind: 'allowed'; readonly quantity: number; readonly leverage: number }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

/** What every proposal is held against. */
interface Proposal {
  readonly time: number;
  readonly instrument: Instrument;
  /** Close the decision was made at, quote currency. */
  readonly price: number;
  /** Base units traded in the last 24 hours; NaN: not known. */
  readonly tradedQuantity24h: number;
  readonly equity: number;
  /** Margin bound by open positions and by entries under way, quote currency. */
  readonly marginInUse: number;
  /** No entry in this symbol before this time. */
  readonly cooldownUntil: number;
  /** What the limits of a portfolio leave; undefined: there are none. */
  readonly portfolio?:
    | {
        /** Margin of the symbol as a fraction of equity, at most. */
        readonly maxMarginFraction: number;
        readonly room: NotionalRoom;
      }
    | undefined;
}

export interface EntryProposal extends Proposal {
  /** Wanted margin as a fraction of equity, after every multiplier and before the cap. */
  readonly marginFraction: number;
  /** Positions open or under way, over all symbols. */
  readonly openPositions: number;
}

export interface IncreaseProposal extends Proposal {
  /** Base units to be added. */
  readonly quantity: number;
  readonly held: {
    readonly direction: Direction;
    readonly quantity: number;
    /** Average entry price. */
    readonly price: number;
    /** Isolated leverage of the whole position: what is added takes it over. */
    readonly leverage: number;
    /** Stop that rests and stays; undefined: none. */
    readonly stopPrice: number | undefined;
  };
  /** Fee of a forced close as a fraction of the notional. */
  readonly closeFeeRate: number;
}

export type IncreaseVerdict = RiskVerdict | { readonly kind: 'refused'; readonly reason: 'stop-beyond-liquidation' };

const refused = (reason: RefusalReason) => ({ kind: 'refused', reason }) as const;

/**
 * Reviews an entry. Margin is capped by `maxPositionFraction` and by the free margin; leverage by the level and by the
 * instrument's tier for the resulting notional; quantity by the largest tier, by the largest market order, by its share of
 * what was traded and by the notional limits of a portfolio. All is rounded towards zero to whole lots, so no limit is ever exceeded by rounding. Below the venue's
 * minimum, or nothing known to be traded: refused, never rounded up.
 */
export function reviewEntry(proposal: EntryProposal, params: RiskParams, limits: AccountLimitState): RiskVerdict {
  const block = blockOf(proposal, limits);
  if (block !== undefined) return refused(block);
  if (proposal.openPositions >= params.maxOpenPositions) return refused('max-open-positions');
  if (!(proposal.marginFraction > 0)) return refused('zero-size');

  const { instrument, price, equity } = proposal;
  const wanted = equity * Math.min(proposal.marginFraction, largestMargin(proposal, params));
  const margin = Math.min(wanted, equity - proposal.marginInUse);
  if (!(margin > 0)) return refused('no-free-margin');

  const leverage = Math.min(params.maxLeverage, tierOf(instrument, margin * params.maxLeverage).maxLeverage);
  const largestNotional = instrument.tiers[instrument.tiers.length - 1].maxNotional;
  const bound = Math.min((margin * leverage) / price, largestNotional / price, instrument.maxMarketQuantity);
  return withinMarket({ bound, leverage }, proposal, params);
}

/**
 * Reviews what a rebalance would add to a position, by the rules of an entry, but for its slot, which it has. The limits of a
 * position bind the whole of it at today's price, so does the tier of its leverage, and its stop must still be hit before
 * liquidation.
 */
export function reviewIncrease(
  proposal: IncreaseProposal,
  params: RiskParams,
  limits: AccountLimitState,
): IncreaseVerdict {
  const block = blockOf(proposal, limits);
  if (block !== undefined) return refused(block);
  if (!(proposal.quantity > 0)) return refused('zero-size');

  const { instrument, price, equity, held } = proposal;
  const left = equity * largestMargin(proposal, params) - (held.quantity * price) / held.leverage;
  const margin = Math.min(left, equity - proposal.marginInUse);
  if (!(margin > 0)) return refused('no-free-margin');

  const heldNotional = held.quantity * Math.max(price, held.price);
  const notional = Math.min(margin * held.leverage, notionalAllowing(instrument, held.leverage) - heldNotional);
  const bound = Math.min(proposal.quantity, notional / price, instrument.maxMarketQuantity);
  const verdict = withinMarket({ bound, leverage: held.leverage }, proposal, params);
  if (verdict.kind === 'refused' || isStoppedInTime(proposal, verdict.quantity)) return verdict;
  return { kind: 'refused', reason: 'stop-beyond-liquidation' };
}

function blockOf({ time, cooldownUntil }: Proposal, limits: AccountLimitState): RefusalReason | undefined {
  const block = entryBlock(limits, time);
  if (block !== undefined) return block === 'drawdown' ? 'drawdown-limit' : 'daily-loss-limit';
  return time < cooldownUntil ? 'cooldown' : undefined;
}

/** Margin of one position as a fraction of equity, at most. */
const largestMargin = ({ portfolio }: Proposal, params: RiskParams): number =>
  Math.min(params.maxPositionFraction, portfolio?.maxMarginFraction ?? Infinity);

/** Largest notional at which the tiers allow `leverage`; 0: none does. */
function notionalAllowing({ tiers }: Instrument, leverage: number): number {
  const first = tiers.findIndex(({ maxLeverage }) => maxLeverage < leverage);
  if (first === 0) return 0;
  return tiers[first < 0 ? tiers.length - 1 : first - 1].maxNotional;
}

/** Whether the resting stop would still be hit before liquidation once `added` has filled at the price. */
function isStoppedInTime({ instrument, price, held, closeFeeRate }: IncreaseProposal, added: number): boolean {
  const { direction, leverage, stopPrice } = held;
  if (stopPrice === undefined) return true;
  const quantity = held.quantity + added;
  const entry = (held.quantity * held.price + added * price) / quantity;
  const terms = { direction, quantity, entry, margin: (quantity * entry) / leverage, feeRate: closeFeeRate };
  return !isStopForestalled(direction, stopPrice, liquidationPriceOfMargin(instrument, terms));
}

/** What the venue takes, the market can bear and the portfolio has room for, of at most `bound` base units. */
function withinMarket(
  { bound, leverage }: { readonly bound: number; readonly leverage: number },
  proposal: Proposal,
  params: RiskParams,
): RiskVerdict {
  const { price } = proposal;
  const wantedQuantity = quantityWithin(bound, proposal);
  if (wantedQuantity === undefined) return refused('below-minimum');
  const share = params.maxParticipation * proposal.tradedQuantity24h;
  const quantity = share >= wantedQuantity ? wantedQuantity : quantityWithin(share, proposal);
  if (quantity === undefined) return refused('participation');
  if (proposal.portfolio === undefined) return { kind: 'allowed', quantity, leverage };
  const { notional, limit } = proposal.portfolio.room;
  const roomy = quantity * price <= notional ? quantity : quantityWithinNotional(notional, proposal);
  return roomy === undefined ? refused(limit) : { kind: 'allowed', quantity: roomy, leverage };
}

/** Whole lots worth at most `notional`, to the last bit; undefined: that is less than the venue takes. */
function quantityWithinNotional(notional: number, proposal: Proposal): number | undefined {
  const { instrument, price } = proposal;
  const quantity = quantityWithin(notional / price, proposal);
  if (quantity === undefined || quantity * price <= notional) return quantity;
  return quantityWithin(quantity - instrument.lotSize / 2, proposal);
}

/** Whole lots within `bound`; undefined: that is less than the venue takes. */
function quantityWithin(bound: number, { instrument, price }: Proposal): number | undefined {
  const quantity = Number.isFinite(bound) ? floorToLot(instrument, bound) : 0;
  const isEnough = quantity > 0 && quantity >= instrument.minQuantity && quantity * price >= instrument.minNotional;
  return isEnough ? quantity : undefined;
}
