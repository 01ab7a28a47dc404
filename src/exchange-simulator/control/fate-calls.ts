// Which strokes of fate can be asked for by name? Every method of the hand of fate, with its arguments checked.
import type { Candle } from '../../domain/candle.ts';
import type { HandOfFate, ListingStatus, SimulatedExchange } from '../core/exchange.ts';
import type { Fields } from '../venues/fields.ts';

/** Reads the arguments and, unless one of them is wrong, returns what is to be done. */
type FateCall = (read: FateArguments) => (fate: HandOfFate) => void;

const STATUSES: readonly ListingStatus[] = ['pre-launch', 'trading', 'reduce-only', 'closing', 'closed'];

/** Arguments by name; what is missing or wrong is noted in `fields`. */
class FateArguments {
  readonly fields: Fields;
  readonly #exchange: SimulatedExchange;

  constructor(fields: Fields, exchange: SimulatedExchange) {
    this.fields = fields;
    this.#exchange = exchange;
  }

  symbol(): string {
    const symbol = this.fields.required('symbol');
    if (this.#exchange.contract(symbol) === undefined) this.fields.refuse(`symbol ${symbol} is not listed here`);
    return symbol;
  }

  amount(name: string): number {
    return this.fields.decimal(name) ?? this.#missing(name);
  }

  /** May be negative. */
  signed(name: string): number {
    return this.fields.signed(name) ?? this.#missing(name);
  }

  whole(name: string): number {
    return this.fields.whole(name) ?? this.#missing(name);
  }

  /** A flag that must be given. */
  flag(name: string): boolean {
    if (this.fields.text(name) === undefined) this.#missing(name);
    return this.fields.flag(name);
  }

  word<Word extends string>(name: string, words: readonly Word[]): Word {
    const word = this.fields.oneOf(name, words);
    if (word === undefined) this.#missing(name);
    return word ?? words[0];
  }

  #missing(name: string): number {
    this.fields.refuse(`${name} is required`);
    return 0;
  }
}

