// How good were the models, and what do they look at? Skill on validation data, and each feature's share of all gain.
import { markup, type Content, type Markup } from '../markup.ts';
import { numberText, percentText } from '../number-text.ts';
import { round } from '../plot/frame.ts';
import type { FeatureImportance } from '../report-data.ts';
import type { ReportView } from '../report-view.ts';
import { section, scrolling, symbolPanes } from './parts.ts';

/** Features shown; the rest is summed up. */
const SHOWN = 15;

export function modelsSection({ data, result }: ReportView): Markup {
  const { models } = result;
  const { importance = [] } = data;
  const skill = markup`${models.models} models, each trained inside its fold. ${models.skilled} of them ranked validation trades better than chance (median AUC ${numberText(models.medianValidationAuc, 3)}; 0.5 is chance). On the test windows, which none of them had seen, the median AUC is ${numberText(models.medianTestAuc, 3)}. ${percentText(models.medianBaseRate, 1)} of all training labels came true, ${percentText(models.medianBreakEven, 1)} are needed to pay the costs. ${numberText(models.medianTrainSamples, 0)} labels overlap so much that they count as ${numberText(models.medianEffectiveSamples, 0)} independent ones.`;
  return section(
    { id: 'models', title: 'Models and features', lead: skill },
    importance.length === 0
      ? ''
      : [
          markup`<p class="lead">Share of the gain of all splits that a feature brought, mean over the models; the thin line spans the least and the greatest share in a single model. A share says what a model looks at, not that it is right to.</p>`,
          symbolPanes(
            'importance-symbol',
            importance.map(({ symbol }) => symbol),
            (symbol) => importance.filter((each) => each.symbol === symbol).map(bars),
          ),
        ],
  );
}

function bars({ symbol, features }: FeatureImportance): Markup {
  const sorted = features.toSorted((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
  const shown = sorted.slice(0, SHOWN);
  const rest = sorted.slice(SHOWN).reduce((sum, { share }) => sum + share, 0);
  const most = shown.reduce((highest, { share, high }) => Math.max(highest, share, high), 0);
  const wide = (share: number): string => `${round(most > 0 ? Math.min(100, (100 * share) / most) : 0, 2)}%`;
  const rows = shown.map(
    ({ name, share, low, high }): Content =>
      markup`<tr><th scope="row">${name}</th><td class="bar-cell"><svg width="100%" height="14" role="img" aria-label="${percentText(share, 1)}"><rect class="bar neutral" y="2" width="${wide(share)}" height="10"/><line class="whisker" x1="${wide(low)}" x2="${wide(high)}" y1="7" y2="7"/></svg></td><td>${percentText(share, 1)}</td></tr>
`,
  );
  const others =
    sorted.length > SHOWN
      ? markup`<tr><th scope="row">${sorted.length - SHOWN} others</th><td class="bar-cell"></td><td>${percentText(rest, 1)}</td></tr>`
      : undefined;
  return scrolling(
    `Feature importance of ${symbol}`,
    markup`<table class="bars-table"><tbody>${rows}${others}</tbody></table>`,
  );
}
