// Are table and summary made of the result file alone, byte for byte, and do they say what a reader must know?
import { beforeAll, describe, expect, it } from 'vitest';
import { reportCsv } from '../../../src/research/report-csv.ts';
import { reportMarkdown } from '../../../src/research/report-markdown.ts';
import type { ResearchResult } from '../../../src/research/result-file.ts';
import { equityCsv, foldsCsv, tradesCsv } from '../../../src/research/run-tables.ts';
import { createPlantedEdge, createRandomWalk } from '../../../src/simulation/embedded-market/null-markets.ts';
import { marketOf, runSmall, variantsOf, type SmallRun, type SmallRunResult } from './small-research.ts';

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

  it('shows intervals, baselines, costs, folds, exposure, overfitting and where the rules come from', () => {
    const markdown = reportMarkdown(both.result);
    for (const word of ['95 % interval', 'Deflated', 'Hold: return', 'Random entry p', 'Mean exposure']) {
      expect(section(markdown, 'Results')).toContain(word);
    }
    expect(section(markdown, 'Costs')).toMatch(/Cost share[^]*Ambiguous trades[^]*worst … best/);
    expect(section(markdown, 'Without the meta-model')).toContain('EDGEUSDT');
    expect(section(markdown, 'Folds')).toMatch(/Mean Sharpe[^]*CV[^]*Won/);
    expect(section(markdown, 'Overfitting')).toMatch(/EDGEUSDT[^]*…/);
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
