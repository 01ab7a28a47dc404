// Which order does a client want to place? The fields of an order, checked as far as the venue does before its engine sees them.
import { decimalsOf } from '../../../domain/instrument.ts';
import type { AccountState, ListedContract } from '../../core/exchange.ts';
import type { OrderRecord } from '../../core/order-record.ts';
import type { Fields } from '../fields.ts';
import { badFields, invalid, missing, refused, type Refused } from './answer.ts';

const CLIENT_ID = /^[.A-Z:/a-z0-9_-]{1,36}$/;
const FORCE = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok', GTX: 'post-only' } as const;
const CONDITIONAL_TYPES = ['STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'] as const;

/** What ordinary and conditional orders have in common. */
export interface CommonFields {
  readonly side: 'buy' | 'sell';
  /** Undefined: none was given. */
  readonly clientId: string | undefined;
  readonly timeInForce: OrderRecord['timeInForce'] | undefined;
  readonly reduceOnly: boolean;
  readonly positionIndex: number;
}

export type Read<Value> =
  | { readonly kind: 'read'; readonly value: Value }
  | { readonly kind: 'refused'; readonly answer: Refused };

const bad = (answer: Refused): { readonly kind: 'refused'; readonly answer: Refused } => ({ kind: 'refused', answer });

/** Side, names and flags of an order. `idField` names the client's own id. */
export function readCommon(
  fields: Fields,
  idField: string,
  positionMode: AccountState['positionMode'],
): Read<CommonFields> {
  const side = fields.text('side');
  const clientId = fields.text(idField);
  const force = fields.text('timeInForce');
  const positionSide = fields.text('positionSide') ?? 'BOTH';
  const reduceOnly = fields.flag('reduceOnly');
  if (fields.problem !== undefined) return bad(badFields(fields.problem));
  if (side === undefined) return bad(missing('side'));
  if (side !== 'BUY' && side !== 'SELL') return bad(refused(-1117, 'Invalid side.'));
  if (clientId !== undefined && !CLIENT_ID.test(clientId)) return bad(refused(-4015, 'Client order id is not valid.'));
  const timeInForce = force === undefined ? undefined : new Map(Object.entries(FORCE)).get(force);
  if (force !== undefined && timeInForce === undefined) return bad(refused(-1115, 'Invalid timeInForce.'));
  if (!['BOTH', 'LONG', 'SHORT'].includes(positionSide)) return bad(refused(-4060, 'Invalid position side.'));
  const isHedged = positionMode === 'hedge';
  if ((positionSide === 'BOTH') === isHedged) {
    return bad(refused(-4061, "Order's position side does not match user's setting."));
  }
  if (isHedged && fields.text('reduceOnly') !== undefined) return bad(unwanted('reduceonly'));
  const closes = isHedged && (positionSide === 'LONG') === (side === 'SELL');
  const value: CommonFields = {
    side: side === 'BUY' ? 'buy' : 'sell',
    clientId,
    timeInForce,
    reduceOnly: reduceOnly || closes,
    positionIndex: { BOTH: 0, LONG: 1, SHORT: 2 }[positionSide] ?? 0,
  };
  return { kind: 'read', value };
}

export const unwanted = (name: string): Refused => refused(-1106, `Parameter '${name}' sent when not required.`);

const TOO_PRECISE = refused(-1111, 'Precision is over the maximum defined for this asset.');

/** A quantity or price that must be above 0 and have no more decimals than its step. */
export function readAmount(fields: Fields, name: string, { instrument }: ListedContract): Read<number> {
  const text = fields.text(name);
  if (text === undefined) return bad(missing(name));
  const value = fields.decimal(name);
  if (value === undefined) return bad(invalid(name));
  const isQuantity = name === 'quantity';
  if (value === 0) {
    return bad(
      isQuantity ? refused(-4003, 'Quantity less than or equal to zero.') : refused(-4001, 'Price less than 0.'),
    );
  }
  const fraction = (text.split('.')[1] ?? '').replace(/0+$/, '');
  const step = isQuantity ? instrument.lotSize : instrument.tickSize;
  return fraction.length > decimalsOf(step) ? bad(TOO_PRECISE) : { kind: 'read', value };
}

export const isConditionalType = (type: string): boolean => CONDITIONAL_TYPES.some((name) => name === type);

/** A conditional type that is simulated, as what it is made of; undefined: it is not. */
export function conditionalKind(
  type: string,
): { readonly isStop: boolean; readonly type: 'market' | 'limit' } | undefined {
  if (!isConditionalType(type) || type.startsWith('TRAILING')) return undefined;
  return { isStop: type.startsWith('STOP'), type: type.endsWith('_MARKET') ? 'market' : 'limit' };
}
