// Does everything that decides exist once? Homes and users of the deciding functions, and formulas that may stand nowhere else (R14).
import { dirname, join } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import ts from 'typescript';
import {
  CORE_FOLDERS,
  folderOf,
  functionsOf,
  identifiersIn,
  importsOf,
  isTest,
  nodesOf,
  placeOf,
  readSources,
  sourceOf,
  type SourceFile,
} from './source-files.ts';

const sources = readSources('src').filter((file) => !isTest(file));

/**
 * Where a deciding function lives, and the only files that may call it (missing: whoever its ring lets). A new caller is a
 * decision, made here.
 */
const DECIDERS: Readonly<Record<string, { readonly home: string; readonly usedBy?: readonly string[] }>> = {
  barExit: {
    home: 'domain/bar-exit.ts',
    usedBy: [
      'engine/shadow-trade.ts',
      'simulation/finer-candles.ts',
      'simulation/matching.ts',
      'strategy/triple-barrier.ts',
    ],
  },
  step: { home: 'engine/step.ts', usedBy: ['simulation/run-backtest.ts', 'live/record/recorded-engine.ts'] },
  decideEntry: { home: 'engine/decide.ts', usedBy: ['engine/step.ts'] },
  exitReason: { home: 'engine/exit-reason.ts', usedBy: ['engine/step.ts'] },
  planEntry: { home: 'engine/plan-orders.ts', usedBy: ['engine/step.ts'] },
  planExit: { home: 'engine/plan-orders.ts', usedBy: ['engine/step.ts', 'engine/close-symbol.ts'] },
  planReduction: { home: 'engine/plan-orders.ts', usedBy: ['engine/rebalance-book.ts', 'engine/step.ts'] },
  planIncrease: { home: 'engine/plan-orders.ts', usedBy: ['engine/rebalance-book.ts'] },
  decideIncrease: { home: 'engine/decide-increase.ts', usedBy: ['engine/rebalance-book.ts'] },
  judgeSignal: {
    home: 'engine/judge-signal.ts',
    usedBy: ['engine/decide.ts', 'engine/decide-increase.ts', 'engine/rebalance-book.ts'],
  },
  closeSymbol: { home: 'engine/close-symbol.ts', usedBy: ['engine/step.ts', 'engine/rebalance-book.ts'] },
  rebalanceBook: { home: 'engine/rebalance-book.ts', usedBy: ['engine/step.ts'] },
  exposureOf: { home: 'engine/exposure.ts', usedBy: ['engine/decide.ts', 'engine/decide-increase.ts'] },
  portfolioBounds: { home: 'engine/exposure.ts', usedBy: ['engine/decide.ts', 'engine/decide-increase.ts'] },
  notionalRoom: { home: 'risk/notional-room.ts', usedBy: ['engine/exposure.ts'] },
  quantitiesWithin: {
    home: 'risk/limit-cuts.ts',
    usedBy: ['engine/rebalance-book.ts', 'live/session/exposure-watch.ts'],
  },
  reviewEntry: { home: 'risk/pre-trade-review.ts', usedBy: ['engine/decide.ts'] },
  reviewIncrease: { home: 'risk/pre-trade-review.ts', usedBy: ['engine/decide-increase.ts'] },
  isRestrained: { home: 'risk/performance-guard.ts', usedBy: ['engine/decide-increase.ts'] },
  advanceGuard: { home: 'risk/performance-guard.ts', usedBy: ['engine/step.ts', 'engine/book-fill.ts'] },
  guardSize: { home: 'risk/performance-guard.ts', usedBy: ['engine/decide.ts'] },
  guardThresholdAdd: { home: 'risk/performance-guard.ts', usedBy: ['engine/decide.ts'] },
  advanceLimits: { home: 'risk/account-limits.ts', usedBy: ['engine/step.ts'] },
  entryBlock: { home: 'risk/account-limits.ts', usedBy: ['risk/pre-trade-review.ts'] },
  volatilityMultiplier: { home: 'portfolio/volatility-target.ts', usedBy: ['engine/decide.ts'] },
  createUniverse: { home: 'portfolio/universe.ts', usedBy: ['engine/state.ts', 'portfolio/portfolio.ts'] },
  createPortfolio: { home: 'portfolio/portfolio.ts', usedBy: ['engine/state.ts', 'cli/rank-portfolio.ts'] },
  scoreSymbols: { home: 'portfolio/cross-section.ts', usedBy: ['portfolio/portfolio.ts'] },
  selectSymbols: { home: 'portfolio/cross-section.ts', usedBy: ['portfolio/portfolio.ts'] },
  allocate: { home: 'portfolio/allocation.ts', usedBy: ['portfolio/spread-risk.ts'] },
  shrinkageIntensity: { home: 'portfolio/shrinkage.ts', usedBy: ['portfolio/portfolio.ts'] },
  correlatedGroups: { home: 'portfolio/correlated-groups.ts', usedBy: ['portfolio/portfolio.ts'] },
  slippageFraction: { home: 'simulation/cost-model.ts', usedBy: ['simulation/simulated-venue-book.ts'] },
  createTradedDay: {
    home: 'indicators/traded-day.ts',
    usedBy: ['portfolio/universe.ts', 'simulation/slippage-history.ts'],
  },
  confidenceOf: {
    home: 'strategy/meta-model.ts',
    usedBy: ['engine/judge-signal.ts', 'live/models/model-follower.ts'],
  },
  bookFill: {
    home: 'domain/ledger.ts',
    usedBy: [
      'engine/book-beside.ts',
      'engine/book-fill.ts',
      'engine/book-foreign-fill.ts',
      'exchange-simulator/core/book-trade.ts',
    ],
  },
  bookFunding: {
    home: 'domain/ledger.ts',
    usedBy: ['engine/book-beside.ts', 'engine/book-fill.ts', 'exchange-simulator/core/book-trade.ts'],
  },
  applyFill: { home: 'domain/position.ts', usedBy: ['domain/ledger.ts'] },
  feeOf: { home: 'simulation/fill-model.ts', usedBy: [] },
  protectionPrices: {
    home: 'domain/protection-prices.ts',
    usedBy: ['simulation/simulated-venue-orders.ts', 'live/session/report.ts', 'live/session/exposure-watch.ts'],
  },
  trailedStop: {
    home: 'domain/trailed-stop.ts',
    usedBy: ['engine/move-stop.ts', 'live/session/report.ts', 'simulation/matching.ts'],
  },
  moveStop: { home: 'engine/move-stop.ts', usedBy: ['engine/step.ts'] },
  trailStop: {
    home: 'simulation/matching.ts',
    usedBy: ['simulation/simulated-venue.ts', 'exchange-simulator/core/arrive.ts'],
  },
  matchExit: {
    home: 'simulation/matching.ts',
    usedBy: [
      'simulation/simulated-venue.ts',
      'exchange-simulator/core/arrive.ts',
      'exchange-simulator/core/plan-exit.ts',
    ],
  },
  fundingPaymentOf: { home: 'simulation/funding-model.ts', usedBy: ['simulation/simulated-venue-exits.ts'] },
  runBacktest: { home: 'simulation/run-backtest.ts' },
};

