// Which operations does the control API have? To move time, to read the truth, to stir fate and faults, to end it all.
import { isoTime } from '../../domain/iso-time.ts';
import { exactEquity, ledgerTotals } from '../../domain/ledger.ts';
import type { Fields } from '../venues/fields.ts';
import type { ControlParts } from './control-parts.ts';
import { callFate } from './fate-calls.ts';

/** What an operation answers; `problem`: what is wrong with the request. */
export type ControlAnswer = { readonly result: unknown } | { readonly problem: string };

type Operation = (parts: ControlParts, fields: Fields, body: unknown) => ControlAnswer | Promise<ControlAnswer>;

const finiteOrNull = (time: number): number | null => (Number.isFinite(time) ? time : null);

const now: Operation = ({ exchange, serverTime }) => {
  const { now: marketTime, ended } = exchange;
  return {
    result: {
      now: marketTime,
      text: isoTime(marketTime),
      ended,
      nextClose: finiteOrNull(exchange.nextClose()),
      nextTime: finiteOrNull(exchange.nextTime()),
      serverTime: serverTime(),
    },
  };
};

/** `to` a time, `by` a span in milliseconds, or to the end of so many `closes`. */
const advance: Operation = async (parts, fields) => {
  const { exchange } = parts;
  const to = fields.whole('to');
  const by = fields.whole('by');
  const closes = fields.whole('closes');
  if (fields.problem !== undefined) return { problem: fields.problem };
  if ([to, by, closes].filter((given) => given !== undefined).length !== 1) {
    return { problem: 'one of to, by and closes is required' };
  }
  if (closes === undefined) await parts.advance(to ?? exchange.now + (by ?? 0));
  else for (let close = 0; close < closes && !exchange.ended; close += 1) await toNextClose(parts);
  return { result: { now: exchange.now, ended: exchange.ended } };
};

/** The market data may end behind the last close. */
async function toNextClose({ exchange, advance }: ControlParts): Promise<void> {
  const close = exchange.nextClose();
  await advance(Number.isFinite(close) ? close : exchange.nextTime());
}

const status: Operation = (parts) => {
  const { exchange } = parts;
  return {
    result: {
      ...parts.facts(),
      now: exchange.now,
      ended: exchange.ended,
      account: exchange.account(),
      contracts: exchange.contracts().map((contract) => ({
        symbol: contract.instrument.symbol,
        status: contract.status,
        listedAt: contract.listedAt,
        delistingAt: contract.delistingAt ?? null,
      })),
    },
  };
};

/** Exact amounts in atoms of 1e-12, as texts. */
const ledger: Operation = ({ exchange }, fields) => {
  const from = fields.whole('from') ?? 0;
  const { start, wallet, lines } = exchange.ledger;
  const totals = ledgerTotals(exchange.ledger);
  return { result: { start, wallet, equity: exactEquity(exchange.ledger), totals, lines: lines.slice(from) } };
};

const orders: Operation = ({ exchange }, fields) => {
  const filter = { symbol: fields.text('symbol'), clientOrderId: fields.text('clientOrderId') };
  const state = fields.oneOf('state', ['open', 'closed']);
  if (fields.problem !== undefined) return { problem: fields.problem };
  const open = state === 'closed' ? [] : exchange.openOrders(filter);
  const closed = state === 'open' ? [] : exchange.closedOrders(filter);
  return { result: { open, closed } };
};

const executions: Operation = ({ exchange }, fields) => ({
  result: exchange.executions({ symbol: fields.text('symbol') }),
});

const fate: Operation = async ({ exchange, show }, fields) => {
  const name = fields.required('call');
  const problem = fields.problem ?? callFate(name, fields, exchange);
  if (problem !== undefined) return { problem };
  await show();
  return { result: { now: exchange.now } };
};

const FAULT_VERBS = ['list', 'set', 'add', 'clear', 'log'] as const;

const faults: Operation = ({ faults: control }, fields, body) => {
  const verb = fields.oneOf('do', FAULT_VERBS) ?? 'list';
  const id = fields.text('id');
  if (fields.problem !== undefined) return { problem: fields.problem };
  if (control === undefined) return { problem: 'this simulator runs without a fault script' };
  switch (verb) {
    case 'log':
      return { result: control.log() };
    case 'clear':
      return control.clear(id) ? { result: control.list() } : { problem: `there is no fault ${id}` };
    case 'set': {
      const problems = control.set(memberOf(body, 'script'));
      return problems.length > 0 ? { problem: problems.join('; ') } : { result: control.list() };
    }
    case 'add': {
      const added = control.add(memberOf(body, 'fault'));
      return 'problems' in added ? { problem: added.problems.join('; ') } : { result: added };
    }
    default:
      return { result: control.list() };
  }
};

/** A member of a request's body as it is, undefined where there is none. */
function memberOf(body: unknown, name: string): unknown {
  if (typeof body !== 'object' || body === null) return undefined;
  return new Map<string, unknown>(Object.entries(body)).get(name);
}

const shutdown: Operation = ({ shutDown }) => {
  shutDown();
  return { result: { ending: true } };
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  now,
  advance,
  status,
  ledger,
  orders,
  executions,
  positions: ({ exchange }) => ({ result: exchange.positions() }),
  wallet: ({ exchange }) => ({ result: exchange.wallet() }),
  fate,
  faults,
  shutdown,
};

/** Carries out one operation by name; never throws for what a client sent. */
export async function operate(
  name: string,
  parts: ControlParts,
  fields: Fields,
  body: unknown,
): Promise<ControlAnswer> {
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation === undefined) {
    return { problem: `there is no operation ${name}; there are: ${Object.keys(OPERATIONS).join(', ')}` };
  }
  return operation(parts, fields, body);
}
