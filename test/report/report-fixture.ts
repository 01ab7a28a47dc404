// Which small run is the report tried on? Two symbols, three risk levels, a failed fold and everything optional, from a seed.
import { createRandom, type Random } from '../../src/domain/random.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import { createFunnel } from '../../src/engine/funnel.ts';
import type {
  CandleColumns,
  DailyCurve,
  LevelCurve,
  RegimeSpan,
  ReportData,
  ReportTrade,
} from '../../src/research/html/report-data.ts';
import type { FoldOutcome } from '../../src/research/outcome.ts';
import { RESULT_SCHEMA, type ResearchResult, type ResultRow } from '../../src/research/result-file.ts';
import { assessSelection, type SelectionReport } from '../../src/research/selection.ts';
import { ablationOf } from './ablation-fixture.ts';

/** 2024-01-01 00:00 UTC. */
const START = 1_704_067_200_000;
const LEVELS = ['conservative', 'moderate', 'aggressive'] as const;

export interface FixtureSpec {
  readonly days: number;
  readonly symbols: readonly string[];
  /** Everything that a run may leave out is there. */
  readonly isFull: boolean;
  /** Bars between trades; 12 unless given. */
  readonly pause?: number;
  /** Stands wherever a name or reason is free text. */
  readonly text: string;
}

/** Equal specs give equal data. */
export function reportFixture(spec: FixtureSpec): ReportData {
  const random = createRandom('report-fixture');
  const candles = spec.symbols.map((symbol) => walk(symbol, spec.days, random.fork(symbol)));
  const curves = candles.flatMap((columns) =>
    LEVELS.map((riskLevel, level) =>
      levelCurve({ columns, riskLevel, pause: spec.pause ?? 12 }, random.fork(`${columns.symbol}/${level}`)),
    ),
  );
  const rows = curves.flatMap((curve) =>
    ['ensemble/standard', 'boosting/standard'].map((variant) => rowOf(curve, variant, spec)),
  );
  const result = {
    schema: RESULT_SCHEMA,
    source: spec.text,
    synthetic: true,
    codeVersion: '0.0.0+fixture',
    seed: 1,
    interval: '1h',
    years: 1,
    walkForward: { trainDays: 20, testDays: 10, stepDays: 10, embargoHours: 0, mode: 'rolling' },
    headlineVariant: 'ensemble/standard',
    targets: {},
    symbols: candles.map(({ symbol, openTime }) => ({
      symbol,
      dataHash: 'ab'.repeat(32),
      provenance: spec.text,
      firstCandle: openTime[0],
      lastClose: openTime[openTime.length - 1] + HOUR_MS,
      candles: openTime.length,
      fundingStamps: spec.days * 3,
    })),
    rows,
    levels: LEVELS.map((riskLevel) => ({ riskLevel, word: 'no edge found' })),
    baselines: candles.map(({ symbol }) => ({
      symbol,
      buyAndHold: { totalReturn: 0.12, sharpeDaily: 1, maxDrawdown: 0.2, cagr: 0.1 },
    })),
    primaryAlone: [],
    ablation: spec.isFull ? ablationOf(rows, random.fork('ablation')) : [],
    selection: selectionOf(rows, curves),
    trials: { recorded: 120, looks: 240 },
    models: {
      models: 6,
      skilled: 3,
      medianValidationAuc: 0.51,
      medianTestAuc: 0.49,
      medianTestBrierSkill: -0.01,
      medianBaseRate: 0.34,
      medianBreakEven: 0.38,
      medianTrainSamples: 900,
      medianEffectiveSamples: 120,
      leakAlarms: [],
    },
    failedFolds: spec.symbols.map((symbol) => ({ symbol, fold: 1, reason: spec.text })),
    tradeHash: 'cd'.repeat(32),
  } as unknown as ResearchResult;
  const data: ReportData = {
    result,
    runId: 'research-fixture',
    currency: 'USDT',
    curves,
    holds: candles.map(holdOf),
    candles,
  };
  return spec.isFull ? { ...data, ...extras(spec, curves) } : data;
}

/** Rows of so many symbols are judged, by so many trades each: the rest would look no different, and take long. */
const JUDGED = { symbols: 2, trades: 60 };

/**
 * As a run makes it, from equity and trades of the headline; the other variant stands still. Symbols beyond those that
 * are judged have the judgement of an earlier one.
 */
function selectionOf(rows: readonly ResultRow[], curves: readonly LevelCurve[]): SelectionReport {
  const judged = rows.slice(0, JUDGED.symbols * LEVELS.length * 2);
  const selection = assessSelection({
    rows: judged.map((row, index) => {
      const { days, equity, trades } = curves[index >> 1];
      const returns = equity.slice(1).map((value, day) => (index % 2 === 0 ? value / equity[day] - 1 : 0));
      return {
        ...row,
        configHash: `hash ${index}`,
        days,
        dailyReturns: returns,
        trades: trades.slice(0, JUDGED.trades),
      };
    }),
    trials: { trials: 120, varianceOfSharpes: 0.004 },
    seed: 'fixture',
    resamples: 100,
    drawdownLimits: [0.1, 0.2],
    buyAndHold: new Map(),
  });
  return {
    ...selection,
    rows: rows.map((row, index) => ({ ...selection.rows[index % judged.length], symbol: row.symbol })),
  };
}