/** Second declarations of deciding functions, missing homes, and imports by files that are not their users. */
function strayDeciders(files: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const file of files) {
    for (const { name, node } of functionsOf(file)) {
      const decider = Object.hasOwn(DECIDERS, name) ? DECIDERS[name] : undefined;
      if (decider !== undefined && file.path !== `src/${decider.home}`) {
        found.push(`${placeOf(file, node)} declares ${name} again (its home is ${decider.home})`);
      }
    }
    for (const { from, names, node } of importsOf(file)) {
      const target = join(dirname(file.path), from);
      for (const name of names) {
        const decider = Object.hasOwn(DECIDERS, name) ? DECIDERS[name] : undefined;
        if (decider?.usedBy === undefined || target !== `src/${decider.home}`) continue;
        const isUser = decider.usedBy.some((user) => file.path === `src/${user}`);
        if (!isUser) found.push(`${placeOf(file, node)} uses ${name}, which is for ${decider.usedBy.join(', ')}`);
      }
    }
  }
  return found;
}

describe('the functions that decide', () => {
  it.each(Object.entries(DECIDERS))('%s has one home', (name, { home }) => {
    const file = sources.find(({ path }) => path === `src/${home}`);
    expect(file, `${home} is missing`).toBeDefined();
    const declared =
      file === undefined ? [] : functionsOf(file).filter((fact) => fact.name === name && fact.isExported);
    expect(declared).toHaveLength(1);
  });

  it('are declared nowhere else and called by those only that may', () => {
    expect(strayDeciders(sources)).toEqual([]);
  });

  it('and every other exported function of rings 0 to 4 have names of their own', () => {
    const inner = new Set([...CORE_FOLDERS, 'simulation', 'training']);
    const homes = new Map<string, string[]>();
    for (const file of sources.filter((each) => inner.has(folderOf(each)))) {
      for (const { name, isExported } of functionsOf(file)) {
        if (isExported) homes.set(name, [...(homes.get(name) ?? []), file.path]);
      }
    }
    expect([...homes].filter(([, files]) => files.length > 1)).toEqual([]);
  });
});

