// Which shapes do Bybit's messages have? Envelopes, candles and tickers; rows of the account stand beside.
import { z } from 'zod';
import { instant, optionalDecimal, optionalPrice, wireSymbol } from './wire-values.ts';

/** What every message may carry; which of it decides what the message is. */
export const envelopeShape = z.object({
  topic: z.string().optional(),
  op: z.string().optional(),
  success: z.boolean().optional(),
  ret_msg: z.string().optional(),
  retCode: z.number().optional(),
  retMsg: z.string().optional(),
  req_id: z.union([z.string(), z.number()]).nullish(),
  type: z.string().optional(),
  creationTime: instant.optional(),
  data: z.unknown().optional(),
});

export const klineRows = z.array(
  z.object({
    start: z.number(),
    open: z.string(),
    high: z.string(),
    low: z.string(),
    close: z.string(),
    volume: z.string(),
    confirm: z.boolean(),
  }),
);

export const tickerRow = z.object({
  symbol: wireSymbol,
  lastPrice: optionalDecimal,
  markPrice: optionalPrice,
  bid1Price: optionalPrice,
  ask1Price: optionalPrice,
  turnover24h: optionalDecimal,
  fundingRate: optionalDecimal,
  nextFundingTime: z.union([z.literal('').transform(() => undefined), instant]).optional(),
});
