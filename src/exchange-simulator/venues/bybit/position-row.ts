// How does Bybit show a position? One row per symbol, or one per side in hedge mode.
import type { Instrument } from '../../../domain/instrument.ts';
import { atomsToNumber, productAtoms } from '../../../domain/money.ts';
import type { PositionState } from '../../core/exchange.ts';
import { atomsText, numberText, stepText } from '../number-text.ts';
import type { RowContext } from './order-row.ts';
import { POSITION_STATUS } from './words.ts';

/** Upper bound that is told for a last tier without one, quote currency. */
const NO_BOUND = 1_000_000_000_000;

export const tierBound = (maxNotional: number): number => (Number.isFinite(maxNotional) ? maxNotional : NO_BOUND);

/** 1-based id of the tier that a position of this value belongs to, with its bound. */
function riskTier({ tiers }: Instrument, value: number): { readonly id: number; readonly bound: number } {
  const index = tiers.findIndex(({ maxNotional }) => value <= maxNotional);
  const at = index < 0 ? tiers.length - 1 : index;
  return { id: at + 1, bound: tierBound(tiers[at].maxNotional) };
}

/** Which index a held or flat position is shown under. */
function indexOf(quantity: number, { positionMode }: RowContext): 0 | 1 | 2 {
  if (positionMode === 'one-way') return 0;
  return quantity < 0 ? 2 : 1;
}

/** The row of a position by REST; a flat one has no side, size 0 and no liquidation price. */
export function positionRow(
  position: PositionState,
  context: RowContext,
  index: 0 | 1 | 2 = indexOf(position.quantity, context),
): Readonly<Record<string, unknown>> {
  const { instrument, listedAt } = context.contract;
  const { tickSize, lotSize } = instrument;
  const price = (value: number | undefined): string => (value === undefined ? '0' : stepText(value, tickSize));
  const isFlat = position.quantity === 0;
  const size = Math.abs(position.quantity);
  const hasMark = Number.isFinite(position.markPrice);
  const value = isFlat || !hasMark ? 0n : productAtoms(size, position.markPrice);
  const tier = riskTier(instrument, atomsToNumber(value));
  const margin = isFlat ? '0' : numberText(position.margin);
  const maintenance = isFlat ? '0' : numberText(position.maintenanceMargin);
  return {
    positionIdx: index,
    riskId: tier.id,
    riskLimitValue: numberText(tier.bound),
    symbol: position.symbol,
    side: isFlat ? '' : position.quantity > 0 ? 'Buy' : 'Sell',
    size: isFlat ? '0' : stepText(size, lotSize),
    avgPrice: isFlat ? '0' : numberText(position.entryPrice),
    positionValue: atomsText(value),
    tradeMode: 0,
    positionStatus: POSITION_STATUS[position.status],
    autoAddMargin: 0,
    adlRankIndicator: isFlat ? 0 : position.deleverageRank,
    leverage: numberText(position.leverage),
    breakEvenPrice: '',
    positionBalance: margin,
    markPrice: hasMark ? numberText(position.markPrice) : '',
    liqPrice: isFlat || position.liquidationPrice === undefined ? '' : numberText(position.liquidationPrice),
    bustPrice: isFlat || position.bankruptcyPrice === undefined ? '' : numberText(position.bankruptcyPrice),
    positionIM: margin,
    positionIMByMp: margin,
    positionMM: maintenance,
    positionMMByMp: maintenance,
    tpslMode: 'Full',
    takeProfit: price(position.targetPrice),
    stopLoss: price(position.stopPrice),
    trailingStop: price(position.trailingDistance),
    unrealisedPnl: atomsText(position.unrealised),
    curRealisedPnl: atomsText(position.realisedSinceOpen),
    cumRealisedPnl: atomsText(position.realisedEver),
    sessionAvgPrice: '',
    seq: position.sequence,
    isReduceOnly: position.reduceOnly,
    mmrSysUpdatedTime: '',
    leverageSysUpdatedTime: '',
    createdTime: String(listedAt),
    updatedTime: String(position.updatedAt),
    openTime: isFlat ? 0 : position.openedAt,
  };
}

/** The same on the stream, where the entry price has another name. */
export function positionFrameRow(position: PositionState, context: RowContext): Readonly<Record<string, unknown>> {
  const { avgPrice, ...rest } = positionRow(position, context);
  return { category: 'linear', ...rest, entryPrice: avgPrice };
}
