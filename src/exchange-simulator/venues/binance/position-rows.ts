// How does Binance show a position? In the account and with its risk, each in two versions that know different things.
import { productAtoms, toAtoms } from '../../../domain/money.ts';
import type { AccountState, ListedContract, PositionState } from '../../core/exchange.ts';
import { numberText, stepText } from '../number-text.ts';
import { amountText, moneyText } from './money-text.ts';

/** Upper bound that is told for a last tier without one, quote currency. */
const NO_BOUND = 1_000_000_000_000;

export const tierBound = (maxNotional: number): number => (Number.isFinite(maxNotional) ? maxNotional : NO_BOUND);

/** What the rows of a position need besides it. */
export interface PositionContext {
  readonly contract: ListedContract;
  readonly account: AccountState;
}

/** A side of a symbol's position, and whether it is the one that is held. */
export interface SideOf {
  readonly side: 'BOTH' | 'LONG' | 'SHORT';
  readonly isHeld: boolean;
}

/** The one position of a symbol, or in hedge mode its sides, of which one at most is held. */
export function positionSides({ quantity }: PositionState, { account }: PositionContext): readonly SideOf[] {
  if (account.positionMode === 'one-way') return [{ side: 'BOTH', isHeld: quantity !== 0 }];
  return [
    { side: 'LONG', isHeld: quantity > 0 },
    { side: 'SHORT', isHeld: quantity < 0 },
  ];
}

/** Money of a position, exact where the exchange keeps it so; all 0 where it is not held. */
function positionMoney(position: PositionState, { account }: PositionContext, isHeld: boolean) {
  const hasMark = Number.isFinite(position.markPrice);
  const isIsolated = isHeld && account.marginMode === 'isolated';
  const unrealised = isHeld ? position.unrealised : 0n;
  const margin = isHeld ? toAtoms(position.margin) : 0n;
  const isolatedWallet = isIsolated ? margin : 0n;
  return {
    notional: moneyText(isHeld && hasMark ? productAtoms(position.quantity, position.markPrice) : 0n),
    unrealised: moneyText(unrealised),
    isolatedWallet: moneyText(isolatedWallet),
    isolatedMargin: moneyText(isIsolated ? isolatedWallet + unrealised : 0n),
    initialMargin: moneyText(margin),
    maintenanceMargin: amountText(isHeld ? position.maintenanceMargin : 0),
  };
}

/** A position in the account, third version. */
export function accountPositionRow(
  position: PositionState,
  context: PositionContext,
  { side, isHeld }: SideOf,
): Readonly<Record<string, unknown>> {
  const money = positionMoney(position, context, isHeld);
  const { lotSize } = context.contract.instrument;
  return {
    symbol: position.symbol,
    positionSide: side,
    positionAmt: stepText(isHeld ? position.quantity : 0, lotSize),
    unrealizedProfit: money.unrealised,
    isolatedMargin: money.isolatedMargin,
    notional: money.notional,
    isolatedWallet: money.isolatedWallet,
    initialMargin: money.initialMargin,
    maintMargin: money.maintenanceMargin,
    updateTime: position.updatedAt,
  };
}

/** The same in the second version, which knows leverage and entry. */
export function oldAccountPositionRow(
  position: PositionState,
  context: PositionContext,
  sideOf: SideOf,
): Readonly<Record<string, unknown>> {
  const row = accountPositionRow(position, context, sideOf);
  return {
    ...row,
    positionInitialMargin: row['initialMargin'],
    openOrderInitialMargin: '0',
    leverage: numberText(position.leverage),
    isolated: context.account.marginMode === 'isolated',
    entryPrice: sideOf.isHeld ? numberText(position.entryPrice) : '0.0',
    breakEvenPrice: breakEvenText(position, sideOf),
    maxNotional: numberText(largestNotional(context.contract, position.leverage)),
    bidNotional: '0',
    askNotional: '0',
  };
}

/** The price at which closing would leave no loss over all that was paid so far. */
export function breakEvenText(position: PositionState, { isHeld }: SideOf): string {
  if (!isHeld) return '0.0';
  const { entryPrice, quantity, realisedSinceOpen } = position;
  const price = entryPrice - Number(realisedSinceOpen) / 1e12 / quantity;
  return numberText(Number(Math.max(0, price).toPrecision(15)));
}

/** The largest value that a position may have at a leverage, quote currency. */
export function largestNotional({ instrument }: ListedContract, leverage: number): number {
  const allowed = instrument.tiers.filter(({ maxLeverage }) => maxLeverage >= leverage);
  return tierBound(allowed[allowed.length - 1]?.maxNotional ?? 0);
}

/** A position with its risk, third version. */
export function riskRow(
  position: PositionState,
  context: PositionContext,
  sideOf: SideOf,
  marginAsset: string,
): Readonly<Record<string, unknown>> {
  const { side, isHeld } = sideOf;
  const money = positionMoney(position, context, isHeld);
  const { lotSize } = context.contract.instrument;
  return {
    symbol: position.symbol,
    positionSide: side,
    positionAmt: stepText(isHeld ? position.quantity : 0, lotSize),
    entryPrice: isHeld ? numberText(position.entryPrice) : '0.0',
    breakEvenPrice: breakEvenText(position, sideOf),
    markPrice: markText(position),
    unRealizedProfit: money.unrealised,
    liquidationPrice: isHeld ? numberText(position.liquidationPrice ?? 0) : '0',
    isolatedMargin: money.isolatedMargin,
    notional: money.notional,
    marginAsset,
    isolatedWallet: money.isolatedWallet,
    initialMargin: money.initialMargin,
    maintMargin: money.maintenanceMargin,
    positionInitialMargin: money.initialMargin,
    openOrderInitialMargin: '0',
    adl: isHeld ? Math.max(0, position.deleverageRank - 1) : 0,
    bidNotional: '0',
    askNotional: '0',
    updateTime: position.updatedAt,
  };
}

const markText = ({ markPrice }: PositionState): string => amountText(Number.isFinite(markPrice) ? markPrice : 0);

/** The same in the second version. */
export function oldRiskRow(
  position: PositionState,
  context: PositionContext,
  sideOf: SideOf,
): Readonly<Record<string, unknown>> {
  const row = riskRow(position, context, sideOf, '');
  const { marginMode } = context.account;
  return {
    symbol: row['symbol'],
    positionAmt: row['positionAmt'],
    entryPrice: row['entryPrice'],
    breakEvenPrice: row['breakEvenPrice'],
    markPrice: row['markPrice'],
    unRealizedProfit: row['unRealizedProfit'],
    liquidationPrice: row['liquidationPrice'],
    leverage: numberText(position.leverage),
    maxNotionalValue: numberText(largestNotional(context.contract, position.leverage)),
    marginType: marginMode,
    isolatedMargin: row['isolatedMargin'],
    isAutoAddMargin: 'false',
    positionSide: row['positionSide'],
    notional: row['notional'],
    isolatedWallet: row['isolatedWallet'],
    updateTime: row['updateTime'],
    isolated: marginMode === 'isolated',
    adlQuantile: row['adl'],
  };
}
