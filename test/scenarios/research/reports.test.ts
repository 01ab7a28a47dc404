// Are table and summary made of the result file alone, byte for byte, and do they say what a reader must know?
import { beforeAll, describe, expect, it } from 'vitest';
import { collectReport } from '../../../src/research/html/collect-report.ts';
import { reportHtml } from '../../../src/research/html/report-html.ts';
import { reportCsv } from '../../../src/research/report-csv.ts';
import { reportMarkdown } from '../../../src/research/report-markdown.ts';
import type { ResearchResult } from '../../../src/research/result-file.ts';
import { equityCsv, foldsCsv, tradesCsv } from '../../../src/research/run-tables.ts';
import { deflatedSharpe } from '../../../src/research/statistics/deflated-sharpe.ts';
import { sampleVariance } from '../../../src/research/statistics/moments.ts';
import { backtestOverfitting } from '../../../src/research/statistics/overfitting.ts';
import {
  estimateSharpe,
  minimumTrackRecord,
  probabilisticSharpe,
} from '../../../src/research/statistics/probabilistic-sharpe.ts';
import { sharpeRatio } from '../../../src/research/statistics/sharpe.ts';
import type { SuiteResult } from '../../../src/research/suite.ts';
import { createPlantedEdge, createRandomWalk } from '../../../src/simulation/embedded-market/null-markets.ts';
import { marketOf, resultOf, runSmall, variantsOf, type SmallRun, type SmallRunResult } from './small-research.ts';

const BARS = 150 * 24;
const walk = createRandomWalk({ symbol: 'WALKUSDT', seed: 3, bars: BARS });
const edge = createPlantedEdge({ symbol: 'EDGEUSDT', seed: 3, bars: BARS });
const run: SmallRun = {
  markets: [walk, edge].map(({ candles, funding }) => marketOf(candles, funding)),
  variants: variantsOf(['conservative', 'moderate']),
};
let both: SmallRunResult;
let none: ResearchResult;
beforeAll(async () => {
  both = await runSmall(run);
  none = (await runSmall({ ...run, markets: [run.markets[0]] })).result;
});

const stored = (result: ResearchResult): ResearchResult => JSON.parse(JSON.stringify(result)) as ResearchResult;
const section = (markdown: string, name: string): string => {
  const from = markdown.indexOf(`## ${name}`);
  return markdown.slice(from, markdown.indexOf('\n## ', from + 1));
};

/** The rows of all tables. */
const cells = (markdown: string): string =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .join('\n');

describe('table and summary', () => {
  it('are the same bytes from the stored result as from the one in memory, and again', () => {
    for (const result of [both.result, none]) {
      expect(reportCsv(stored(result))).toBe(reportCsv(result));
      expect(reportMarkdown(stored(result))).toBe(reportMarkdown(result));
      expect(stored(stored(result))).toEqual(stored(result));
    }
  });

  it('lose nothing by being stored: no figure is NaN or infinite, which JSON does not know', () => {
    const odd: string[] = [];
    const look = (value: unknown, path: string): void => {
      if (typeof value === 'number' && !Number.isFinite(value)) odd.push(path);
      if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value)) look(inner, `${path}.${key}`);
      }
    };
    look(both.result, 'both');
    look(none, 'none');
    expect(odd).toEqual([]);
  });

  it('have one line per symbol, level and variant, and a field for every column', () => {
    const [head, ...lines] = reportCsv(both.result).trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line.split(',')).toHaveLength(head.split(',').length);
    expect(new Set(lines.map((line) => line.split(',').slice(0, 4).join())).size).toBe(4);
  });

  it('print n/a for what is undefined, never NaN, null, undefined or an infinity', () => {
    const quiet = none.rows.find((row) => row.figures.sharpe === undefined);
    expect(quiet?.figures.trades).toBe(0);
    for (const result of [none, both.result]) {
      expect(reportCsv(result)).not.toMatch(/NaN|null|undefined|Infinity|∞/);
      expect(cells(reportMarkdown(result))).not.toMatch(/NaN|null|undefined|Infinity|∞/);
    }
    expect(reportCsv(none)).toMatch(/,n\/a,n\/a,n\/a,/);
    expect(section(reportMarkdown(none), 'Results')).toContain('n/a');
  });
});