const COMPARISONS = new Set([
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
]);
const EXTREME = /^(?:low|high|lows|highs|adverse|favourable)$/;
const EXIT_LEVEL = /stop|target|liquidation|barrier|trigger|takeProfit/i;
const DIRECTION = /^(?:direction|side|sign)$/;
const PRICE = /price|entry|exit|close|open|mark|fill/i;
const SIZE = /^(?:quantity|qty|size|held|lots)$/i;

const has = (node: ts.Node, pattern: RegExp): boolean => identifiersIn(node).some((name) => pattern.test(name));
const isBinary = (node: ts.Node, kind: ts.SyntaxKind): node is ts.BinaryExpression =>
  ts.isBinaryExpression(node) && node.operatorToken.kind === kind;
const bare = (node: ts.Node): ts.Node => (ts.isParenthesizedExpression(node) ? bare(node.expression) : node);

/** `a - b` where both sides speak of prices. */
function isPriceDifference(node: ts.Node): boolean {
  const inner = bare(node);
  return isBinary(inner, ts.SyntaxKind.MinusToken) && has(inner.left, PRICE) && has(inner.right, PRICE);
}

/** A product of `factor` and a difference of prices, in either order. */
function isProductWithDifference(node: ts.Node, factor: RegExp): boolean {
  if (!isBinary(node, ts.SyntaxKind.AsteriskToken)) return false;
  const { left, right } = node;
  return (has(left, factor) && isPriceDifference(right)) || (has(right, factor) && isPriceDifference(left));
}

/** The factors of a product: `a * (b * c)` has three. */
function factorsOf(node: ts.Node): readonly ts.Node[] {
  const inner = bare(node);
  return isBinary(inner, ts.SyntaxKind.AsteriskToken) ? [...factorsOf(inner.left), ...factorsOf(inner.right)] : [inner];
}

/** The name that a factor goes by: `costs.takerFee` is takerFee; sums and calls have none. */
function nameOf(node: ts.Node): string {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? node.name.text : '';
}

/** A product with a factor of each kind. */
function isProductOf(node: ts.Node, ...kinds: readonly RegExp[]): boolean {
  if (!isBinary(node, ts.SyntaxKind.AsteriskToken)) return false;
  const names = factorsOf(node).map(nameOf);
  return kinds.every((kind) => names.some((name) => kind.test(name)));
}

interface Formula {
  readonly name: string;
  /** The only files, below src, in which it may stand. */
  readonly homes: readonly string[];
  readonly is: (node: ts.Node) => boolean;
  /** Code that must be caught. */
  readonly planted: readonly string[];
}

