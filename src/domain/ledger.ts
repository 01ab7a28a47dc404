// What has the account earned and paid? An append-only ledger: equity is the start, its lines and the unrealised profit, exactly.
import type { Fill, FundingPayment } from './fill.ts';
import { atomsToNumber, productAtoms, toAtoms } from './money.ts';
import type { Atoms } from './money.ts';
import { applyFill, averageEntry, FLAT } from './position.ts';
import type { ExactPosition } from './position.ts';

/** One booked event in atoms. `amount` is what it did to the wallet: a deposit, or realised − fee − funding. */
export interface LedgerLine {
  readonly kind: 'fill' | 'liquidation' | 'funding' | 'deposit';
  readonly time: number;
  /** Undefined for deposits. */
  readonly symbol: string | undefined;
  readonly amount: Atoms;
  readonly realised: Atoms;
  /** Positive is a cost, negative a rebate. */
  readonly fee: Atoms;
  /** Positive is paid by us. */
  readonly funding: Atoms;
  /** Information only: it is inside the fill's price, hence inside realised and unrealised profit. */
  readonly slippage: Atoms;
}

/** Sums over all lines, in atoms. */
export interface LedgerTotals {
  readonly realised: Atoms;
  readonly fees: Atoms;
  readonly funding: Atoms;
  readonly slippage: Atoms;
  readonly deposits: Atoms;
}

/** One symbol's position with the numbers that marking to market needs. */
interface Account {
  readonly symbol: string;
  position: ExactPosition;
  /** The position as numbers: signed base units and signed cost, quote currency. */
  quantity: number;
  basis: number;
  /** Last price known, quote currency. */
  mark: number;
}

/** The account's book. Change it through the functions below only. */
export interface Ledger {
  readonly start: Atoms;
  readonly lines: LedgerLine[];
  /** start + the sum of all amounts. */
  wallet: Atoms;
  /** The same in quote currency, kept so that marking needs no bigint. */
  walletNumber: number;
  readonly accounts: Account[];
  readonly bySymbol: Map<string, Account>;
}

const NOTHING = { realised: 0n, fee: 0n, funding: 0n, slippage: 0n };

/** An empty ledger with `startEquity` (quote currency) in the wallet. */
export function createLedger(startEquity: number): Ledger {
  const start = toAtoms(startEquity);
  return {
    start,
    lines: [],
    wallet: start,
    walletNumber: atomsToNumber(start),
    accounts: [],
    bySymbol: new Map(),
  };
}

function accountOf(ledger: Ledger, symbol: string): Account {
  const known = ledger.bySymbol.get(symbol);
  if (known !== undefined) return known;
  const account: Account = { symbol, position: FLAT, quantity: 0, basis: 0, mark: NaN };
  ledger.accounts.push(account);
  ledger.bySymbol.set(symbol, account);
  return account;
}

function append(ledger: Ledger, line: LedgerLine): void {
  ledger.lines.push(line);
  ledger.wallet += line.amount;
  ledger.walletNumber = atomsToNumber(ledger.wallet);
}

/**
 * Books a fill (a liquidation is one by its reason) and marks the symbol at its price.
 * Returns the profit it realised before its fee, quote currency; 0 when it closed nothing.
 */
export function bookFill(ledger: Ledger, fill: Fill): number {
  const account = accountOf(ledger, fill.symbol);
  const size = toAtoms(fill.quantity);
  const change = applyFill(
    account.position,
    fill.side === 'buy' ? size : -size,
    productAtoms(fill.quantity, fill.price),
  );
  account.position = change.position;
  account.quantity = atomsToNumber(change.position.quantity);
  account.basis = atomsToNumber(change.position.basis);
  account.mark = fill.price;
  const { realised } = change;
  const fee = toAtoms(fill.fee);
  append(ledger, {
    kind: fill.reason === 'liquidation' ? 'liquidation' : 'fill',
    time: fill.time,
    symbol: fill.symbol,
    amount: realised - fee,
    realised,
    fee,
    funding: 0n,
    slippage: toAtoms(fill.slippage),
  });
  return atomsToNumber(realised);
}

