// May this target position become an order, and how large? The last word before an entry.
import { floorToLot, tierOf, type Instrument } from '../domain/instrument.ts';
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

export interface EntryProposal {
  readonly time: number;
  readonly instrument: Instrument;
  /** Close the decision was made at, quote currency. */
  readonly price: number;
  /** Base units traded in the last 24 hours; NaN: not known. */
  readonly tradedQuantity24h: number;
  /** Wanted margin as a fraction of equity, after every multiplier and before the cap. */
  readonly marginFraction: number;
  readonly equity: number;
  /** Margin bound by open positions and by entries under way, quote currency. */
  readonly marginInUse: number;
  /** Positions open or under way, over all symbols. */
  readonly openPositions: number;
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

const refused = (reason: RefusalReason): RiskVerdict => ({ kind: 'refused', reason });

/**
 * Reviews an entry. Margin is capped by `maxPositionFraction` and by the free margin; leverage by the level and by the
 * instrument's tier for the resulting notional; quantity by the largest tier, by the largest market order, by its share of
 * what was traded and by the notional limits of a portfolio. All is rounded towards zero to whole lots, so no limit is ever exceeded by rounding. Below the venue's
 * minimum, or nothing known to be traded: refused, never rounded up.
 */
export function reviewEntry(proposal: EntryProposal, params: RiskParams, limits: AccountLimitState): RiskVerdict {
  const block = entryBlock(limits, proposal.time);
  if (block !== undefined) return refused(block === 'drawdown' ? 'drawdown-limit' : 'daily-loss-limit');
  if (proposal.time < proposal.cooldownUntil) return refused('cooldown');
  if (proposal.openPositions >= params.maxOpenPositions) return refused('max-open-positions');
  if (!(proposal.marginFraction > 0)) return refused('zero-size');

  const { instrument, price, equity } = proposal;
  const largest = Math.min(params.maxPositionFraction, proposal.portfolio?.maxMarginFraction ?? Infinity);
  const wanted = equity * Math.min(proposal.marginFraction, largest);
  const margin = Math.min(wanted, equity - proposal.marginInUse);
  if (!(margin > 0)) return refused('no-free-margin');

  const leverage = Math.min(params.maxLeverage, tierOf(instrument, margin * params.maxLeverage).maxLeverage);
  const largestNotional = instrument.tiers[instrument.tiers.length - 1].maxNotional;
  const bound = Math.min((margin * leverage) / price, largestNotional / price, instrument.maxMarketQuantity);
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
function quantityWithinNotional(notional: number, proposal: EntryProposal): number | undefined {
  const { instrument, price } = proposal;
  const quantity = quantityWithin(notional / price, proposal);
  if (quantity === undefined || quantity * price <= notional) return quantity;
  return quantityWithin(quantity - instrument.lotSize / 2, proposal);
}

/** Whole lots within `bound`; undefined: that is less than the venue takes. */
function quantityWithin(bound: number, { instrument, price }: EntryProposal): number | undefined {
  const quantity = Number.isFinite(bound) ? floorToLot(instrument, bound) : 0;
  const isEnough = quantity > 0 && quantity >= instrument.minQuantity && quantity * price >= instrument.minNotional;
  return isEnough ? quantity : undefined;
}
