// Which trades are listed, and what is said of each? Rows that jump to the trade.
import type { UnpackedCandles } from '../candle-code.ts';
import type { TradeRow } from '../page-payload.ts';
import type { PageDocument, PageElement } from './page-types.ts';
import type { PageTrade } from './scene.ts';
import type { barAtTime } from './viewport.ts';

// The page carries these functions as text: they must not refer to anything but each other and what they are handed.

/** The rows of the page as trades on the candles. */
export function readTrades(
  rows: readonly TradeRow[],
  place: { readonly candles: UnpackedCandles; readonly tickSize: number; readonly barAtTime: typeof barAtTime },
): PageTrade[] {
  const { candles, tickSize } = place;
  const ticks = (price: number | null): number | null => (price === null ? null : price / tickSize);
  return rows.map(
    (
      [
        direction,
        entryTime,
        exitTime,
        entry,
        exit,
        stop,
        target,
        reason,
        probability,
        regime,
        multiple,
        net,
        ambiguous,
      ],
      index,
    ) => ({
      number: index + 1,
      direction,
      entryTime,
      exitTime,
      entryBar: place.barAtTime(candles.openTime, entryTime),
      exitBar: place.barAtTime(candles.openTime, exitTime),
      entry: entry / tickSize,
      exit: exit / tickSize,
      stop: ticks(stop),
      target: ticks(target),
      reason,
      probability,
      regime,
      multiple,
      net,
      ambiguous: ambiguous === 1,
    }),
  );
}

/** Whether a trade is one of those asked for; `filter` is the index of the choice on the page. */
export function isListed({ net, reason }: PageTrade, filter: number): boolean {
  const isStop = reason === 'stop' || reason === 'trailing-stop';
  const isTarget = reason === 'target';
  return [true, net > 0, net <= 0, isStop, isTarget, !isStop && !isTarget][filter] ?? true;
}

/** `2024-03-01 09:00` in UTC, rounded down to the minute. */
export function minuteText(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

/** A number with a true minus sign; `n/a` where there is none. */
export function plainText(value: number | null, digits: number): string {
  if (value === null || !Number.isFinite(value)) return 'n/a';
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** One sentence on a trade. */
export function tradeSentence(
  trade: PageTrade,
  { decimals, tickSize, currency }: { readonly decimals: number; readonly tickSize: number; readonly currency: string },
): string {
  const price = (ticks: number | null): string => plainText(ticks === null ? null : ticks * tickSize, decimals);
  const side = trade.direction === 1 ? 'long' : 'short';
  const result = `${plainText(trade.multiple, 2)} R, ${plainText(trade.net, 2)} ${currency}`;
  const doubt = trade.ambiguous ? ', order inside the candle undecided: the worse counts' : '';
  return `Trade ${trade.number}, ${side}: ${minuteText(trade.entryTime)} at ${price(trade.entry)} to ${minuteText(trade.exitTime)} at ${price(trade.exit)} by ${trade.reason}; ${result}${doubt}`;
}

/** Fills the table; `choose` is called with the trade of a row that was clicked. */
export function fillTradeList(
  page: PageDocument,
  list: PageElement,
  content: {
    readonly trades: readonly PageTrade[];
    readonly decimals: number;
    readonly tickSize: number;
    readonly choose: (trade: PageTrade) => void;
  },
): void {
  const { trades, decimals, tickSize, choose } = content;
  const price = (ticks: number | null): string => plainText(ticks === null ? null : ticks * tickSize, decimals);
  const rows = trades.map((trade) => {
    const row = page.createElement('tr');
    row.dataset['trade'] = String(trade.number);
    const open = page.createElement('button');
    open.setAttribute('type', 'button');
    open.setAttribute('title', 'Show on the chart');
    open.textContent = String(trade.number);
    const head = page.createElement('th');
    head.setAttribute('scope', 'row');
    head.append(open);
    const texts: readonly (readonly [string, string])[] = [
      [trade.direction === 1 ? '▲ long' : '▼ short', 'text'],
      [minuteText(trade.entryTime), 'text'],
      [minuteText(trade.exitTime), 'text'],
      [price(trade.entry), ''],
      [price(trade.exit), ''],
      [price(trade.stop), ''],
      [price(trade.target), ''],
      [`${trade.reason}${trade.ambiguous ? ', ambiguous' : ''}`, 'text'],
      [plainText(trade.probability, 3), ''],
      [trade.regime.toLowerCase().replace('_', ' '), 'text'],
      [plainText(trade.multiple, 2), trade.net > 0 ? 'plus' : 'minus'],
      [plainText(trade.net, 2), trade.net > 0 ? 'plus' : 'minus'],
    ];
    const cells = texts.map(([text, kind]) => {
      const cell = page.createElement('td');
      cell.textContent = text;
      cell.className = kind;
      return cell;
    });
    row.append(head, ...cells);
    row.addEventListener('click', () => choose(trade));
    return row;
  });
  list.replaceChildren(...rows);
}

/** Marks the row of the chosen trade and brings it into the list's own window. */
export function markTrade(list: PageElement, chosen: PageTrade | undefined): void {
  for (const row of list.querySelectorAll('tr')) {
    const isChosen = chosen !== undefined && row.dataset['trade'] === String(chosen.number);
    row.className = isChosen ? 'chosen' : '';
    row.setAttribute('aria-current', isChosen ? 'true' : 'false');
    const scroller = list.closest('.scroll');
    if (!isChosen || scroller === null) continue;
    const above = row.offsetTop - 40 < scroller.scrollTop;
    const below = row.offsetTop + 40 > scroller.scrollTop + scroller.clientHeight;
    if (above || below) scroller.scrollTop = Math.max(0, row.offsetTop - scroller.clientHeight / 2);
  }
}