describe('the summary', () => {
  it('says on its very first line that the market was invented, and nothing of the kind for stored candles', () => {
    expect(reportMarkdown(both.result)).toMatch(/^> \*\*Synthetic market\.\*\*/);
    expect(reportCsv(both.result)).toContain(',synthetic,');
    const real = { ...both.result, synthetic: false };
    expect(reportMarkdown(real)).toMatch(/^# Research summary\n/);
    expect(reportMarkdown(real)).not.toMatch(/synthetic/i);
  });

  it('says that no edge was found when none was, and not otherwise', () => {
    expect(none.levels.map(({ word }) => word)).toEqual(['no edge found', 'no edge found']);
    expect(reportMarkdown(none)).toContain('No edge found: after costs, out of sample');
    expect(both.result.levels.map(({ word }) => word)).toEqual([
      'edge in some symbols only',
      'edge in some symbols only',
    ]);
    expect(reportMarkdown(both.result)).not.toContain('No edge found:');
  });

  it('shows intervals, baselines, costs, folds, exposure, selection and where the rules come from', () => {
    const markdown = reportMarkdown(both.result);
    for (const word of ['95 % interval', 'Deflated', 'Hold: return', 'Random entry p', 'Mean exposure']) {
      expect(section(markdown, 'Results')).toContain(word);
    }
    expect(section(markdown, 'Costs')).toMatch(/Cost share[^]*Ambiguous trades[^]*worst … best/);
    expect(section(markdown, 'Without the meta-model')).toContain('EDGEUSDT');
    expect(section(markdown, 'Folds')).toMatch(/Mean Sharpe[^]*CV[^]*Won/);
    expect(section(markdown, 'Selection')).toMatch(/PBO[^]*EDGEUSDT[^]*…[^]*SPA p/);
    expect(markdown).toContain('- EDGEUSDT: invented for a test.');
  });

  it('shouts when a leak is suspected or a fold failed', () => {
    const alarm = { symbol: 'EDGEUSDT', validationUntil: 1_700_000_000_000, auc: 0.97 };
    const leaking: ResearchResult = { ...both.result, models: { ...both.result.models, leakAlarms: [alarm] } };
    expect(reportMarkdown(leaking)).toMatch(/\*\*Leak alarm:\*\* 1 model was[^]*- Leak alarm: EDGEUSDT/);
    const failed: ResearchResult = {
      ...both.result,
      failedFolds: [{ symbol: 'EDGEUSDT', fold: 2, reason: 'too few' }],
    };
    expect(reportMarkdown(failed)).toContain('**1 fold failed;**');
    expect(section(reportMarkdown(failed), 'Folds')).toContain('- EDGEUSDT, fold 2 failed: too few.');
  });
});

/** The run with all but the first three trades of its first row taken away. */
function withThreeTrades(): SuiteResult {
  const [first, ...others] = both.suite.outcomes;
  const three = { ...first, trades: first.trades.slice(0, 3), figures: { ...first.figures, trades: 3 } };
  return { ...both.suite, outcomes: [three, ...others] };
}

/** The section `id` of the HTML report. */
function htmlSection(result: ResearchResult, suite: SuiteResult, id: string): string {
  const page = reportHtml(collectReport({ ...run, result, suite, currency: 'USDT' }));
  const from = page.indexOf(`<section id="${id}">`);
  return page.slice(from, page.indexOf('</section>', from));
}

/** As the table prints a figure that has a value. */
const printed = (value: number | undefined): string => (value ?? NaN).toFixed(6);

/** Cells of the line `name` of a Markdown table. */
const lineOf = (markdown: string, name: string): string[] =>
  (markdown.split('\n').find((line) => line.startsWith(`| ${name} `)) ?? '')
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());

