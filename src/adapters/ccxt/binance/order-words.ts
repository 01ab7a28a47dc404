// Which words does Binance have for an order that is placed, and what does it answer?
import { z } from 'zod';
import { wireId } from '../streams/wire-values.ts';

export const SIDE = { buy: 'BUY', sell: 'SELL' } as const;
export const WORKING_TYPE = { last: 'CONTRACT_PRICE', mark: 'MARK_PRICE' } as const;
export const TIME_IN_FORCE = { gtc: 'GTC', ioc: 'IOC', 'post-only': 'GTX' } as const;

export const orderAck = z.object({ orderId: wireId, clientOrderId: z.string() });
export const algoAck = z.object({ algoId: wireId, clientAlgoId: z.string() });
