// Do books and venue still agree? Compared at the start, after every outage and every minute; the venue wins, and says so in the journal.
import type { Direction } from '../../domain/side.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { HeldPosition } from '../../ports/venue-account.ts';
import type { StreamEvent } from '../../ports/venue-streams.ts';
import { heldBeside, symbolsBeside } from '../../engine/book-beside.ts';
import { compareAccount, type AccountFinding, type BookedSymbol, type VenueSide } from '../account/compare-account.ts';
import { checkExposure } from './exposure-watch.ts';
import { settleFinding } from './settle-finding.ts';
import type { SessionHand } from './session-hand.ts';
import type { SessionSetup } from './session-setup.ts';

/** Why entries are blocked while the two sides differ. */
const BLOCK = 'reconciliation';
const STALE = 'stale-data';

export interface AccountWatchParts {
  readonly session: SessionHand;
  readonly setup: SessionSetup;
}

/** The account of one session as the venue shows it. */
export class AccountWatch {
  readonly session: SessionHand;
  readonly setup: SessionSetup;
  private readonly held = new Map<string, HeldPosition>();
  private fetching = false;
  private comparing = false;
  /** Findings of the last comparison: what stands in two of them in a row is believed. */
  private lastFindings = new Set<string>();
  private stopComparing: () => void = () => undefined;

  constructor({ session, setup }: AccountWatchParts) {
    this.session = session;
    this.setup = setup;
  }

  leverageOf(symbol: string): number {
    return this.held.get(symbol)?.leverage ?? 1;
  }

  /** Where the stop of a position that nobody here opened lies, or is to be put; undefined: that is left to a person. */
  stopOf(symbol: string, entry: { readonly direction: Direction; readonly price: number }): number | undefined {
    const rests = this.held.get(symbol)?.stopPrice;
    const { foreignPositions, adoptedStopFraction } = this.setup.rules;
    if (rests !== undefined || foreignPositions === 'alarm') return rests;
    return this.setup.roundPrice(symbol, entry.price * (1 - entry.direction * adoptedStopFraction));
  }

  /** Compares every so often from now on. */
  begin(): void {
    this.stopComparing = this.setup.clock.after(this.setup.rules.compareEveryMs, () => {
      this.session.queue.enqueue(() => this.session.queue.track(this.compare()));
      this.begin();
    });
  }

  end(): void {
    this.stopComparing();
  }

  /** Books everything that was executed since the last execution known. @throws VenueError */
  async catchUp(): Promise<void> {
    const { session, setup } = this;
    const from = Math.max(setup.executionsFrom, session.executions.newestTime - setup.rules.executionOverlapMs);
    const traded = setup.engine.state.symbols.map(({ instrument }) => instrument.symbol);
    const surely = [...new Set([...traded, ...session.canaries.symbols, ...symbolsBeside(setup.engine.state)])];
    const found = await setup.connection.account.executions({ from, surely });
    await session.queue.run(() => {
      for (const execution of found) session.executions.take(execution, (id) => setup.engine.hasExecution(id), true);
      session.bookDue(session.market.nextClose);
    });
  }

  /** The same, when somebody misses one; one request at a time. */
  fetchExecutions(): void {
    if (this.fetching) return;
    this.fetching = true;
    const { queue } = this.session;
    queue.track(
      this.catchUp()
        .catch((error: unknown) => {
          if (!(error instanceof VenueError)) throw error;
          const again = (): void => queue.enqueue(() => this.fetchExecutions());
          this.setup.clock.after(this.setup.rules.orders.lookUpEveryMs, again);
        })
        .finally(() => {
          this.fetching = false;
        }),
    );
  }

  /** One comparison. What the venue does not answer is compared the next time. */
  async compare(): Promise<void> {
    if (this.comparing) return;
    this.comparing = true;
    try {
      const { account } = this.setup.connection;
      await this.catchUp();
      const known = this.session.executions.knownCount;
      const moves = this.session.protection.moves;
      const tries = this.session.canaries.moves;
      const [positions, openOrders, balance] = await Promise.all([
        account.positions(),
        account.openOrders(),
        account.balance(),
      ]);
      await this.session.queue.run(() => {
        this.remember(positions);
        // What moves while it is looked at cannot be compared: orders on their way, executions just come or not booked yet.
        const { executions, orders, protection, canaries } = this.session;
        const isStill = executions.isEmpty && orders.steady && protection.quiet && canaries.moves !== undefined;
        const isSame = executions.knownCount === known && protection.moves === moves && canaries.moves === tries;
        if (isStill && isSame) this.judge(this.findings({ positions, openOrders, wallet: balance.wallet }));
        else this.compareSoon();
      });
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      await this.session.queue.run(() => this.failed(error));
    } finally {
      this.comparing = false;
    }
  }

