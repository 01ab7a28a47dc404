// Do accounts over all symbols stand beside the rows of single symbols, in every table and count? And is one symbol alone the same?
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeAccountStresses, composePortfolio } from '../../../src/cli/compose-portfolio.ts';
import { manifestOf, runIdOf } from '../../../src/cli/manifest.ts';
import { recordTrials, TRIAL_FILE } from '../../../src/cli/record-trials.ts';
import { collectReport } from '../../../src/research/html/collect-report.ts';
import { reportHtml } from '../../../src/research/html/report-html.ts';
import { isOfPortfolio } from '../../../src/research/outcome.ts';
import { portfolioCsv, rebalancesCsv } from '../../../src/research/portfolio-tables.ts';
import { accountRowsOf, bestAccounts, deflatedAmongAccounts } from '../../../src/research/account-choice.ts';
import { reportCsv } from '../../../src/research/report-csv.ts';
import { reportMarkdown } from '../../../src/research/report-markdown.ts';
import { tradesCsv } from '../../../src/research/run-tables.ts';
import { tradeHash } from '../../../src/research/trade-hash.ts';
import { createPlantedEdge } from '../../../src/simulation/embedded-market/null-markets.ts';
import { composedOf, HEADLINE, marketOf, runSmall, type SmallRunResult } from './small-research.ts';

const planted = (symbol: string, seed: number) => {
  const { candles, funding } = createPlantedEdge({ symbol, seed, bars: 122 * 24, fundingRate: 0.0001 });
  return marketOf(candles, funding);
};
const composed = composedOf(
  ['aggressive'],
  ['portfolio.cross_sectional.top_k=1', 'portfolio.cross_sectional.min_liquidity=0', 'model.boosting.trees=5'],
);
const dataHashIn = (line = ''): string | undefined => /"dataHash":"([^"]+)"/.exec(line)?.[1];
const portfolios = composePortfolio(composed, HEADLINE);
const NAMES = ['portfolio/off', 'portfolio/equal', 'portfolio/inverse_volatility', 'portfolio/risk_parity'];
const run = {
  variants: composed.map(({ settings }) => settings),
  portfolios: portfolios.map(({ settings }) => settings),
};

it('an account of one symbol gives the row of the symbol by itself, bit for bit, with and without selection', async () => {
  const { suite } = await runSmall({ ...run, markets: [planted('ONLYUSDT', 21)] });
  const [alone, ...all] = suite.outcomes;
  expect(alone.trades.length).toBeGreaterThan(10);
  expect(all.map(({ variant }) => variant)).toEqual(NAMES);
  for (const { symbol, variant, configHash, randomEntries, notes, portfolio, trades, funnel, ...rest } of all) {
    expect([symbol, portfolio?.symbols, randomEntries]).toEqual(['PORTFOLIO', 1, undefined]);
    expect(alone).toMatchObject(rest);
    const share = variant === 'portfolio/off' ? {} : { share: 1 };
    expect(trades).toEqual(alone.trades.map((trade) => ({ ...trade, sizing: { ...trade.sizing, ...share } })));
    if (variant !== 'portfolio/off') continue;
    expect(funnel).toEqual(alone.funnel);
    expect(notes).toEqual(alone.notes);
    expect(configHash).toBe(alone.configHash);
  }
});

