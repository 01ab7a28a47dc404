// How does Binance write money? With eight decimals at least, and never a digit of an exact amount lost.
import { toAtoms, type Atoms } from '../../../domain/money.ts';
import { atomsText } from '../number-text.ts';

const DECIMALS = 8;

/** 23.72469206 as it is, 10000 as `10000.00000000`, and twelve decimals where there are so many. */
export function moneyText(atoms: Atoms): string {
  const text = atomsText(atoms);
  const [whole, fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(DECIMALS, '0')}`;
}

/** The same of an amount that is known as a number only. */
export const amountText = (amount: number): string => moneyText(toAtoms(amount));