describe('selection', () => {
  it('prints n/a with the reason for a row of three trades, in the summary, the page and the table', () => {
    const suite = withThreeTrades();
    const result = resultOf(run, suite);
    const summary = section(reportMarkdown(result), 'Selection');
    expect(lineOf(summary, 'Profit factor, 95 % interval')[0]).toBe('n/a (fewer than 20 trades)');
    expect(lineOf(summary, 'Drawdown, trades reordered: 5 / 50 / 95 %')[0]).toBe('n/a (fewer than 20 trades)');
    expect(lineOf(summary, 'Part of the profit from the best 5 trades')[0]).toBe('n/a (five trades or fewer)');
    expect(lineOf(summary, 'Gates failed')[0]).toMatch(/^trades/);
    expect(reportMarkdown(result)).toContain('No edge: only 3 trades, needs 30');
    expect(htmlSection(result, suite, 'luck')).toContain('<td>n/a (fewer than 20 trades)</td>');
    const [head, line] = rowsOf(reportCsv(result));
    for (const name of ['profit_factor_low', 'mc_drawdown_95_resampled', 'p_drawdown_over_limit', 'best_five_share']) {
      expect([name, line[head.indexOf(name)]]).toEqual([name, 'n/a']);
    }
    expect(line[head.indexOf('gate_failed')]).toMatch(/^trades/);
  });

  it('agrees with the statistics computed from days and trades alone', () => {
    const { selection } = both.result;
    expect(selection.rows.map(({ symbol, riskLevel }) => `${symbol} ${riskLevel}`)).toEqual(
      both.result.rows.map(({ symbol, riskLevel }) => `${symbol} ${riskLevel}`),
    );
    const sharpes = both.suite.outcomes.map(({ dailyReturns }) => sharpeRatio(dailyReturns) ?? NaN);
    const known = sharpes.filter((sharpe) => !Number.isNaN(sharpe));
    const varianceOfSharpes = sampleVariance(known);
    let checked = 0;
    both.suite.outcomes.forEach((outcome, index) => {
      const estimate = estimateSharpe(outcome.dailyReturns);
      if (estimate === undefined) return;
      checked += 1;
      const row = selection.rows[index];
      const published = deflatedSharpe(estimate, { trials: both.suite.outcomes.length, varianceOfSharpes });
      expect(row.sharpe.value).toBeCloseTo(outcome.figures.sharpe ?? NaN, 10);
      expect(row.probabilisticSharpe.value).toBe(probabilisticSharpe(estimate, 0));
      expect(row.deflatedSharpe.value).toBe(published.probability);
      expect(row.minimumTrackRecordDays.value).toBe(minimumTrackRecord(estimate, 0, 0.05));
      expect(row.profitFactor.value).toBe(outcome.figures.profitFactor);
      expect(row.foldVariation.value).toBe(outcome.foldSharpe.variation);
      expect(both.result.rows[index].verdict.deflatedSharpe).toBe(row.gateDeflatedSharpe.value);
      expect(both.result.rows[index].verdict.survival).toEqual(row.survival);
      const { fees, slippage, funding, grossBeforeCosts } = outcome.costs;
      const traded = outcome.trades.reduce((sum, each) => sum + (each.entryPrice + each.exitPrice) * each.quantity, 0);
      expect(row.paidBps.value).toBeCloseTo((1e4 * (fees + slippage)) / traded, 8);
      expect(row.breakEvenBps.value).toBeCloseTo((1e4 * (grossBeforeCosts - funding)) / traded, 8);
    });
    expect(checked).toBeGreaterThan(1);
    const edgeRows = both.suite.outcomes.filter(({ symbol }) => symbol === 'EDGEUSDT');
    const own = selection.symbols.find(({ symbol }) => symbol === 'EDGEUSDT');
    expect(own?.overfitting.value?.probability).toBe(
      backtestOverfitting(
        edgeRows.map(({ dailyReturns }) => dailyReturns),
        8,
      )?.probability,
    );
    expect(own?.againstHold.value).toBeDefined();
  });

  it('counts the trials of the log where there are more than the rows of the run', () => {
    const log = { trials: 500, varianceOfSharpes: 0.01, withSharpe: 500, looks: 700, evaluations: 900 };
    const result = resultOf(run, both.suite, log);
    expect(result.trials).toEqual({ recorded: 500, looks: 700 });
    expect(result.selection.trials).toBe(500);
    const strong = both.result.rows.findIndex(({ verdict }) => verdict.edge);
    expect(result.rows[strong].verdict.deflatedSharpe).toBeLessThan(
      both.result.rows[strong].verdict.deflatedSharpe ?? NaN,
    );
    const summary = section(reportMarkdown(result), 'Selection');
    expect(summary).toContain('500 trials are recorded on this data, 700 looks');
    expect(lineOf(summary, 'Best of 500 without an edge').some((cell) => /^\d/.test(cell))).toBe(true);
    expect(htmlSection(result, both.suite, 'luck')).toContain(
      '500 configurations were tried on this data in 700 looks',
    );
  });

  it('of one variant on one symbol says why there is no probability of overfitting', async () => {
    const single = await runSmall({ ...run, markets: [run.markets[1]], variants: variantsOf(['moderate']) });
    const summary = section(reportMarkdown(single.result), 'Selection');
    expect(summary).toMatch(/EDGEUSDT .*n\/a \(fewer than two rows\)/);
    expect(summary).not.toMatch(/\| all /);
    expect(htmlSection(single.result, single.suite, 'luck')).toContain('<td>n/a (fewer than two rows)</td>');
    expect(lineOf(summary, 'Deflated Sharpe, as published')).toEqual(
      lineOf(summary, 'Probability that it is truly above 0'),
    );
    const [head, line] = rowsOf(reportCsv(single.result));
    expect(line[head.indexOf('pbo')]).toBe('n/a');
  });

  it('gives every column of the table its figure', () => {
    const [head, ...lines] = rowsOf(reportCsv(both.result));
    const cell = (line: number, name: string): string => lines[line][head.indexOf(name)];
    const strong = both.result.rows.findIndex(({ verdict }) => verdict.edge);
    const own = both.result.selection.rows[strong];
    expect(cell(strong, 'sharpe_low')).toBe(printed(own.sharpeInterval.low.value));
    expect(cell(strong, 'deflated_sharpe')).toBe(printed(own.gateDeflatedSharpe.value));
    expect(cell(strong, 'deflated_sharpe_published')).toBe(printed(own.deflatedSharpe.value));
    expect(cell(strong, 'expected_max_sharpe')).toBe(printed(own.expectedMaximumSharpe.value));
    expect(cell(strong, 'min_track_record_days')).toBe(printed(own.minimumTrackRecordDays.value));
    expect(cell(strong, 'profit_factor_low')).toBe(printed(own.profitFactorInterval.low.value));
    expect(cell(strong, 'max_drawdown_midnight_high')).toBe(printed(own.maxDrawdownInterval.high.value));
    expect(cell(strong, 'mc_drawdown_95_reordered')).toBe(printed(own.drawdown.value?.reordered.high));
    expect(cell(strong, 'best_five_share')).toBe(printed(own.bestFiveShare.value));
    expect(cell(strong, 'break_even_bps')).toBe(printed(own.breakEvenBps.value));
    expect(cell(strong, 'paid_bps')).toBe(printed(own.paidBps.value));
    expect(cell(strong, 'drawdown_limit')).toBe(
      printed(both.result.drawdownLimits[both.result.rows[strong].riskLevel]),
    );
    expect(Number(cell(strong, 'p_drawdown_over_limit'))).toBeGreaterThanOrEqual(0);
    expect(cell(strong, 'gate_failed')).toBe('none');
    expect(lines.map((line) => line[head.indexOf('gate_failed')] === 'none')).toEqual(
      both.result.rows.map(({ verdict }) => verdict.edge),
    );
  });
});

