// What does a rehearsal answer? The account at its end, every symbol's trades, and whatever was not as it should be.
import { isoTime } from '../domain/iso-time.ts';
import { formatNumber } from '../research/format-number.ts';
import { table } from '../research/markdown-table.ts';
import { shortOf } from './open-models.ts';
import type { RehearsalAnswer } from './run-rehearsal.ts';

/** The answer for people. */
export function rehearsalLines(answer: RehearsalAnswer): readonly string[] {
  const { from, until, trades, equity, startEquity, fees, funding, incidents, sameLedger } = answer;
  const rows = answer.symbols.map((symbol) => {
    const own = trades.filter((trade) => trade.symbol === symbol);
    const net = own.reduce((sum, { netPnl }) => sum + netPnl, 0);
    const model = answer.models.find((each) => each.symbol === symbol);
    return [
      symbol,
      own.length,
      formatNumber(net, 2),
      answer.open.includes(symbol) ? 'yes' : 'no',
      model?.id ?? model?.reason ?? '',
    ];
  });
  return [
    ...(answer.synthetic ? ['SYNTHETIC market: no real prices.'] : []),
    `Rehearsal from ${isoTime(from)} to ${isoTime(until)} UTC, ${trades.length} trades in ${formatNumber(answer.seconds, 1)} s`,
    '',
    ...table(['Symbol', 'Trades', 'Net USDT', 'Open', 'Model'], rows),
    '',
    `Equity ${formatNumber(equity, 2)} USDT, begun with ${formatNumber(startEquity, 2)}; fees ${formatNumber(fees, 2)}, funding ${formatNumber(funding, 2)}`,
    sameLedger
      ? 'Our ledger equals that of the exchange to the last digit.'
      : 'OUR LEDGER DIFFERS FROM THAT OF THE EXCHANGE.',
    ...(answer.renewals ?? []).map(
      ({ at, kind, symbol, by, to }) => `${isoTime(at)}  ${symbol}: ${kind} by ${by}, ${shortOf(to)}`,
    ),
    incidents.length === 0
      ? 'No incidents.'
      : `${incidents.length} incidents: ${[...new Set(incidents.map(({ kind }) => kind))].join(', ')}`,
    `Journal: ${answer.journal}`,
  ];
}

/** The answer for programs. */
export function rehearsalJson(answer: RehearsalAnswer): string {
  return JSON.stringify(answer);
}