const FORMULAS: readonly Formula[] = [
  {
    name: 'a bar touches an exit price',
    // Matching asks first whether any exit can be near: then the one rule decides.
    homes: ['domain/bar-exit.ts', 'simulation/matching.ts'],
    is: (node) =>
      ts.isBinaryExpression(node) &&
      COMPARISONS.has(node.operatorToken.kind) &&
      ((has(node.left, EXTREME) && has(node.right, EXIT_LEVEL)) ||
        (has(node.right, EXTREME) && has(node.left, EXIT_LEVEL))),
    planted: [
      'if (candle.low <= stopPrice) leave();',
      'const hit = targetPrice < bar.high;',
      'x = series.low[i] < trade.stop;',
    ],
  },
  {
    name: 'a price has passed an exit price, by direction',
    homes: ['domain/bar-exit.ts', 'domain/liquidation-price.ts', 'domain/trailed-stop.ts', 'simulation/matching.ts'],
    is: (node) =>
      ts.isBinaryExpression(node) &&
      COMPARISONS.has(node.operatorToken.kind) &&
      has(node, DIRECTION) &&
      has(node, EXIT_LEVEL) &&
      [node.left, node.right].some((operand) => isBinary(bare(operand), ts.SyntaxKind.AsteriskToken)),
    planted: ['const hit = direction * (price - stopPrice) <= 0;', 'while (0 < side * (liquidation - low)) next();'],
  },
  {
    name: 'profit of a quantity over a difference of prices',
    homes: [],
    is: (node) => isProductWithDifference(node, SIZE),
    planted: ['const pnl = quantity * (exitPrice - entryPrice);', 'total += (close - trade.entry) * held;'],
  },
  {
    name: 'return of a trade as a fraction',
    // Labels, shadow trades (both before there is a position) and the random-entry baseline.
    homes: ['strategy/triple-barrier.ts', 'engine/shadow-trade.ts', 'research/random-entries.ts'],
    is: (node) => isProductWithDifference(node, DIRECTION) && !COMPARISONS.has(node.parent.kind) && isDivided(node),
    planted: [
      'const net = (direction * (exit - entry)) / entry;',
      'const r = (side * (series.close[j] - open)) / open - fee;',
    ],
  },
  {
    name: 'quantity from margin, leverage and price',
    homes: ['risk/pre-trade-review.ts', 'portfolio/risk-size.ts'],
    is: (node) =>
      isBinary(node, ts.SyntaxKind.SlashToken) &&
      has(node.right, /^(?:price|close|open|mark)$/i) &&
      has(node.left, /leverage|notional|margin/i),
    planted: ['const quantity = (margin * leverage) / price;', 'const lots = notional / candle.close;'],
  },
  {
    name: 'a fee from a rate: quantity × price × rate',
    homes: ['simulation/fill-model.ts', 'simulation/funding-model.ts', 'domain/money.ts'],
    is: (node) =>
      (ts.isCallExpression(node) && node.expression.getText() === 'productAtoms' && node.arguments.length > 2) ||
      isProductOf(node, SIZE, /fee(?:Bps|Rate)?$/i),
    planted: [
      'const fee = productAtoms(q, p, rate);',
      'const cost = quantity * price * takerFee;',
      'x = feeRate * held;',
    ],
  },
];

function isDivided(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return isDivided(parent);
  return isBinary(parent, ts.SyntaxKind.SlashToken) && parent.left === node;
}

function strayFormulas({ homes, is, name }: Formula, files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !homes.some((home) => path === `src/${home}`))
    .flatMap((file) =>
      nodesOf(file.tree)
        .filter(is)
        .map((node) => `${placeOf(file, node)}: ${name}`),
    );
}

describe('a formula', () => {
  it.each(FORMULAS.map((formula) => [formula.name, formula] as const))('stands in its home only: %s', (_, formula) => {
    expect(strayFormulas(formula, sources)).toEqual([]);
  });

  it.each(FORMULAS.map((formula) => [formula.name, formula] as const))('is seen when planted: %s', (_, formula) => {
    for (const text of formula.planted) {
      const planted = [sourceOf('src/research/planted.ts', text)];
      expect(strayFormulas(formula, planted), text).not.toEqual([]);
    }
  });

  it.each(FORMULAS.filter(({ homes }) => homes.length > 0).map((formula) => [formula.name, formula] as const))(
    'has homes that exist: %s',
    (_, { homes }) => {
      const paths = new Set(sources.map(({ path }) => path));
      expect(homes.filter((home) => !paths.has(`src/${home}`))).toEqual([]);
    },
  );
});

describe('the rule of deciding functions', () => {
  it.each([
    ['src/research/planted.ts', 'export function barExit() {}'],
    ['src/simulation/planted.ts', 'const step = () => 1;'],
    ['src/research/planted.ts', "import { reviewEntry } from '../risk/pre-trade-review.ts';"],
    ['src/strategy/planted.ts', "export { bookFill } from '../domain/ledger.ts';"],
    ['src/research/deep/planted.ts', "import { step as decide } from '../../engine/step.ts';"],
  ])('catches in %s: %s', (path, text) => {
    expect(strayDeciders([sourceOf(path, text)])).toHaveLength(1);
  });
});
