// What is an endpoint of Bybit's REST interface? Who may call it, how often, and what it does.
import type { SimulatedExchange, ListedContract } from '../../core/exchange.ts';
import type { CodecWorld } from '../venue-codec.ts';
import { badParameter, done, type BybitAnswer } from './answer.ts';
import type { Fields } from '../fields.ts';
import type { RowContext } from './order-row.ts';

export interface RouteContext {
  readonly world: CodecWorld;
  readonly fields: Fields;
}

export interface Route {
  readonly access: 'public' | 'read' | 'write';
  /** Requests of one key per second; undefined: only the address is limited. */
  readonly perSecond?: number | undefined;
  readonly run: (context: RouteContext) => BybitAnswer;
}

/** Routes by method and path: `GET /v5/market/time`. */
export type Routes = Readonly<Record<string, Route>>;

const CATEGORIES = ['linear', 'inverse', 'spot', 'option'] as const;
type Category = (typeof CATEGORIES)[number];

/** The category that was asked for; anything but linear exists here as an empty market. */
export function categoryOf(fields: Fields): Category | undefined {
  const category = fields.oneOf('category', CATEGORIES);
  if (category === undefined) fields.refuse('category is required');
  return category;
}

/** The answer of a list endpoint about a market that is not simulated. */
export const emptyList = (category: Category): BybitAnswer => done({ category, list: [], nextPageCursor: '' });

/** A query of the linear market; other markets are answered with an empty list, wrong fields with their problem. */
export function linearList(
  { fields }: RouteContext,
  list: () => BybitAnswer | { readonly list: readonly unknown[]; readonly nextPageCursor?: string },
): BybitAnswer {
  const category = categoryOf(fields);
  if (fields.problem !== undefined || category === undefined) return badParameter(fields.problem ?? 'category invalid');
  if (category !== 'linear') return emptyList(category);
  const answer = list();
  if (fields.problem !== undefined) return badParameter(fields.problem);
  return 'kind' in answer ? answer : done({ category, ...answer });
}

/** A contract by name, which is undefined when it is not listed; the problem is noted then. */
export function contractOf({ world, fields }: RouteContext): ListedContract | undefined {
  const symbol = fields.required('symbol');
  const contract = world.exchange.contract(symbol);
  if (contract === undefined) fields.refuse(`symbol invalid ${symbol}`);
  return contract;
}

/** What a row of `symbol` is written with. */
export function rowContextOf(exchange: SimulatedExchange, contract: ListedContract): RowContext {
  return { contract, positionMode: exchange.account().positionMode };
}
