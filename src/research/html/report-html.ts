// How does a run look? One page that holds everything it needs: text, drawings, style, script and candles.
import { sha256Hex } from '../../domain/sha256.ts';
import { isoDate } from '../../domain/iso-time.ts';
import { pageScript } from './client/page-script.ts';
import { jsonForScript, markup, trusted, type Content, type Markup } from './markup.ts';
import { pagePayload } from './page-payload.ts';
import type { ReportData } from './report-data.ts';
import { arrange, nameOf, shownRows, type ReportView } from './report-view.ts';
import { ablationSection } from './sections/ablation-section.ts';
import { calibrationSection } from './sections/calibration-section.ts';
import { costsSection } from './sections/costs-section.ts';
import { distributionsSection } from './sections/distributions-section.ts';
import { equitySection } from './sections/equity-section.ts';
import { exposureSection } from './sections/exposure-section.ts';
import { foldsSection } from './sections/folds-section.ts';
import { funnelSection } from './sections/funnel-section.ts';
import { glossarySection } from './sections/glossary-section.ts';
import { holdoutSection } from './sections/holdout-section.ts';
import { keyFiguresSection } from './sections/key-figures-section.ts';
import { luckSection } from './sections/luck-section.ts';
import { modelsSection } from './sections/models-section.ts';
import { monthlySection } from './sections/monthly-section.ts';
import { paneRules } from './sections/parts.ts';
import { portfolioSection } from './sections/portfolio-section.ts';
import { regimesSection } from './sections/regimes-section.ts';
import { sensitivitySection } from './sections/sensitivity-section.ts';
import { settingsSection } from './sections/settings-section.ts';
import { tradesSection } from './sections/trades-section.ts';
import { verdictSection } from './sections/verdict-section.ts';
import { CHART_STYLE } from './style/chart-style.ts';
import { COLOUR_STYLE } from './style/colour-style.ts';
import { PAGE_STYLE } from './style/page-style.ts';
import { PRINT_STYLE } from './style/print-style.ts';

/** Sections in their order, with the name they have in the list at the top; undefined ones are left out. */
const SECTIONS: readonly (readonly [id: string, name: string, build: (view: ReportView) => Markup | undefined])[] = [
  ['verdict', 'Verdict', verdictSection],
  ['figures', 'Figures', keyFiguresSection],
  ['equity', 'Equity', equitySection],
  ['portfolio', 'Portfolio', portfolioSection],
  ['folds', 'Folds', foldsSection],
  ['distributions', 'Days', distributionsSection],
  ['months', 'Months', monthlySection],
  ['exposure', 'Exposure', exposureSection],
  ['costs', 'Costs', costsSection],
  ['ablation', 'Parts', ablationSection],
  ['trades', 'Trades', tradesSection],
  ['calibration', 'Confidence', calibrationSection],
  ['models', 'Models', modelsSection],
  ['regimes', 'Regimes', regimesSection],
  ['funnel', 'Funnel', funnelSection],
  ['sensitivity', 'Sweep', sensitivitySection],
  ['luck', 'Luck', luckSection],
  ['holdout', 'Holdout', holdoutSection],
  ['settings', 'Settings', settingsSection],
  ['glossary', 'Words', glossarySection],
];

/** Sections about symbols that were traded by themselves. */
const OF_SYMBOLS: ReadonlySet<string> = new Set(
  'figures equity folds distributions months exposure costs ablation trades regimes funnel'.split(' '),
);

/**
 * The report as one HTML document. It loads nothing and may load nothing: its own policy forbids every connection, and
 * any script but the one it carries. Equal data give equal bytes.
 */
export function reportHtml(data: ReportData): string {
  const view = arrange(data);
  const script = pageScript();
  const panes = Math.max(3, new Set(shownRows(view).map(nameOf)).size + 1);
  const style = [COLOUR_STYLE, PAGE_STYLE, CHART_STYLE, paneRules(panes), PRINT_STYLE].join('\n');
  const sections = SECTIONS.flatMap(([id, name, build]) => {
    if (view.headline.length === 0 && OF_SYMBOLS.has(id)) return [];
    const body = build(view);
    return body === undefined ? [] : [{ id, name, body }];
  });
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policyFor(script)}">
<title>${titleOf(view)}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#verdict">To the verdict</a>
<header><div class="wide">${syntheticNotice(view)}<h1>Research report</h1><p class="about">${aboutOf(view)}</p></div></header>
<nav aria-label="Sections"><div class="wide">${sections.map(({ id, name }) => markup`<a href="#${id}">${name}</a>`)}</div></nav>
<main class="wide">
${sections.map(({ body }) => body)}</main>
<footer class="wide"><p>Trading loses money easily. Nothing here is advice, and no number here is a promise.</p></footer>
<script type="application/json" id="page-data">${trusted(jsonForScript(pagePayload(view)))}</script>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.markup;
}

function titleOf(view: ReportView): string {
  const { result, data } = view;
  const run = data.runId === undefined ? '' : `, ${data.runId}`;
  return `${result.synthetic ? 'Synthetic: ' : ''}${namesOf(view).join(', ')}: research report${run}`;
}

function syntheticNotice({ result }: ReportView): Content {
  return result.synthetic
    ? markup`<p class="synthetic"><strong>Synthetic market.</strong> Everything below was computed on generated candles; no market made them, and nothing here says anything about a real one.</p>`
    : undefined;
}

function aboutOf(view: ReportView): string {
  const { result, span, data } = view;
  const tested = span === undefined ? 'nothing tested' : `tested ${isoDate(span.from)} to ${isoDate(span.to)}`;
  const parts = [
    namesOf(view).join(', '),
    `${result.interval} candles`,
    tested,
    ...(data.runId === undefined ? [] : [data.runId]),
  ];
  return parts.join(' · ');
}

/** Those that were traded by themselves; else those that an account was made of. */
function namesOf({ result, symbols }: ReportView): readonly string[] {
  return symbols.length > 0 ? symbols : result.symbols.map(({ symbol }) => symbol);
}

/** Nothing may be loaded, and no script may run but the one with this very text. */
function policyFor(script: string): string {
  const digest = sha256Hex([new TextEncoder().encode(script)]);
  const bytes = digest.match(/../g) ?? [];
  const base64 = btoa(bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join(''));
  return `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${base64}'; img-src data:; base-uri 'none'; form-action 'none'`;
}
