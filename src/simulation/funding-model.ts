// What does a position pay at a funding stamp? Signed quantity × mark × rate; a missing rate is charged, never taken for 0.
import { PerpilotError } from '../domain/errors.ts';
import type { FundingPayment } from '../domain/fill.ts';
import { isoTime } from '../domain/iso-time.ts';
import { atomsToNumber, productAtoms } from '../domain/money.ts';

/** What is due and on what. */
export interface FundingTerms {
  readonly symbol: string;
  readonly time: number;
  /** Fraction per stamp; positive: longs pay. NaN: missing. */
  readonly rate: number;
  /** Signed base units held when the stamp falls due. */
  readonly quantity: number;
  readonly markPrice: number;
}

/** What a stamp without a rate does. */
export interface MissingFunding {
  readonly missingFunding: 'charge' | 'fail';
  readonly missingFundingBps: number;
}

/**
 * The payment of one stamp, exact to the atom before it becomes a number; positive is paid by us. A missing rate costs
 * `missingFundingBps` whichever side is held: its rate is reported with the sign that makes us pay.
 * @throws PerpilotError DATA_MISSING for a missing rate under `fail`
 */
export function fundingPaymentOf(terms: FundingTerms, missing: MissingFunding): FundingPayment {
  const { symbol, time, quantity, markPrice } = terms;
  const isKnown = !Number.isNaN(terms.rate);
  if (!isKnown && missing.missingFunding === 'fail') {
    throw new PerpilotError('DATA_MISSING', [
      {
        message: `${symbol}: no funding rate for the stamp at ${isoTime(time)}, and a position was held`,
        hint: 'add the history, or set costs.missing_funding to charge',
      },
    ]);
  }
  const rate = isKnown ? terms.rate : (Math.sign(quantity) * missing.missingFundingBps) / 10_000;
  return {
    kind: 'funding',
    time,
    symbol,
    rate,
    markPrice,
    payment: atomsToNumber(productAtoms(quantity, markPrice, rate)),
    source: isKnown ? 'history' : 'charged-for-missing',
  };
}