function extras(spec: FixtureSpec, curves: readonly LevelCurve[]): Partial<ReportData> {
  const names = [
    'volatility',
    'return_24h',
    spec.text,
    ...Array.from({ length: 17 }, (_, index) => `feature_${index}`),
  ];
  return {
    calibration: spec.symbols.map((name, index) => ({
      name,
      bins: Array.from({ length: 9 }, (_, bin) => ({
        predicted: 0.31 + bin / 100,
        count: 180 + 20 * bin,
        won: 58 + 5 * bin + index,
      })),
      breakEven: 0.386,
      independence: 0.2,
    })),
    importance: spec.symbols.map((symbol) => ({
      symbol,
      features: names.map((name, index) => ({
        name,
        share: 0.3 / (index + 1),
        low: 0.1 / (index + 1),
        high: 0.5 / (index + 1),
      })),
    })),
    regimes: curves.map(({ symbol, riskLevel, days }, index) => ({
      symbol,
      riskLevel,
      spans: spansOf(days, 3 + (index % 3)),
    })),
    sensitivity: [
      {
        xKey: spec.text,
        yKey: 'stop',
        xs: [1, 2, 3],
        ys: ['a', spec.text],
        sharpe: [
          [1, -2, null],
          [0, 0.5, 3],
        ],
        trades: [
          [5, 6, 0],
          [7, 8, 9],
        ],
      },
    ],
    holdoutOpenings: [1, 2, 3].map((ordinal) => ({
      openedAt: START + ordinal * DAY_MS,
      runId: `run-${ordinal}`,
      symbol: spec.symbols[0],
      configHash: 'hash',
      dataHash: 'data',
      from: START,
      to: START + DAY_MS,
      reason: spec.text,
      ordinal,
      again: ordinal > 1,
    })),
    settings: LEVELS.map((riskLevel, level) => ({
      riskLevel,
      variant: 'ensemble/standard',
      configHash: `hash${level}`,
      config: { risk: { threshold: 0.5 + level / 10 }, note: spec.text, list: [1, 2] },
    })),
  };
}

const tick = (price: number): number => Math.round(price * 10) / 10;

/** Hourly candles on ticks of 0.1, with one hole. */
function walk(symbol: string, days: number, random: Random): CandleColumns {
  const columns: Record<'openTime' | 'open' | 'high' | 'low' | 'close', number[]> = {
    openTime: [],
    open: [],
    high: [],
    low: [],
    close: [],
  };
  let price = 1_000 + random.below(500);
  for (let bar = 0; bar < days * 24; bar += 1) {
    const open = tick(price);
    const close = tick(price * (1 + 0.004 * random.normal()));
    price = close;
    if (bar >= 200 && bar < 206) continue;
    columns.openTime.push(START + bar * HOUR_MS);
    columns.open.push(open);
    columns.close.push(close);
    columns.high.push(tick(Math.max(open, close) * (1 + 0.001 * random.next())));
    columns.low.push(tick(Math.min(open, close) * (1 - 0.001 * random.next())));
  }
  return { symbol, intervalMs: HOUR_MS, tickSize: 0.1, ...columns };
}

function levelCurve(
  {
    columns,
    riskLevel,
    pause,
  }: { readonly columns: CandleColumns; readonly riskLevel: string; readonly pause: number },
  random: Random,
): LevelCurve {
  const trades: ReportTrade[] = [];
  const bars = columns.openTime.length;
  for (let bar = 5; bar < bars - 20; bar += pause + random.below(2 * pause)) trades.push(tradeAt(columns, bar, random));
  const first = Math.ceil(columns.openTime[0] / DAY_MS) * DAY_MS;
  const days = Array.from({ length: Math.floor(bars / 24) }, (_, day) => first + day * DAY_MS);
  const equity = days.map(
    (day) => 10_000 + trades.filter(({ exitTime }) => exitTime <= day).reduce((sum, { netPnl }) => sum + netPnl, 0),
  );
  const guard =
    riskLevel === 'aggressive'
      ? ([
          { time: days[2], mode: 'REDUCED' },
          { time: days[4], mode: 'PAUSED' },
          { time: days[6], mode: 'NORMAL' },
        ] as const)
      : [];
  return { symbol: columns.symbol, riskLevel, days, equity, trades, guard };
}

function tradeAt(columns: CandleColumns, bar: number, random: Random): ReportTrade {
  const direction = random.next() < 0.5 ? 1 : -1;
  const exitBar = bar + 1 + random.below(10);
  const entryPrice = columns.open[bar];
  const exitPrice = columns.close[exitBar];
  const quantity = 0.5;
  const grossPnl = direction * (exitPrice - entryPrice) * quantity;
  const reasons = ['stop', 'target', 'time-exit'] as const;
  return {
    direction,
    entryTime: columns.openTime[bar],
    exitTime: columns.openTime[exitBar] + HOUR_MS - 1,
    entryPrice,
    exitPrice,
    quantity,
    grossPnl,
    fees: 0.3,
    slippage: 0.05,
    funding: 0.01,
    netPnl: grossPnl - 0.31,
    initialRisk: entryPrice * 0.01 * quantity,
    reason: reasons[random.below(3)],
    probability: 0.38 + 0.2 * random.next(),
    regime: direction === 1 ? 'TRENDING_UP' : 'TRENDING_DOWN',
    ambiguous: random.below(9) === 0,
    stopPrice: entryPrice * (1 - direction * 0.01),
    targetPrice: random.below(4) === 0 ? undefined : entryPrice * (1 + direction * 0.02),
  };
}