describe('a run with accounts over three symbols', () => {
  const markets = [planted('ONEUSDT', 21), planted('TWOUSDT', 22), planted('SIXUSDT', 23)];
  let own: SmallRunResult;
  let folder: string;
  beforeAll(async () => {
    own = await runSmall({ ...run, markets });
    folder = mkdtempSync(join(tmpdir(), 'portfolio-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('leaves the rows of single symbols as they are, and counts its own among the trials', async () => {
    const without = await runSmall({ variants: run.variants, markets });
    expect(own.suite.outcomes.slice(0, 3)).toEqual(without.suite.outcomes);
    expect(own.suite.outcomes.slice(3).map(({ variant }) => variant)).toEqual(NAMES);
    expect(tradeHash(own.suite.outcomes.slice(0, 3))).toBe(without.result.tradeHash);
    expect(own.result.levels).toHaveLength(1);
    expect([without.result.selection.trials, own.result.selection.trials]).toEqual([3, 7]);
    expect(own.result.selection.symbols.map(({ symbol }) => symbol)).toContain('PORTFOLIO');
    const hold = own.result.baselines.find(({ symbol }) => symbol === 'PORTFOLIO')?.buyAndHold?.totalReturn;
    const singles = without.result.baselines.map(({ buyAndHold }) => buyAndHold?.totalReturn ?? NaN);
    expect(hold).toBeCloseTo(singles.reduce((sum, value) => sum + value, 0) / 3, 9);
  });

  it('writes every account into the trial log, with the data of all symbols', async () => {
    const { suite } = own;
    const about = { runId: 'run', codeVersion: 'test', seed: 1, evaluatedAt: 1 };
    const count = await recordTrials({ suite, markets, variants: composed, portfolios, ...about }, folder);
    const lines = readFileSync(join(folder, TRIAL_FILE), 'utf8').trim().split('\n');
    const accounts = lines.filter((line) => line.includes('PORTFOLIO'));
    expect(accounts).toHaveLength(4);
    for (const line of accounts) expect(line).not.toContain('unknown');
    expect(count.trials).toBe(lines.length);
    const fewer = { suite, markets: markets.slice(1), variants: composed, portfolios, ...about };
    await recordTrials(fewer, folder);
    const again = readFileSync(join(folder, TRIAL_FILE), 'utf8').trim().split('\n').slice(lines.length);
    const [first, second] = [accounts[0], again.find((line) => line.includes('PORTFOLIO'))];
    expect(dataHashIn(first)).toBeDefined();
    expect(dataHashIn(second)).not.toBe(dataHashIn(first));
  });

  it('has tables, a section and a page that tell of them', () => {
    const { suite, result } = own;
    const accounts = suite.outcomes.filter(isOfPortfolio);
    expect(portfolioCsv(accounts).trim().split('\n')).toHaveLength(1 + 4 * 3);
    const rebalances = rebalancesCsv(accounts).trim().split('\n');
    const told = accounts.reduce((sum, { portfolio }) => sum + portfolio.rebalances, 0);
    expect(rebalances).toHaveLength(1 + told * 3);
    for (const line of rebalances) expect(line.split(',')).toHaveLength(rebalances[0].split(',').length);
    const chosen = accounts.slice(1).reduce((sum, { trades }) => sum + trades.length, 0);
    const lines = tradesCsv(accounts.slice(1)).trim().split('\n').slice(1);
    expect(lines).toHaveLength(chosen);
    for (const line of lines) expect(line).toMatch(/^(ONE|TWO|SIX)USDT,aggressive,portfolio\//);
    expect(reportCsv(result).match(/^PORTFOLIO,/gm)).toHaveLength(4);
    const summary = reportMarkdown(result);
    expect(summary).toContain('## One account over all symbols');
    for (const name of NAMES) expect(summary).toMatch(new RegExp(`\\| aggressive \\| ${name} +\\|`));
    const html = reportHtml(collectReport({ result, suite, markets, variants: run.variants, currency: 'USDT' }));
    expect(html).toContain('id="portfolio"');
    expect(html.match(/class="bar s0" fill-opacity/g)?.length).toBeGreaterThanOrEqual(3);
    expect(reportHtml(collectReport({ result, suite, markets, variants: run.variants, currency: 'USDT' }))).toBe(html);
  });

  it('can be nothing but accounts: the same, without a row, a verdict or a baseline of a symbol', async () => {
    const only = { ...run, markets, isPortfolioOnly: true };
    const { suite, result } = await runSmall(only);
    expect(suite.outcomes).toEqual(own.suite.outcomes.slice(3));
    expect([suite.primaryAlone, suite.ablations, result.levels]).toEqual([[], [], []]);
    expect(suite.baselines).toEqual(own.suite.baselines.slice(3));
    expect(suite.models).toEqual(own.suite.models);
    const summary = reportMarkdown(result);
    expect(summary).toContain('No symbol was traded by itself, so no risk level has a verdict');
    for (const absent of ['## Results', 'ONEUSDT aggressive', 'undefined', 'NaN'])
      expect(summary).not.toContain(absent);
    for (const name of NAMES) expect(summary).toContain(`| ${name}`);
    const html = reportHtml(collectReport({ result, suite, markets, variants: run.variants, currency: 'USDT' }));
    expect(html).toContain('id="portfolio"');
    expect(html).not.toContain('id="equity"');
    for (const { symbol } of markets) expect(html).toContain(symbol);
  });

  it('puts every account under stress, with its own models, beside what it did without', async () => {
    const accountStresses = composeAccountStresses(portfolios);
    const { suite, result } = await runSmall({ ...run, markets, accountStresses, isPortfolioOnly: true });
    expect(suite.outcomes).toEqual(own.suite.outcomes.slice(3));
    const stressed = NAMES.flatMap((variant) => ['costs doubled', 'one bar late'].map((part) => [variant, part]));
    expect(result.accountStress?.map(({ variant, part }) => [variant, part])).toEqual(stressed);
    for (const row of result.accountStress ?? []) {
      const { figures } = suite.outcomes.find(({ variant }) => variant === row.variant) ?? {};
      expect(row).toMatchObject({ symbol: 'PORTFOLIO', kind: 'stress', finding: undefined });
      expect(row.whole.totalReturn).toBe(figures?.totalReturn);
      expect(row.totalReturn).not.toBe(figures?.totalReturn);
      if (row.part === 'costs doubled' && row.trades === row.whole.trades)
        expect(row.netBpsPerTrade).toBeLessThan(row.whole.netBpsPerTrade ?? NaN);
    }
    expect(result.ablation).toEqual([]);
    const summary = reportMarkdown(result);
    expect(summary).toContain('### Accounts under stress');
    expect(summary.match(/\| portfolio\/equal +\| aggressive \| costs doubled/g)).toHaveLength(1);
    expect(reportHtml(collectReport({ result, suite, markets, variants: run.variants, currency: 'USDT' }))).toContain(
      'Under stress',
    );
  });

  it('says what the best account is worth for the choice among them alone: as much as in a search of its own', async () => {
    const { result } = own;
    const [best] = bestAccounts(result);
    const sharpes = accountRowsOf(result).map(({ figures }) => figures.sharpe ?? NaN);
    expect(best.figures.sharpe).toBe(Math.max(...sharpes));
    const alone = (await runSmall({ ...run, markets, isPortfolioOnly: true })).result;
    for (const row of accountRowsOf(result)) {
      const among = deflatedAmongAccounts(result, row).value;
      expect(among).toBeCloseTo(
        alone.rows.find(({ variant }) => variant === row.variant)?.verdict.deflatedSharpe ?? NaN,
        9,
      );
      expect(row.verdict.deflatedSharpe).toBeLessThanOrEqual(among ?? NaN);
    }
    expect(reportMarkdown(result)).toContain(`the best of 4 accounts is ${best.variant}`);
  });

  it('says nothing of accounts where none were asked for', () => {
    const { suite, result } = own;
    const rows = result.rows.filter(({ portfolio }) => portfolio === undefined);
    const outcomes = suite.outcomes.slice(0, 3);
    expect(reportMarkdown({ ...result, rows })).not.toContain('One account over all symbols');
    const page = { result: { ...result, rows }, suite: { ...suite, outcomes }, markets, variants: run.variants };
    expect(reportHtml(collectReport({ ...page, currency: 'USDT' }))).not.toContain('id="portfolio"');
  });

  it('has a manifest that knows of them, and an id of its own', () => {
    const facts = { seed: 1, years: 1, dataRoot: undefined, headlineVariant: HEADLINE, markets, variants: composed };
    expect(manifestOf({ ...facts, portfolios }, own.result).portfolio).toBe(true);
    expect(manifestOf(facts, own.result).portfolio).toBeUndefined();
    expect(runIdOf({ ...facts, portfolios }, 'test')).not.toBe(runIdOf(facts, 'test'));
    expect(runIdOf({ ...facts, portfolios: [] }, 'test')).toBe(runIdOf(facts, 'test'));
  });
});
