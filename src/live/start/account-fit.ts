// Is the account such as the bot needs it, and does it have it for itself? What its answers say against a start.
import type { AccountModes, HeldPosition, VenueExecution, VenueOrder } from '../../ports/venue-account.ts';
import { CANARY_COMMAND_PREFIX, FAMILY_PREFIX } from '../session/order-ids.ts';
import type { StartFinding } from './start-finding.ts';

/** What the account answered. */
export interface AccountAnswers {
  readonly modes: AccountModes;
  readonly positions: readonly HeldPosition[];
  readonly openOrders: readonly VenueOrder[];
  /** Of the last day. */
  readonly executions: readonly VenueExecution[];
}

export interface AccountWishes {
  readonly marginMode: 'isolated' | 'cross';
  readonly maxLeverage: number;
  /** Whether the journal knows an order by its client order id, or it was an emergency close of this bot. */
  readonly isKnown: (clientOrderId: string) => boolean;
  /** The other bot has gone, and what it left is taken over. */
  readonly takeOver: boolean;
}

/** Everything that speaks against a start on this account. */
export function judgeAccount(answers: AccountAnswers, wishes: AccountWishes): readonly StartFinding[] {
  return [
    ...judgeModes(answers, wishes),
    ...judgeLeverage(answers, wishes),
    ...(wishes.takeOver ? [] : judgeOthers(answers, wishes)),
  ];
}

function judgeModes({ modes, positions }: AccountAnswers, { marginMode }: AccountWishes): readonly StartFinding[] {
  const findings: StartFinding[] = [];
  if (modes.marginMode !== marginMode) {
    const message = `the account has ${modes.marginMode} margin, live.margin_mode says ${marginMode}`;
    findings.push({ code: 'MARGIN_MODE_WRONG', message });
  }
  const isHedged = modes.positionMode === 'hedge' || positions.some(({ hedgeSide }) => hedgeSide !== undefined);
  if (isHedged) {
    const message = 'the account is in hedge mode, where one symbol is held both ways; the bot needs one-way mode';
    findings.push({ code: 'POSITION_MODE_WRONG', message });
  }
  return findings;
}

/** Of what is flat the bot sets the leverage itself, before each entry. */
function judgeLeverage({ positions }: AccountAnswers, { maxLeverage }: AccountWishes): readonly StartFinding[] {
  return positions.flatMap(({ symbol, leverage = 0 }) =>
    leverage <= maxLeverage
      ? []
      : [
          {
            code: 'LEVERAGE_TOO_HIGH',
            message: `the position of ${symbol} has leverage ${leverage}, risk.max_leverage says ${maxLeverage}`,
          } as const,
        ],
  );
}

/** An order that a perpilot gave carries its mark, its stops and targets the mark of the entry. */
const OF_FAMILY = new RegExp(`^(?:sl_|tp_)?(${FAMILY_PREFIX}[a-z0-9]{2,4}-.+)$`);

/** The order of a perpilot that a client order id names; undefined: of somebody else. */
function familyOrder(clientOrderId: string): string | undefined {
  return OF_FAMILY.exec(clientOrderId)?.[1];
}

function judgeOthers({ openOrders, executions }: AccountAnswers, { isKnown }: AccountWishes): readonly StartFinding[] {
  const named = [
    ...openOrders.map(({ clientOrderId, symbol }) => ({ clientOrderId, symbol, what: 'rests' })),
    ...executions.map(({ clientOrderId, symbol }) => ({ clientOrderId, symbol, what: 'was executed in the last day' })),
  ];
  for (const { clientOrderId, symbol, what } of named) {
    const order = familyOrder(clientOrderId);
    if (order === undefined || isKnown(order)) continue;
    // `perpilot canary` is over when its orders are, and nobody's bot.
    if (what !== 'rests' && order.startsWith(CANARY_COMMAND_PREFIX)) continue;
    const message = `order ${clientOrderId} of ${symbol} ${what}: a perpilot gave it, and this journal does not know it`;
    return [{ code: 'OTHER_INSTANCE', message }];
  }
  return [];
}

/** Open orders that another perpilot has left. */
export function leftOrders(openOrders: readonly VenueOrder[], isKnown: (id: string) => boolean): readonly VenueOrder[] {
  return openOrders.filter(({ clientOrderId }) => {
    const order = familyOrder(clientOrderId);
    return order !== undefined && !isKnown(order);
  });
}
