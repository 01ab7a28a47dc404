// How does Bybit show the wallet of a unified account? Totals, and the one coin that everything settles in.
import { atomsToNumber } from '../../../domain/money.ts';
import type { WalletState } from '../../core/exchange.ts';
import { atomsText, numberText } from '../number-text.ts';

/** A rate of margin to equity; 0 without a position. */
function rateText(margin: bigint, equity: bigint): string {
  if (margin === 0n || equity <= 0n) return '0';
  return numberText(Number((atomsToNumber(margin) / atomsToNumber(equity)).toFixed(8)));
}

/** The row of the wallet; money without a digit lost. */
export function walletRow(wallet: WalletState, coin: string): Readonly<Record<string, unknown>> {
  const initial = wallet.positionMargin + wallet.orderMargin;
  const initialRate = rateText(initial, wallet.equity);
  const maintenanceRate = rateText(wallet.maintenanceMargin, wallet.equity);
  return {
    accountType: 'UNIFIED',
    accountLTV: '0',
    accountIMRate: initialRate,
    accountIMRateByMp: initialRate,
    accountMMRate: maintenanceRate,
    accountMMRateByMp: maintenanceRate,
    totalEquity: atomsText(wallet.equity),
    totalWalletBalance: atomsText(wallet.wallet),
    totalMarginBalance: atomsText(wallet.equity),
    totalAvailableBalance: atomsText(wallet.available),
    totalPerpUPL: atomsText(wallet.unrealised),
    totalInitialMargin: atomsText(initial),
    totalInitialMarginByMp: atomsText(initial),
    totalMaintenanceMargin: atomsText(wallet.maintenanceMargin),
    totalMaintenanceMarginByMp: atomsText(wallet.maintenanceMargin),
    coin: [
      {
        coin,
        equity: atomsText(wallet.equity),
        usdValue: atomsText(wallet.equity),
        walletBalance: atomsText(wallet.wallet),
        availableToWithdraw: '',
        availableToBorrow: '',
        borrowAmount: '0',
        bonus: '0',
        accruedInterest: '0',
        totalOrderIM: atomsText(wallet.orderMargin),
        totalPositionIM: atomsText(wallet.positionMargin),
        totalPositionMM: atomsText(wallet.maintenanceMargin),
        unrealisedPnl: atomsText(wallet.unrealised),
        cumRealisedPnl: atomsText(wallet.realisedEver),
        locked: '0',
        collateralSwitch: true,
        marginCollateral: true,
        spotHedgingQty: '0',
        spotBorrow: '0',
      },
    ],
  };
}
