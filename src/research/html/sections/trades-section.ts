// Where did each trade begin and end? A candle chart to zoom and move, and a list that jumps to the trade; filled by the page's script.
import { markup, type Content, type Markup } from '../markup.ts';
import { candlesJoined } from '../page-payload.ts';
import type { ReportView } from '../report-view.ts';
import { scrolling, section } from './parts.ts';

export function tradesSection(view: ReportView): Markup {
  const { data, symbols, levels } = view;
  const shown = symbols.filter((symbol) => data.candles.some((candles) => candles.symbol === symbol));
  const joined = candlesJoined(view);
  const spec = {
    id: 'trades',
    title: 'Trades on the chart',
    lead: `Triangle: entry, pointing up for long and down for short. Exit: a cross for a stop, a circle for a target, a square for anything else. Dashed line: stop; dotted line: target. Click the chart and scroll to zoom, or pinch; drag to move, or use the arrow, + and − keys; the strip below the chart shows the whole test. Entries and exits are at prices that were paid, slippage included.${joined > 1 ? ` To keep the page small, ${joined} candles are shown as one here; the trades were made on the single ones.` : ''}`,
  };
  if (shown.length === 0) return section(spec, markup`<p class="nothing">No candles were handed to this report.</p>`);
  return section(
    spec,
    markup`<noscript><p class="alarm">This chart needs JavaScript; everything else on the page does not.</p></noscript>
<div class="trades" id="trade-chart">
<div class="controls">${choice('trade-symbol', 'Symbol', shown)}${choice('trade-level', 'Risk level', levels)}${choice('trade-filter', 'Show', ['all trades', 'gains', 'losses', 'stops', 'targets', 'other exits'])}
<span class="buttons">${button('previous', '‹ Previous', 'Previous trade')}${button('next', 'Next ›', 'Next trade')}${button('closer', '+', 'Closer')}${button('farther', '−', 'Farther')}${button('all', 'All', 'Whole test')}</span></div>
<p class="readout" aria-live="polite"></p>
<canvas class="candles" tabindex="0" role="img" aria-label="Candles with trades; the table below lists the same trades"></canvas>
<canvas class="overview" aria-hidden="true"></canvas>
${scrolling('Trades', markup`<table class="trade-list"><thead><tr>${HEAD.map((text, index) => markup`<th scope="col"${TEXT.has(index) ? markup` class="text"` : undefined}>${text}</th>`)}</tr></thead><tbody></tbody></table>`)}
</div>`,
  );
}

const HEAD = [
  'Trade',
  'Side',
  'Entry (UTC)',
  'Exit (UTC)',
  'Entry price',
  'Exit price',
  'Stop',
  'Target',
  'Exit by',
  'Probability',
  'Regime',
  'R',
  'Net',
];
const TEXT: ReadonlySet<number> = new Set([0, 1, 2, 3, 8, 10]);

function choice(id: string, label: string, names: readonly string[]): Markup {
  return markup`<label for="${id}">${label}<select id="${id}">${names.map((name, index) => markup`<option value="${index}">${name}</option>`)}</select></label>`;
}

function button(action: string, text: Content, title: string): Markup {
  return markup`<button type="button" data-action="${action}" title="${title}" aria-label="${title}">${text}</button>`;
}
