// Is there an edge, and what does that mean for a person with money? The first thing to read.
import { isoDate } from '../../../domain/iso-time.ts';
import type { ResultRow } from '../../result-file.ts';
import { EDGE_MIN_TRADES, EDGE_PROBABILITY, type TargetCheck, type TargetName } from '../../verdict.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { numberText, percentText, signedPercentText } from '../number-text.ts';
import { holdReturnOf, kindOf, rowsOfLevel, type ReportView } from '../report-view.ts';
import { dataTable, section } from './parts.ts';
import { MEANINGS, type Meaning } from './verdict-words.ts';

/** What a reader imagines to have put in. */
const STAKE = 10_000;
/** With more symbols, each level needs the whole width, and only the spread of the ends is told. */
const MANY = 4;

export function verdictSection(view: ReportView): Markup {
  const { result, span } = view;
  const period = span === undefined ? '' : ` from ${isoDate(span.from)} to ${isoDate(span.to)}`;
  return section(
    { id: 'verdict', title: 'Verdict' },
    markup`${summary(view)}
<div class="${view.symbols.length > MANY ? 'verdicts many' : 'verdicts'}">${result.levels.map(({ riskLevel, word }) => levelCard(view, riskLevel, { word, meaning: MEANINGS[word] }))}</div>
<p class="lead">Tested on candles${period} that no model had seen when it was trained. The verdict is that of the variant <code>${result.headlineVariant}</code>, chosen beforehand, not of the best of the ${result.rows.length} rows tried. An edge needs at least ${EDGE_MIN_TRADES} trades, a 95 % interval of the Sharpe ratio above zero, and a deflated Sharpe ratio above ${EDGE_PROBABILITY} for that number of trials.</p>`,
  );
}

/** Warnings, and what all levels have in common. */
function summary({ result }: ReportView): Content[] {
  const lines: Content[] = [];
  const words = new Set(result.levels.map(({ word }) => word));
  if (result.levels.length > 1 && words.size === 1 && words.has('no edge found')) {
    lines.push(
      markup`<p class="answer">No edge found at any risk level. Nothing here is a reason to trade with money.</p>`,
    );
  }
  const { leakAlarms } = result.models;
  if (leakAlarms.length > 0) {
    lines.push(
      markup`<p class="alarm"><strong>Leak alarm.</strong> ${count(leakAlarms.length, 'model')} did too well on validation data to be believed: ${leakAlarms.map(({ symbol, validationUntil, auc }) => `${symbol} until ${isoDate(validationUntil)} (AUC ${numberText(auc)})`).join(', ')}.</p>`,
    );
  }
  if (result.failedFolds.length > 0) {
    lines.push(
      markup`<p class="alarm"><strong>${count(result.failedFolds.length, 'fold')} failed.</strong> The reasons stand under <a href="#folds">Folds</a>.</p>`,
    );
  }
  return lines;
}

function levelCard(
  view: ReportView,
  riskLevel: string,
  { word, meaning }: { readonly word: string; readonly meaning: Meaning },
): Markup {
  const rows = rowsOfLevel(view, riskLevel);
  return markup`<article class="verdict ${meaning.sign}"><h3><svg width="26" height="10" aria-hidden="true"><path class="line ${kindOf(view, riskLevel)}" d="M0 5h26"/></svg>${riskLevel}</h3>
<p class="word">${verdictSign(meaning.sign)}${word}</p>
<p class="advice">${meaning.advice}</p>
<p>${meaning.reason}</p>
<p>${moneySentence(view, rows)}</p>
${targetTable(riskLevel, rows)}</article>
`;
}

const SIGNS: Readonly<Record<Meaning['sign'], Markup>> = {
  no: markup`<path d="M5 8h6"/>`,
  partly: markup`<path d="M4.5 8h7M8 4.5v7"/>`,
  yes: markup`<path d="M4.5 8.5l2.5 2.5 4.5-5.5"/>`,
  alarm: markup`<path d="M8 4v5M8 11.2v.6"/>`,
};