function holdOf({ symbol, openTime, close }: CandleColumns): DailyCurve {
  const marks = Array.from(openTime, (time, bar) => ({ time, price: close[bar] })).filter(
    ({ time }) => time % DAY_MS === 0,
  );
  return { symbol, days: marks.map(({ time }) => time), equity: marks.map(({ price }) => price / marks[0].price) };
}

function spansOf(days: readonly number[], lengthDays: number): RegimeSpan[] {
  const regimes = ['TRENDING_UP', 'RANGING', 'TRENDING_DOWN', 'HIGH_VOLATILITY', 'UNKNOWN'];
  const end = days[days.length - 1];
  const spans: RegimeSpan[] = [];
  for (let from = days[0]; from < end; from += lengthDays * DAY_MS) {
    spans.push({ from, to: Math.min(end, from + lengthDays * DAY_MS), regime: regimes[spans.length % regimes.length] });
  }
  return spans;
}

const check = (name: string, passed: boolean | undefined): object => ({
  name,
  target: passed === undefined ? null : 1,
  value: 0.5,
  passed,
});

function rowOf(
  { symbol, riskLevel, days, equity, trades }: LevelCurve,
  variant: string,
  { text }: FixtureSpec,
): ResultRow {
  const total = (pick: (trade: ReportTrade) => number): number => trades.reduce((sum, trade) => sum + pick(trade), 0);
  const width = Math.floor(days.length / 4);
  const folds = [0, 1, 2, 3].map((index): FoldOutcome => {
    const window = {
      index,
      trainStart: START,
      testStart: days[index * width],
      testEnd: days[Math.min(days.length - 1, (index + 1) * width)],
    };
    const coverage = { candles: width * 24, decidable: width * 24 };
    if (index === 1) return { ...window, ...coverage, status: 'failed', reason: text };
    const sharpe = index === 2 ? undefined : index - 1.3;
    return {
      ...window,
      ...coverage,
      status: 'reported',
      modelId: 'model',
      trades: index === 2 ? 0 : 5,
      netPnl: 1,
      totalReturn: 0.001,
      sharpe,
      maxDrawdown: 0.01,
    };
  });
  return {
    symbol,
    riskLevel,
    variant,
    configHash: 'ef'.repeat(8),
    from: days[0],
    to: days[days.length - 1],
    initialEquity: 10_000,
    finalEquity: equity[equity.length - 1],
    figures: {
      sharpe: 0.4,
      sharpeCautious: 0.3,
      sharpeInterval: { low: -1.2, high: 1.9 },
      probabilisticSharpe: 0.7,
      sortino: 0.6,
      calmar: undefined,
      profitFactor: 1.1,
      maxDrawdown: 0.02,
      winRate: 0.4,
      trades: trades.length,
      expectancyR: 0.05,
      netBpsPerTrade: -3.2,
      totalReturn: equity[equity.length - 1] / 10_000 - 1,
      cagr: 0.01,
      exposure: 0.2,
      exposureGross: 0.01,
      turnover: 3,
    },
    costs: {
      fees: total(({ fees }) => fees),
      slippage: total(({ slippage }) => slippage),
      funding: total(({ funding }) => funding),
      grossBeforeCosts: total(({ grossPnl, slippage }) => grossPnl + slippage),
      missingFundingStamps: 0,
    },
    ambiguity: { trades: 2, worstTotalReturn: 0.01, bestTotalReturn: 0.02 },
    folds,
    foldSharpe: {
      folds: 4,
      undefinedFolds: 2,
      mean: 0.2,
      deviation: 1,
      variation: 5,
      median: 0.1,
      minimum: -1,
      maximum: 2,
      sharePositive: 0.25,
    },
    funnel: {
      ...createFunnel(),
      bars: 1_000,
      flat: 900,
      signals: 400,
      afterRegime: 200,
      afterGuard: 200,
      judged: 200,
      afterThreshold: 20,
      afterLimits: trades.length,
      orders: trades.length,
      fills: trades.length,
    },
    exits: { stop: 1 },
    guardChanges: 3,
    randomEntries: { actual: 0, mean: 0, low: -1, high: 1, pValue: 0.4 },
    verdict: {
      checks: [
        check('sharpe', false),
        check('profitFactor', true),
        check('maxDrawdown', true),
        check('trades', undefined),
      ],
      deflatedSharpe: 0.2,
      survival: { survives: false, gate: 'deflated Sharpe ratio', measured: { value: 0.2 } },
      edge: false,
    },
  } as unknown as ResultRow;
}