/** Only what was given. */
function given(fields: Fields, names: readonly string[]): Record<string, number> {
  const values = names.map((name) => [name, fields.decimal(name)] as const);
  return Object.fromEntries(values.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

const RULES = ['tickSize', 'lotSize', 'minQuantity', 'maxMarketQuantity', 'minNotional', 'fundingIntervalHours'];
const CANDLE_VALUES: readonly (keyof Candle)[] = ['open', 'high', 'low', 'close', 'volume'];

const withSymbol =
  (act: (fate: HandOfFate, symbol: string) => void): FateCall =>
  (read) => {
    const symbol = read.symbol();
    return (fate) => act(fate, symbol);
  };
const withFlag =
  (name: string, act: (fate: HandOfFate, symbol: string, flag: boolean) => void): FateCall =>
  (read) => {
    const symbol = read.symbol();
    const flag = read.flag(name);
    return (fate) => act(fate, symbol, flag);
  };
const withAmount =
  (name: string, act: (fate: HandOfFate, symbol: string, amount: number) => void): FateCall =>
  (read) => {
    const symbol = read.symbol();
    const amount = read.amount(name);
    return (fate) => act(fate, symbol, amount);
  };

export const FATE_CALLS: Readonly<Record<keyof HandOfFate, FateCall>> = {
  deleverage: withAmount('quantity', (fate, symbol, quantity) => fate.deleverage(symbol, quantity)),
  liquidate: withSymbol((fate, symbol) => fate.liquidate(symbol)),
  delist: withAmount('at', (fate, symbol, at) => fate.delist(symbol, at)),
  setStatus(read) {
    const symbol = read.symbol();
    const status = read.word('status', STATUSES);
    return (fate) => fate.setStatus(symbol, status);
  },
  changeInstrument(read) {
    const symbol = read.symbol();
    const change = given(read.fields, RULES);
    if (Object.keys(change).length === 0) read.fields.refuse(`one of ${RULES.join(', ')} is required`);
    return (fate) => fate.changeInstrument(symbol, change);
  },
  tradeByHand(read) {
    const symbol = read.symbol();
    const side = read.word('side', ['buy', 'sell']);
    const quantity = read.amount('quantity');
    return (fate) => fate.tradeByHand(symbol, side, quantity);
  },
  setLeverageByHand: withAmount('leverage', (fate, symbol, leverage) => fate.setLeverageByHand(symbol, leverage)),
  setModesByHand({ fields }) {
    const marginMode = fields.oneOf('marginMode', ['isolated', 'cross']);
    const positionMode = fields.oneOf('positionMode', ['one-way', 'hedge']);
    const change = { ...(marginMode && { marginMode }), ...(positionMode && { positionMode }) };
    if (Object.keys(change).length === 0) fields.refuse('marginMode or positionMode is required');
    return (fate) => fate.setModesByHand(change);
  },
  setReduceOnly: withFlag('reduceOnly', (fate, symbol, flag) => fate.setReduceOnly(symbol, flag)),
  setDeleverageRank: withAmount('rank', (fate, symbol, rank) => fate.setDeleverageRank(symbol, rank)),
  fillNow(read) {
    const symbol = read.symbol();
    const orderId = read.fields.required('orderId');
    const price = read.fields.decimal('price');
    return (fate) => fate.fillNow(symbol, orderId, price);
  },
  dropProtection: withSymbol((fate, symbol) => fate.dropProtection(symbol)),
  refuseProtection: withFlag('refused', (fate, symbol, flag) => fate.refuseProtection(symbol, flag)),
  rejectAtTrigger: withFlag('rejected', (fate, symbol, flag) => fate.rejectAtTrigger(symbol, flag)),
  thinBook(read) {
    const symbol = read.symbol();
    const share = read.amount('share');
    if (share > 1) read.fields.refuse('share lies between 0 and 1');
    return (fate) => fate.thinBook(symbol, share);
  },
  splitFills(read) {
    const symbol = read.symbol();
    const parts = read.whole('parts');
    if (parts < 1) read.fields.refuse('parts is at least 1');
    return (fate) => fate.splitFills(symbol, parts);
  },
  transfer(read) {
    const amount = read.signed('amount');
    return (fate) => fate.transfer(amount);
  },
  setNextFundingRate(read) {
    const symbol = read.symbol();
    const rate = read.signed('rate');
    return (fate) => fate.setNextFundingRate(symbol, rate);
  },
  reviseCandle(read) {
    const symbol = read.symbol();
    const openTime = read.whole('openTime');
    const announce = read.fields.flag('announce');
    const values = given(read.fields, CANDLE_VALUES);
    if (Object.keys(values).length === 0) read.fields.refuse(`one of ${CANDLE_VALUES.join(', ')} is required`);
    return (fate) => fate.reviseCandle(symbol, openTime, values, announce);
  },
  setFalsePrice(read) {
    const symbol = read.symbol();
    const price = read.fields.decimal('price');
    return (fate) => fate.setFalsePrice(symbol, price);
  },
  beginMaintenance: () => (fate) => fate.beginMaintenance(),
  endMaintenance: () => (fate) => fate.endMaintenance(),
};

const isCall = (name: string): name is keyof HandOfFate => Object.hasOwn(FATE_CALLS, name);

/** Calls a method of the hand of fate by name. What is wrong with the call, or undefined when it was made. */
export function callFate(name: string, fields: Fields, exchange: SimulatedExchange): string | undefined {
  if (!isCall(name))
    return `there is no stroke of fate called ${name}; there are: ${Object.keys(FATE_CALLS).join(', ')}`;
  const act = FATE_CALLS[name](new FateArguments(fields, exchange));
  if (fields.problem !== undefined) return fields.problem;
  act(exchange.fate);
  return undefined;
}
