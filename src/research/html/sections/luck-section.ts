// How much of it could be luck? Number of trials, deflation, bootstrap intervals, and the probability of overfitting.
import type { OverfittingCheck } from '../../overfitting-check.ts';
import type { ResultRow } from '../../result-file.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { known, numberText, percentText } from '../number-text.ts';
import { round } from '../plot/frame.ts';
import { horizontal, rangeOf, type Scale } from '../plot/scale.ts';
import { niceTicks, tickDigits } from '../plot/ticks.ts';
import { kindOf, type ReportView } from '../report-view.ts';
import { dataTable, figure, scrolling, section } from './parts.ts';

export function luckSection(view: ReportView): Markup {
  const { result } = view;
  const overfitting = result.overfitting ?? [];
  return section({ id: 'luck', title: 'Luck', lead: trialWords(view) }, [
    intervals(view),
    table(view),
    ...(overfitting.length === 0
      ? []
      : [
          markup`<h3>Probability of overfitting</h3><p class="lead">How often the best variant of one half of the days was in the worse half of variants on the other days. The grey band holds nine of ten such numbers for returns without any edge; to the right of it, choosing the best variant did harm.</p>`,
          ...overfitting.map(overfittingRow),
        ]),
  ]);
}

function trialWords({ result, data }: ReportView): string {
  const { recorded, effective, expectedBest, resamples } = data.trials ?? {};
  const trials = recorded ?? result.rows.length;
  const worth = effective === undefined ? '' : `, worth ${numberText(effective, 1)} independent ones`;
  const best =
    expectedBest === undefined
      ? ''
      : ` Without any edge the best of them would still show a Sharpe ratio of about ${numberText(expectedBest)}.`;
  const drawn = resamples === undefined ? '' : ` (${numberText(resamples, 0)} resamples)`;
  return `${numberText(trials, 0)} configurations were tried${worth}.${best} Each line is the 95 % bootstrap interval${drawn} of a Sharpe ratio: one that crosses zero cannot be told from luck. The faint points are all variants of that symbol and risk level, also those that were not chosen.`;
}

/** One line per headline row on a common scale. */
function intervals(view: ReportView): Markup {
  const { headline, result } = view;
  const values = result.rows.flatMap(({ figures }) => {
    const { sharpe, sharpeInterval } = figures;
    return [known(sharpe) ?? NaN, sharpeInterval?.low ?? NaN, sharpeInterval?.high ?? NaN];
  });
  const x = horizontal(...rangeOf(values, { include: [0] }));
  const rows = headline.map(
    (row): Content =>
      markup`<tr><th scope="row">${row.symbol} <span class="note">${row.riskLevel}</span></th><td class="bar-cell">${intervalMark(view, row, x)}</td><td>${numberText(row.figures.sharpe)}</td></tr>
`,
  );
  return figure(
    'Sharpe ratio with its interval',
    scrolling(
      'Sharpe ratio with its interval',
      markup`<table class="bars-table intervals"><tbody>${rows}<tr class="axis"><th></th><td class="bar-cell">${axis(x)}</td><td></td></tr></tbody></table>`,
    ),
  );
}

function intervalMark(view: ReportView, row: ResultRow, x: Scale): Markup {
  const { sharpe, sharpeInterval } = row.figures;
  const kind = kindOf(view, row.riskLevel);
  const others = view.result.rows.filter((other) => other.symbol === row.symbol && other.riskLevel === row.riskLevel);
  const interval = sharpeInterval ?? undefined;
  const at = known(sharpe);
  return markup`<svg width="100%" height="22" role="img" aria-label="${intervalWords(row)}"><line class="zero" x1="${wide(x, 0)}" x2="${wide(x, 0)}" y1="0" y2="22"/>${others.map(({ figures, variant }) => (known(figures.sharpe) === undefined ? '' : markup`<circle class="other" cx="${wide(x, figures.sharpe ?? 0)}" cy="11" r="3"><title>${variant}: ${numberText(figures.sharpe)}</title></circle>`))}${interval === undefined ? undefined : markup`<line class="interval ${kind}" x1="${wide(x, interval.low)}" x2="${wide(x, interval.high)}" y1="11" y2="11"/>`}${at === undefined ? undefined : markup`<circle class="estimate ${kind}" cx="${wide(x, at)}" cy="11" r="4.5"/>`}</svg>`;
}

function intervalWords({ symbol, riskLevel, figures }: ResultRow): string {
  const { sharpe, sharpeInterval } = figures;
  const interval = sharpeInterval ?? undefined;
  const span = interval === undefined ? 'n/a' : `${numberText(interval.low)} to ${numberText(interval.high)}`;
  return `${symbol} ${riskLevel}: Sharpe ratio ${numberText(sharpe)}, interval ${span}`;
}

function axis(x: Scale): Markup {
  const ticks = niceTicks(x.low, x.high, 6);
  const digits = tickDigits(ticks);
  return markup`<svg width="100%" height="20" aria-hidden="true">${ticks.map((at) => markup`<text class="x" x="${wide(x, at)}" y="14">${numberText(at, digits)}</text>`)}</svg>`;
}

/** A value as percent of the width, with room for points at the borders. */
function wide(x: Scale, value: number): string {
  return `${round(2 + (x.at(value) / 1000) * 96, 2)}%`;
}

function table({ headline, result }: ReportView): Markup {
  return dataTable({
    label: 'What speaks for luck',
    head: [
      'Symbol',
      'Risk level',
      'P(true Sharpe > 0)',
      'Deflated Sharpe',
      'Random entries as good',
      'Sharpe without the model',
      'Return without the model',
      'Cautious Sharpe',
    ],
    keys: 2,
    rows: headline.map(({ symbol, riskLevel, figures, verdict, randomEntries }) => {
      const alone = result.primaryAlone?.find((each) => each.symbol === symbol && each.riskLevel === riskLevel);
      return [
        symbol,
        riskLevel,
        percentText(figures.probabilisticSharpe, 1),
        percentText(verdict.deflatedSharpe, 1),
        percentText(randomEntries?.pValue, 1),
        numberText(alone?.sharpe),
        percentText(alone?.totalReturn),
        numberText(figures.sharpeCautious),
      ];
    }),
  });
}

function overfittingRow({ symbol, variants, probability, nullLow, nullHigh }: OverfittingCheck): Markup {
  const x = horizontal(0, 1);
  const at = known(probability);
  const [low, high] = [known(nullLow), known(nullHigh)];
  const words = `${symbol}: ${at === undefined ? 'n/a' : percentText(at, 0)} over ${variants} variants${low === undefined || high === undefined ? '' : `, without any edge ${percentText(low, 0)} to ${percentText(high, 0)}`}`;
  const band =
    low === undefined || high === undefined
      ? undefined
      : markup`<line class="band" x1="${wide(x, low)}" x2="${wide(x, high)}" y1="11" y2="11"/>`;
  const point =
    at === undefined ? undefined : markup`<circle class="estimate strong" cx="${wide(x, at)}" cy="11" r="5"/>`;
  return figure(
    words,
    markup`<svg class="gauge" width="100%" height="42" role="img" aria-label="${words}"><line class="zero" x1="${wide(x, 0)}" x2="${wide(x, 1)}" y1="22" y2="22"/>${band}${point}${[0, 0.25, 0.5, 0.75, 1].map((tick) => markup`<text class="x" x="${wide(x, tick)}" y="38">${percentText(tick, 0)}</text>`)}</svg>`,
  );
}
