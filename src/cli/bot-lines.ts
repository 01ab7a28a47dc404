// How does the bot tell what it does? One line for each close and each trade that ended, for people or for programs.
import { isoTime } from '../domain/iso-time.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
import type { SymbolState, Verdict } from '../engine/state.ts';
import type { Note } from '../engine/step.ts';
import type { Incident } from '../live/session/session-setup.ts';
import { formatNumber } from '../research/format-number.ts';
import type { BotObserver, Close } from './bot-observer.ts';
import type { ProvidedModel } from './bot-training.ts';
import type { BotSummary, OpenPosition } from './run-bot.ts';

/** Writes what is heard with `out`, line by line. */
export function botLines(out: (line: string) => void): BotObserver {
  return {
    remark: out,
    model: (provided) => out(modelLine(provided)),
    close: (close) => {
      for (const trade of close.ended) out(tradeLine(trade));
      out(closeLine(close));
    },
    note: (note) => {
      const line = noteLine(note);
      if (line !== undefined) out(line);
    },
    incident: (incident) => out(incidentLine(incident)),
    refused: (symbol, reason) => out(`  ${symbol}: the order came to nothing: ${reason}`),
  };
}

/** The same as one JSON object a line, each with what `event` it is. */
export function botJsonLines(out: (line: string) => void): BotObserver {
  const write = (event: string, more: object): void => out(JSON.stringify({ event, ...more }));
  return {
    remark: (text) => write('remark', { text }),
    model: ({ symbol, model, reason }) => write('model', { symbol, id: model?.id ?? null, reason }),
    close: ({ slice, equity, state, ended }) => {
      for (const trade of ended) write('trade', trade);
      const symbols = state.symbols.map((symbol) => ({
        symbol: symbol.instrument.symbol,
        verdict: symbol.verdict,
        position: symbol.trade === undefined ? 0 : symbol.trade.direction * symbol.trade.quantity,
        stopPrice: symbol.trade?.stopPrice ?? null,
      }));
      write('close', { time: slice.time, equity, guard: state.guard.mode, symbols });
    },
    note: ({ kind, ...note }) => {
      if (kind !== 'model') write('note', { note: kind, ...note });
    },
    incident: ({ kind, symbol, detail, time }) => write('incident', { incident: kind, symbol, detail, time }),
    refused: (symbol, reason) => write('refused', { symbol, reason }),
  };
}

function modelLine({ symbol, model, reason }: ProvidedModel): string {
  return model === undefined
    ? `${symbol}: no model, so nothing is opened there: ${reason}`
    : `${symbol}: model ${model.id}, ${reason}`;
}

/** So many symbols of one verdict are named. */
const NAMED = 6;

function closeLine({ slice, equity, state }: Close): string {
  const traded = state.symbols.filter(({ index }) => slice.candles[index] !== undefined);
  const groups = [...Map.groupBy(traded, ({ verdict }) => verdict)].map(
    ([verdict, symbols]) => `${plain(verdict)}: ${namesOf(verdict, symbols)}`,
  );
  const guard = state.guard.mode === 'NORMAL' ? '' : `, guard ${state.guard.mode}`;
  const blocks = state.blocks.size === 0 ? '' : `, entries wait for ${[...state.blocks.keys()].join(', ')}`;
  const what = groups.length === 0 ? 'no candles' : groups.join('; ');
  return `${isoTime(slice.time)} UTC, equity ${formatNumber(equity, 2)}${guard}${blocks}. ${what}`;
}

function namesOf(verdict: Verdict, symbols: readonly SymbolState[]): string {
  const names = symbols.map(({ instrument, trade, pending }) => {
    if (verdict === 'entry' && pending !== undefined) {
      return `${instrument.symbol} ${pending.order.side} ${pending.order.quantity}`;
    }
    return trade === undefined ? instrument.symbol : `${instrument.symbol} ${held(trade)}`;
  });
  const isLong = names.length > NAMED && verdict !== 'entry' && verdict !== 'holding';
  return isLong ? `${names.slice(0, NAMED).join(', ')} and ${names.length - NAMED} more` : names.join(', ');
}

const held = ({ direction, quantity, stopPrice }: NonNullable<SymbolState['trade']>): string =>
  `${direction === 1 ? 'long' : 'short'} ${quantity}${stopPrice === undefined ? '' : ` (stop ${stopPrice})`}`;

function tradeLine({ symbol, direction, reason, netPnl, exitTime, exitPrice }: RoundTrip): string {
  const side = direction === 1 ? 'long' : 'short';
  return `${isoTime(exitTime)} UTC, ${symbol} ${side} ended at ${exitPrice} by ${plain(reason)}: ${formatNumber(netPnl, 2)} USDT after costs`;
}

/** Names of verdicts and reasons as words. */
const plain = (name: string): string => name.replaceAll('-', ' ');

function noteLine(note: Note): string | undefined {
  switch (note.kind) {
    case 'guard':
      return `${isoTime(note.time)} UTC, the guard is ${note.mode}: ${plain(note.reason)}`;
    case 'limit':
      return `${isoTime(note.time)} UTC, a limit of the account was reached: ${plain(note.limit)}`;
    default:
      // Models are told of when they come, and a rebalance by its orders.
      return undefined;
  }
}

function incidentLine({ kind, symbol, detail, time }: Incident): string {
  const where = symbol === undefined ? '' : ` ${symbol}`;
  const text = JSON.stringify(detail);
  return `${isoTime(time)} UTC, incident: ${plain(kind)}${where}${text === '{}' ? '' : ` ${text}`}`;
}

export function startedLine(place: string, positions: readonly OpenPosition[]): string {
  const held = positions.length === 0 ? 'nothing is held' : positions.map(positionText).join(', ');
  return `trading: ${place}; ${held}`;
}

/** The summary for people. */
export function summaryLines(summary: BotSummary): readonly string[] {
  const { closes, trades, equity, startEquity, fees, funding, open, incidents, folder } = summary;
  const net = trades.reduce((sum, { netPnl }) => sum + netPnl, 0);
  const kinds = Object.entries(incidents).map(([kind, count]) => `${count} ${plain(kind)}`);
  return [
    '',
    `${closes} closes, ${trades.length} trades ended with ${formatNumber(net, 2)} USDT`,
    `Equity ${formatNumber(equity, 2)} USDT, begun with ${formatNumber(startEquity, 2)}; fees ${formatNumber(fees, 2)}, funding ${formatNumber(funding, 2)}`,
    open.length === 0
      ? 'Nothing is held.'
      : `Held, with its stop at the venue: ${open.map(positionText).join(', ')}. Start again to go on.`,
    kinds.length === 0 ? 'No incidents.' : `Incidents: ${kinds.join(', ')}`,
    `State: ${folder}`,
  ];
}

export const summaryJson = (summary: BotSummary): string => JSON.stringify({ event: 'summary', ...summary });

function positionText({ symbol, quantity, entryPrice, stopPrice }: OpenPosition): string {
  return `${symbol} ${quantity} from ${entryPrice}, stop ${stopPrice ?? 'unknown'}`;
}