  /** The stream says what is held now. */
  heard(symbol: string, position: HeldPosition | undefined): void {
    if (position === undefined) this.held.delete(symbol);
    else {
      this.held.set(symbol, position);
      checkExposure(symbol, { liquidationPrice: position.liquidationPrice }, this);
    }
  }

  /** Streams that are down or silent make data stale: nothing is opened on it, and afterwards all is asked for. */
  streamChanged(event: StreamEvent & { readonly kind: 'stream' }): void {
    const { topic, state, gapSince } = event;
    const name = 'symbol' in topic ? `${topic.kind}:${topic.symbol}` : topic.kind;
    this.session.block(`${STALE}:${name}`, state !== 'live', 'symbol' in topic ? topic.symbol : undefined);
    if (state !== 'live' || gapSince === undefined) return;
    if (topic.kind === 'candle') this.session.market.tick();
    else this.session.queue.track(this.compare());
  }

  private remember(positions: readonly HeldPosition[]): void {
    this.held.clear();
    for (const position of positions) this.held.set(position.symbol, position);
  }

  /** A difference counts when it stands in two comparisons in a row: between two answers of the venue something may happen. */
  private judge(findings: readonly AccountFinding[]): void {
    const { session } = this;
    const texts = new Set(findings.map((finding) => JSON.stringify(finding)));
    const confirmed = findings.filter((finding) => this.lastFindings.has(JSON.stringify(finding)));
    this.lastFindings = texts;
    for (const finding of confirmed) {
      session.incident({
        kind: finding.kind,
        symbol: 'symbol' in finding ? finding.symbol : undefined,
        detail: { finding },
        time: this.setup.clock.now(),
      });
      settleFinding(finding, { session, setup: this.setup, watch: this });
    }
    session.block(BLOCK, findings.length > 0);
    if (findings.length > 0) this.compareSoon();
  }

  private failed({ code, message }: VenueError): void {
    const { session, setup } = this;
    session.incident({
      kind: 'comparison-failed',
      symbol: undefined,
      detail: { code, message },
      time: setup.clock.now(),
    });
    session.block(BLOCK, true);
    this.compareSoon();
  }

  private compareSoon(): void {
    const { queue } = this.session;
    this.setup.clock.after(this.setup.rules.orders.lookUpEveryMs, () =>
      queue.enqueue(() => queue.track(this.compare())),
    );
  }

  /** What a canary holds and orders while it is on is nobody else's business. */
  private findings({ positions, openOrders, wallet }: VenueSide): readonly AccountFinding[] {
    const { symbol: tried } = this.session.canaries;
    const isOurs = ({ symbol }: { readonly symbol: string }): boolean => symbol !== tried;
    const books = this.books();
    return compareAccount(
      { ...books, symbols: books.symbols.filter(isOurs) },
      { positions: positions.filter(isOurs), openOrders: openOrders.filter(isOurs), wallet },
    );
  }

  private books() {
    const { engine, prefix, familyPrefix, rules } = this.setup;
    const beside = symbolsBeside(engine.state).filter((symbol) => !engine.state.bySymbol.has(symbol));
    return {
      symbols: [
        ...engine.state.symbols.map(({ instrument, trade }): BookedSymbol => ({
          symbol: instrument.symbol,
          quantity:
            trade === undefined ? heldBeside(engine.state, instrument.symbol) : trade.direction * trade.quantity,
          stopPrice: trade?.stopPrice,
          targetPrice: undefined,
          halfLot: instrument.lotSize / 2,
          halfTick: instrument.tickSize / 2,
        })),
        ...beside.map((symbol): BookedSymbol => ({
          symbol,
          quantity: heldBeside(engine.state, symbol),
          stopPrice: undefined,
          targetPrice: undefined,
          halfLot: 0,
          halfTick: 0,
        })),
      ],
      underWay: this.session.orders.underWay,
      ownPrefix: prefix,
      familyPrefix,
      wallet: engine.state.ledger.walletNumber,
      walletTolerance: rules.walletTolerance,
    };
  }
}
