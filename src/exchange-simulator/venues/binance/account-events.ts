// How does Binance tell that money or positions changed? One event with what changed of both, and its reason.
import type { Atoms } from '../../../domain/money.ts';
import { toAtoms } from '../../../domain/money.ts';
import { bpsToFraction } from '../../../domain/units.ts';
import type { PositionState, SimulatedExchange } from '../../core/exchange.ts';
import { numberText, stepText } from '../number-text.ts';
import { amountText, moneyText } from './money-text.ts';
import { breakEvenText, positionSides, type PositionContext } from './position-rows.ts';
import { crossMoney, type AccountMoney } from './wallet-rows.ts';

export type AccountReason = 'ORDER' | 'FUNDING_FEE' | 'DEPOSIT' | 'WITHDRAW' | 'INSURANCE_CLEAR';

/** Share of what it must keep at which a position is called endangered. */
const CALL_RATIO = 0.8;

export interface AccountChange {
  readonly time: number;
  readonly reason: AccountReason;
  readonly asset: string;
  readonly money: AccountMoney;
  /** Change of the balance that is neither profit nor fee. */
  readonly other: Atoms;
  readonly positions: readonly PositionState[];
}

/** The context of a symbol's position; undefined: its contract is gone. */
export function contextOf(exchange: SimulatedExchange, symbol: string): PositionContext | undefined {
  const contract = exchange.contract(symbol);
  return contract && { contract, account: exchange.account() };
}

function positionEntries(exchange: SimulatedExchange, position: PositionState): readonly object[] {
  const context = contextOf(exchange, position.symbol);
  if (context === undefined) return [];
  const { marginMode } = context.account;
  return positionSides(position, context).map((sideOf) => {
    const { isHeld, side } = sideOf;
    const isIsolated = isHeld && marginMode === 'isolated';
    return {
      s: position.symbol,
      pa: stepText(isHeld ? position.quantity : 0, context.contract.instrument.lotSize),
      ep: isHeld ? numberText(position.entryPrice) : '0',
      bep: isHeld ? breakEvenText(position, sideOf) : '0',
      cr: moneyText(position.realisedEver),
      up: moneyText(isHeld ? position.unrealised : 0n),
      mt: marginMode,
      iw: amountText(isIsolated ? position.margin : 0),
      ps: side,
      ma: 'USDT',
    };
  });
}

export function accountEvent(exchange: SimulatedExchange, change: AccountChange): object {
  const { time, reason, asset, money, other, positions } = change;
  return {
    e: 'ACCOUNT_UPDATE',
    T: time,
    E: time,
    a: {
      m: reason,
      B: [
        {
          a: asset,
          wb: moneyText(money.wallet.wallet),
          cw: moneyText(crossMoney(money).balance),
          bc: moneyText(other),
        },
      ],
      P: positions.flatMap((position) => positionEntries(exchange, position)),
    },
  };
}

export const leverageEvent = (time: number, symbol: string, leverage: number): object => ({
  e: 'ACCOUNT_CONFIG_UPDATE',
  E: time,
  T: time,
  ac: { s: symbol, l: leverage },
});

/** Whether what must be kept, with the fee of a forced close, eats most of what stands behind a position. */
export function isEndangered(exchange: SimulatedExchange, position: PositionState): boolean {
  if (position.quantity === 0 || !Number.isFinite(position.markPrice)) return false;
  if (exchange.account().marginMode === 'isolated') {
    return neededBy(exchange, position) >= share(toAtoms(position.margin) + position.unrealised);
  }
  const needed = exchange.positions().reduce((sum, each) => sum + neededBy(exchange, each), 0n);
  return needed >= share(exchange.wallet().equity);
}

function neededBy({ costs }: SimulatedExchange, { maintenanceMargin, quantity, markPrice }: PositionState): Atoms {
  return toAtoms(maintenanceMargin + Math.abs(quantity) * markPrice * bpsToFraction(costs.liquidationFeeBps));
}

const share = (atoms: Atoms): Atoms => (atoms * toAtoms(CALL_RATIO)) / toAtoms(1);

/** The warning that more margin is needed. */
export function marginCallEvent(exchange: SimulatedExchange, money: AccountMoney, position: PositionState): object {
  const context = contextOf(exchange, position.symbol);
  const { lotSize } = context?.contract.instrument ?? { lotSize: 1 };
  const side = context && positionSides(position, context).find(({ isHeld }) => isHeld)?.side;
  const { marginMode } = exchange.account();
  return {
    e: 'MARGIN_CALL',
    E: exchange.now,
    cw: moneyText(crossMoney(money).balance),
    p: [
      {
        s: position.symbol,
        ps: side ?? 'BOTH',
        pa: stepText(position.quantity, lotSize),
        mt: MARGIN_WORD[marginMode],
        iw: amountText(marginMode === 'isolated' ? position.margin : 0),
        mp: amountText(position.markPrice),
        up: moneyText(position.unrealised),
        mm: amountText(position.maintenanceMargin),
      },
    ],
  };
}

const MARGIN_WORD = { cross: 'CROSSED', isolated: 'ISOLATED' } as const;