/** Books a funding payment; a positive one is paid by us. */
export function bookFunding(ledger: Ledger, payment: FundingPayment): void {
  const funding = toAtoms(payment.payment);
  const { time, symbol } = payment;
  append(ledger, { ...NOTHING, kind: 'funding', time, symbol, amount: -funding, funding });
}

/** Books money added from outside, quote currency; negative: taken out. */
export function bookDeposit(ledger: Ledger, time: number, amount: number): void {
  append(ledger, { ...NOTHING, kind: 'deposit', time, symbol: undefined, amount: toAtoms(amount) });
}

/** Notes the last price of `symbol`; equity counts its position at this from now on. Allocates nothing for a known symbol. */
export function markPosition(ledger: Ledger, symbol: string, price: number): void {
  accountOf(ledger, symbol).mark = price;
}

/** Wallet + unrealised profit at the last marks, quote currency. No bigint, no allocation. */
export function ledgerEquity(ledger: Ledger): number {
  const { accounts } = ledger;
  let equity = ledger.walletNumber;
  for (let index = 0; index < accounts.length; index += 1) {
    const { quantity, basis, mark } = accounts[index];
    if (quantity !== 0) equity += quantity * mark - basis;
  }
  return equity;
}

/** Signed quantity held of `symbol`, base units; 0 when flat. */
export function heldQuantity(ledger: Ledger, symbol: string): number {
  return ledger.bySymbol.get(symbol)?.quantity ?? 0;
}

/** Average entry price of `symbol`; undefined when flat. */
export function entryPriceOf(ledger: Ledger, symbol: string): number | undefined {
  return averageEntry(ledger.bySymbol.get(symbol)?.position ?? FLAT);
}

/** Profit not realised of one symbol at its last mark, in atoms: its market value, rounded once, less its cost. */
export function exactUnrealised(ledger: Ledger, symbol: string): Atoms {
  const account = ledger.bySymbol.get(symbol);
  if (account === undefined || account.position.quantity === 0n) return 0n;
  return productAtoms(account.quantity, account.mark) - account.position.basis;
}

/** Equity in atoms: start + the sum of all line amounts + unrealised profit at the last marks, without any remainder. */
export function exactEquity(ledger: Ledger): Atoms {
  return ledger.accounts.reduce((sum, account) => sum + exactUnrealised(ledger, account.symbol), ledger.wallet);
}

/** Sums over all lines. */
export function ledgerTotals(ledger: Ledger): LedgerTotals {
  const sums = { realised: 0n, fees: 0n, funding: 0n, slippage: 0n, deposits: 0n };
  for (const line of ledger.lines) {
    sums.realised += line.realised;
    sums.fees += line.fee;
    sums.funding += line.funding;
    sums.slippage += line.slippage;
    if (line.kind === 'deposit') sums.deposits += line.amount;
  }
  return sums;
}

/** The account as numbers: quote currency and base units, each rounded once from its exact value. */
export interface LedgerSnapshot {
  readonly wallet: number;
  readonly position: number;
  readonly averageEntry: number | undefined;
  readonly realisedTotal: number;
  readonly feesTotal: number;
  readonly fundingTotal: number;
  readonly unrealised: number;
  readonly equity: number;
}

/** Position and unrealised profit of `symbol` at its last mark; wallet, equity and totals of the whole account. */
export function ledgerSnapshot(ledger: Ledger, symbol: string): LedgerSnapshot {
  const totals = ledgerTotals(ledger);
  return {
    wallet: atomsToNumber(ledger.wallet),
    position: heldQuantity(ledger, symbol),
    averageEntry: entryPriceOf(ledger, symbol),
    realisedTotal: atomsToNumber(totals.realised),
    feesTotal: atomsToNumber(totals.fees),
    fundingTotal: atomsToNumber(totals.funding),
    unrealised: atomsToNumber(exactUnrealised(ledger, symbol)),
    equity: atomsToNumber(exactEquity(ledger)),
  };
}
