// Which data, which settings, which code? Everything that is needed to make this report again.
import { isoDate } from '../../../domain/iso-time.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { numberText } from '../number-text.ts';
import type { VariantRecord } from '../report-data.ts';
import type { ReportView } from '../report-view.ts';
import { dataTable, section } from './parts.ts';

export function settingsSection(view: ReportView): Markup {
  const { result, data } = view;
  const { walkForward } = result;
  const facts: readonly (readonly [string, Content])[] = [
    ['Run', data.runId ?? 'n/a'],
    ['Source', result.source],
    ['Candles', `${result.interval}, the last ${result.years} years`],
    [
      'Walk-forward',
      `train ${walkForward.trainDays} days, test ${walkForward.testDays}, step ${walkForward.stepDays}, embargo ${walkForward.embargoHours} h, ${walkForward.mode}`,
    ],
    ['Variant judged', result.headlineVariant],
    ['Seed', String(result.seed)],
    ['Code', result.codeVersion],
    ['Trade hash', hash(result.tradeHash)],
  ];
  return section({ id: 'settings', title: 'Data and settings' }, [
    markup`<dl class="facts">${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`,
    symbolTable(view),
    variantTable(view),
    settingsTable(view),
  ]);
}

const hash = (text: string): Markup => markup`<code class="hash">${text}</code>`;

function symbolTable({ result }: ReportView): Markup {
  return dataTable({
    label: 'Data',
    head: [
      'Symbol',
      'Candles',
      { text: 'From' },
      { text: 'To' },
      'Funding stamps',
      { text: 'Data hash' },
      { text: 'Contract rules' },
    ],
    rows: result.symbols.map(({ symbol, candles, firstCandle, lastClose, fundingStamps, dataHash, provenance }) => [
      symbol,
      numberText(candles, 0),
      isoDate(firstCandle),
      isoDate(lastClose),
      numberText(fundingStamps, 0),
      hash(dataHash.slice(0, 16)),
      markup`<td class="text prose">${provenance}</td>`,
    ]),
  });
}

function variantTable({ result }: ReportView): Markup {
  return markup`<details><summary>All ${result.rows.length} rows that were tried</summary>${dataTable({
    label: 'All variants',
    head: [
      'Symbol',
      'Risk level',
      'Variant',
      'Sharpe ratio',
      'Deflated',
      'Profit factor',
      'Trades',
      { text: 'Configuration' },
    ],
    keys: 3,
    rows: result.rows.map(({ symbol, riskLevel, variant, figures, verdict, configHash }) => [
      symbol,
      riskLevel,
      variant,
      numberText(figures.sharpe),
      numberText(verdict.deflatedSharpe),
      numberText(figures.profitFactor),
      numberText(figures.trades, 0),
      hash(configHash),
    ]),
  })}</details>`;
}

/** Settings of the judged variant, one column per risk level; those that differ come first and are marked. */
function settingsTable({ data, result, levels }: ReportView): Content {
  const records = levels.flatMap((riskLevel) => {
    const found = data.settings?.find(
      (each) => each.riskLevel === riskLevel && each.variant === result.headlineVariant && each.config !== undefined,
    );
    return found === undefined ? [] : [found];
  });
  if (records.length === 0) return '';
  const flat = records.map(flatten);
  const keys = [...new Set(flat.flatMap((settings) => [...settings.keys()]))];
  const values = (key: string): string[] => flat.map((settings) => settings.get(key) ?? '');
  const differs = (key: string): boolean => new Set(values(key)).size > 1;
  const ordered = [...keys.filter(differs), ...keys.filter((key) => !differs(key))];
  return markup`<details><summary>Every setting of the judged variant</summary>${dataTable({
    label: 'Settings',
    head: ['Setting', ...records.map(({ riskLevel }) => ({ text: riskLevel }))],
    rows: ordered.map((key) => [
      markup`<code>${key}</code>`,
      ...values(key).map((value) => markup`<td class="text${differs(key) ? ' differs' : ''}">${value}</td>`),
    ]),
  })}</details>`;
}

function flatten({ config }: VariantRecord): Map<string, string> {
  const settings = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      settings.set(path, typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
      return;
    }
    for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
  };
  walk(config, '');
  return settings;
}