function verdictSign(sign: Meaning['sign']): Markup {
  return markup`<svg class="sign" viewBox="0 0 16 16" width="22" height="22" aria-hidden="true"><circle cx="8" cy="8" r="7.25"/>${SIGNS[sign]}</svg>`;
}

function moneySentence(view: ReportView, rows: readonly ResultRow[]): string {
  const { currency } = view.data;
  const stake = `${numberText(STAKE, 0)} ${currency}`;
  const outcome = (change: number | undefined): string =>
    change === undefined ? 'n/a' : numberText(STAKE * (1 + change), 0);
  const ends = rows.map((row) => ({
    symbol: row.symbol,
    end: outcome(row.figures.totalReturn),
    held: outcome(holdReturnOf(view, row.symbol)),
  }));
  if (ends.length === 0) return 'Nothing was tested at this risk level.';
  if (ends.length === 1) {
    const [{ end, held }] = ends;
    return `${stake} would have become ${end}; bought and held, ${held}.`;
  }
  if (ends.length > MANY) return spreadSentence(view, rows, stake);
  const traded = ends.map(({ symbol, end }) => `${end} on ${symbol}`);
  const held = ends.map(({ symbol, held }) => `${held} on ${symbol}`);
  return `${stake} would have become ${listed(traded)}; bought and held, ${listed(held)}.`;
}

/** Of many symbols only the worst and the best end are told. */
function spreadSentence(view: ReportView, rows: readonly ResultRow[], stake: string): string {
  const traded = extremes(rows.map(({ figures }) => figures.totalReturn));
  const held = extremes(rows.map(({ symbol }) => holdReturnOf(view, symbol)));
  return `${stake} would have become ${traded}, depending on the symbol; bought and held, ${held}.`;
}

function extremes(changes: readonly (number | undefined)[]): string {
  const defined = changes.filter((change) => change !== undefined).toSorted((a, b) => a - b);
  if (defined.length === 0) return 'n/a';
  const [worst, best] = [defined[0], defined[defined.length - 1]].map((change) => numberText(STAKE * (1 + change), 0));
  return `between ${worst} and ${best}`;
}

const TARGETS: readonly (readonly [TargetName, string, (value: number | undefined) => string, string])[] = [
  ['sharpe', 'Cautious Sharpe', (value) => numberText(value), '>'],
  ['profitFactor', 'Profit factor', (value) => numberText(value), '>'],
  ['maxDrawdown', 'Drawdown', (value) => percentText(value), '<'],
  ['trades', 'Trades', (value) => numberText(value, 0), '>'],
];

/** Every target with what became of it, one column per symbol. */
function targetTable(riskLevel: string, rows: readonly ResultRow[]): Markup {
  const lines = TARGETS.map(([name, label, text, sense]): Content[] => {
    const checks = rows.map(({ verdict }) => verdict.checks.find((check) => check.name === name));
    const target = checks.find((check) => check !== undefined)?.target ?? undefined;
    return [
      label,
      markup`<td class="target">${target === undefined ? 'none' : `${sense} ${text(target)}`}</td>`,
      ...checks.map((check) => checkCell(check, text)),
    ];
  });
  return dataTable({
    label: `Targets of ${riskLevel}`,
    head: ['Target', '', ...rows.map(({ symbol }) => symbol)],
    rows: [...lines, ['Return', '', ...rows.map(({ figures }) => signedPercentText(figures.totalReturn))]],
  });
}

function checkCell(check: TargetCheck | undefined, text: (value: number | undefined) => string): Content {
  if (check === undefined) return 'n/a';
  if (check.passed === undefined) return text(check.value);
  const word = check.passed ? 'kept' : 'missed';
  return markup`<td class="${word}">${text(check.value)}<span class="mark" title="target ${word}">${check.passed ? '✓' : '✗'}<span class="unseen"> target ${word}</span></span></td>`;
}

function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
