// What is an endpoint of Binance's REST interface? Who may call it, what it weighs, and what it does.
import type { ListedContract } from '../../core/exchange.ts';
import type { Fields } from '../fields.ts';
import { badFields, type BinanceAnswer } from './answer.ts';
import type { Desk } from './desk.ts';
import type { LimitName } from './limits.ts';
import { SYMBOL_INVALID } from './refusals.ts';

export interface RouteContext extends Desk {
  readonly fields: Fields;
}

export interface Route {
  /** `key`: the key alone suffices; `read` and `write` are signed. */
  readonly access: 'public' | 'key' | 'read' | 'write';
  /** What it counts against the address; a function where that depends on what is asked. */
  readonly weight: number | ((fields: Fields) => number);
  /** What it counts against besides. Default: nothing. */
  readonly limit?: LimitName | undefined;
  readonly run: (context: RouteContext) => BinanceAnswer;
}

/** Routes by method and path: `GET /fapi/v1/time`. */
export type Routes = Readonly<Record<string, Route>>;

/** One weight with a symbol, another for all of them. */
export const bySymbol =
  (one: number, all: number) =>
  (fields: Fields): number =>
    fields.text('symbol') === undefined ? all : one;

/** The answer about one contract, which the field `symbol` must name. */
export function withContract(
  { world, fields }: RouteContext,
  answer: (contract: ListedContract) => BinanceAnswer,
): BinanceAnswer {
  const symbol = fields.required('symbol');
  if (fields.problem !== undefined) return badFields(fields.problem);
  const contract = world.exchange.contract(symbol);
  return contract === undefined ? SYMBOL_INVALID : answer(contract);
}

/** The contracts that the optional field `symbol` names: one, or all that have not ended; undefined: there is no such one. */
export function namedContracts({ world, fields }: RouteContext): readonly ListedContract[] | undefined {
  const symbol = fields.text('symbol');
  if (symbol === undefined) return world.exchange.contracts().filter(({ status }) => status !== 'closed');
  const contract = world.exchange.contract(symbol);
  return contract && [contract];
}
