// Is there an edge, and what does that mean for a person with money? The first thing to read.
import { isoDate } from '../../../domain/iso-time.ts';
import { gateWords } from '../../gate-words.ts';
import type { ResultRow } from '../../result-file.ts';
import { SURVIVAL_PROBABILITY } from '../../selection.ts';
import { EDGE_MIN_TRADES } from '../../verdict.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { numberText } from '../number-text.ts';
import { isMany, kindOf, rowsOfLevel, type ReportView } from '../report-view.ts';
import { moneySentence } from './money-words.ts';
import { section } from './parts.ts';
import { targetSummary, targetTable } from './target-table.ts';
import { MEANINGS, type Meaning } from './verdict-words.ts';

export function verdictSection(view: ReportView): Markup {
  const { result, span } = view;
  const period = span === undefined ? '' : ` from ${isoDate(span.from)} to ${isoDate(span.to)}`;
  return section(
    { id: 'verdict', title: 'Verdict' },
    markup`${summary(view)}
<div class="verdicts">${result.levels.map(({ riskLevel, word }) => levelCard(view, riskLevel, { word, meaning: MEANINGS[word] }))}</div>
<p class="lead">Tested on candles${period} that no model had seen when it was trained. ${result.levels.length === 0 ? 'No symbol was traded by itself, so no risk level has a verdict; what the accounts over all symbols did stands below.' : markup`The verdict is that of the variant <code>${result.headlineVariant}</code>, chosen beforehand, not of the best of the ${result.rows.length} rows tried.`} An edge needs at least ${EDGE_MIN_TRADES} trades, a deflated Sharpe ratio above ${SURVIVAL_PROBABILITY} for the ${result.selection.trials} trials on this data, a 95 % interval of the Sharpe ratio above zero, and a search that beats doing nothing and whose best row holds out of sample (see <a href="#luck">Luck</a>). Every contract has a smallest order, so an account much smaller than the one of this run could not have made all of these trades.</p>`,
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
${gateLines(view, rows)}<p>${moneySentence(view, rows)}</p>
${isMany(view) ? targetSummary(riskLevel, rows) : targetTable(riskLevel, rows)}</article>
`;
}

/** Why each row is no edge; of many symbols that is told under Luck. */
function gateLines(view: ReportView, rows: readonly ResultRow[]): Content {
  if (isMany(view)) return undefined;
  return rows.map((row) => {
    const words = gateWords(row, view.result.selection);
    return words === undefined
      ? undefined
      : markup`<p class="note">${row.symbol}: ${words}.</p>
`;
  });
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

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
