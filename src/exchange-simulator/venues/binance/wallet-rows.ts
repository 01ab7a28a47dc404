// How does Binance show the money of the account? Sums, and the one asset that everything settles in.
import type { Atoms } from '../../../domain/money.ts';
import type { AccountState, WalletState } from '../../core/exchange.ts';
import { moneyText } from './money-text.ts';

/** Money of the account as Binance splits it. */
export interface AccountMoney {
  readonly wallet: WalletState;
  readonly marginMode: AccountState['marginMode'];
  /** When the balance changed last, epoch milliseconds. */
  readonly updateTime: number;
}

/** Wallet that no isolated position holds, and profit that counts towards it. */
export function crossMoney({ wallet, marginMode }: AccountMoney): {
  readonly balance: Atoms;
  readonly unrealised: Atoms;
} {
  const isCross = marginMode === 'cross';
  return {
    balance: isCross ? wallet.wallet : wallet.wallet - wallet.positionMargin,
    unrealised: isCross ? wallet.unrealised : 0n,
  };
}

/** The asset in the account; the same amounts as sums have other names. */
export function assetRow(asset: string, money: AccountMoney): Readonly<Record<string, unknown>> {
  const { wallet, updateTime } = money;
  const cross = crossMoney(money);
  return {
    asset,
    walletBalance: moneyText(wallet.wallet),
    unrealizedProfit: moneyText(wallet.unrealised),
    marginBalance: moneyText(wallet.equity),
    maintMargin: moneyText(wallet.maintenanceMargin),
    initialMargin: moneyText(wallet.positionMargin + wallet.orderMargin),
    positionInitialMargin: moneyText(wallet.positionMargin),
    openOrderInitialMargin: moneyText(wallet.orderMargin),
    crossWalletBalance: moneyText(cross.balance),
    crossUnPnl: moneyText(cross.unrealised),
    availableBalance: moneyText(wallet.available),
    maxWithdrawAmount: moneyText(wallet.available),
    marginAvailable: true,
    updateTime,
  };
}

export function accountSums(money: AccountMoney): Readonly<Record<string, unknown>> {
  const { wallet } = money;
  const cross = crossMoney(money);
  return {
    totalInitialMargin: moneyText(wallet.positionMargin + wallet.orderMargin),
    totalMaintMargin: moneyText(wallet.maintenanceMargin),
    totalWalletBalance: moneyText(wallet.wallet),
    totalUnrealizedProfit: moneyText(wallet.unrealised),
    totalMarginBalance: moneyText(wallet.equity),
    totalPositionInitialMargin: moneyText(wallet.positionMargin),
    totalOpenOrderInitialMargin: moneyText(wallet.orderMargin),
    totalCrossWalletBalance: moneyText(cross.balance),
    totalCrossUnPnl: moneyText(cross.unrealised),
    availableBalance: moneyText(wallet.available),
    maxWithdrawAmount: moneyText(wallet.available),
  };
}

/** The row of the balances. */
export function balanceRow(asset: string, money: AccountMoney): Readonly<Record<string, unknown>> {
  const { wallet, updateTime } = money;
  const cross = crossMoney(money);
  return {
    accountAlias: 'SiMu',
    asset,
    balance: moneyText(wallet.wallet),
    crossWalletBalance: moneyText(cross.balance),
    crossUnPnl: moneyText(cross.unrealised),
    availableBalance: moneyText(wallet.available),
    maxWithdrawAmount: moneyText(wallet.available),
    marginAvailable: true,
    updateTime,
  };
}