const rowsOf = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));

describe('the tables of a run', () => {
  it('hold every trade, every day and every fold', () => {
    const { outcomes } = both.suite;
    const sum = (count: (outcome: (typeof outcomes)[number]) => number): number =>
      outcomes.reduce((total, outcome) => total + count(outcome), 0);
    expect(rowsOf(tradesCsv(outcomes))).toHaveLength(1 + sum(({ trades }) => trades.length));
    expect(rowsOf(equityCsv(outcomes))).toHaveLength(1 + sum(({ days }) => days.length));
    expect(rowsOf(foldsCsv(outcomes))).toHaveLength(1 + sum(({ folds }) => folds.length));
    for (const csv of [tradesCsv(outcomes), equityCsv(outcomes), foldsCsv(outcomes)]) {
      const [head, ...lines] = rowsOf(csv);
      expect(new Set(lines.map((line) => line.length))).toEqual(new Set([head.length]));
    }
  });

  it('give every number so that it reads back as it was', () => {
    const [head, ...lines] = rowsOf(tradesCsv(both.suite.outcomes));
    const trades = both.suite.outcomes.flatMap((outcome) => outcome.trades);
    trades.forEach((trade, at) => {
      expect(Number(lines[at][head.indexOf('net_pnl')])).toBe(trade.netPnl);
      expect(Number(lines[at][head.indexOf('probability')])).toBe(trade.probability);
      expect(Date.parse(lines[at][head.indexOf('entry_time')])).toBe(trade.entryTime);
    });
  });
});
