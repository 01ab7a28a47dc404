// Which faults befall the account? Auto-deleveraging, liquidation, a person at the web site, other settings, another program.
import type { Side } from '../../../domain/side.ts';
import { roundToTick } from '../../../domain/instrument.ts';
import type { ListedContract } from '../../core/exchange.ts';
import { faultRow, type FaultEffect, type FaultOrigin, type FaultRow, type FaultTools } from '../fault-row.ts';
import { chosenNumber, number, share, text, word } from '../parameters.ts';
import { closingSide, contractsOf, heldPositions, namesOf, shareOf, smallestQuantity } from './held.ts';
import { CLOSES } from './scopes.ts';

const MOMENT = { moment: true };
const FOR_EVER = {};

const strike = (begin: (origin: FaultOrigin) => string | undefined): FaultEffect => ({ actsAtExchange: true, begin });

function deleverage(tools: FaultTools, taken: number): FaultEffect {
  const { exchange } = tools;
  return strike((origin) => {
    const met = heldPositions(tools, origin);
    for (const { symbol, quantity } of met) {
      const contract = exchange.contract(symbol);
      if (contract === undefined) continue;
      exchange.fate.setDeleverageRank(symbol, 5);
      exchange.fate.deleverage(symbol, shareOf(contract, quantity, taken));
    }
    return namesOf(met);
  });
}

interface HandTrade {
  readonly side: 'against' | Side;
  readonly quantity: number | undefined;
  readonly share: number;
}

/** Side and quantity of what a person trades; undefined: there is nothing to trade against. */
function handTrade(tools: FaultTools, contract: ListedContract, { side, quantity, share }: HandTrade) {
  const { symbol } = contract.instrument;
  const position = tools.exchange.position(symbol);
  if (position.quantity === 0) {
    if (side === 'against') return undefined;
    const least = smallestQuantity(contract, tools.exchange.quote(symbol).last);
    return { symbol, side, quantity: quantity ?? least };
  }
  const chosen = side === 'against' ? closingSide(position) : side;
  return { symbol, side: chosen, quantity: quantity ?? shareOf(contract, position.quantity, share) };
}

function tradeByHand(tools: FaultTools, trade: HandTrade): FaultEffect {
  return strike((origin) => {
    const met = contractsOf(tools, origin)
      .map((contract) => handTrade(tools, contract, trade))
      .filter((each) => each !== undefined);
    for (const { symbol, side, quantity } of met) tools.exchange.fate.tradeByHand(symbol, side, quantity);
    return namesOf(met);
  });
}

function otherSettings(
  tools: FaultTools,
  kind: 'leverage' | 'margin-mode' | 'position-mode',
  leverage: number,
): FaultEffect {
  const { exchange } = tools;
  return strike((origin) => {
    if (kind === 'leverage') {
      const symbols = tools.symbols(origin);
      for (const symbol of symbols) exchange.fate.setLeverageByHand(symbol, leverage);
      return symbols.join(', ');
    }
    const { marginMode, positionMode } = exchange.account();
    const change =
      kind === 'margin-mode'
        ? ({ marginMode: marginMode === 'cross' ? 'isolated' : 'cross' } as const)
        : ({ positionMode: positionMode === 'hedge' ? 'one-way' : 'hedge' } as const);
    exchange.fate.setModesByHand(change);
    return Object.values(change).join(', ');
  });
}

/** The venue lets less leverage be taken, or positions only be reduced. */
function lowerLimits(tools: FaultTools, kind: 'reduce-only' | 'leverage', leverage: number): FaultEffect {
  const { fate } = tools.exchange;
  let before: readonly ListedContract[] = [];
  return {
    actsAtExchange: true,
    begin(origin) {
      before = contractsOf(tools, origin);
      for (const { instrument } of before) {
        if (kind === 'reduce-only') fate.setReduceOnly(instrument.symbol, true);
        else fate.changeInstrument(instrument.symbol, { tiers: cappedTiers(instrument.tiers, leverage) });
      }
      return namesOf(before.map(({ instrument }) => instrument));
    },
    end() {
      for (const { instrument } of before) {
        if (kind === 'reduce-only') fate.setReduceOnly(instrument.symbol, false);
        else fate.changeInstrument(instrument.symbol, { tiers: instrument.tiers });
      }
    },
  };
}

function cappedTiers(tiers: ListedContract['instrument']['tiers'], leverage: number) {
  return tiers.map((tier) => ({ ...tier, maxLeverage: Math.min(tier.maxLeverage, leverage) }));
}

interface OtherProgram {
  readonly prefix: string;
  readonly kind: 'resting' | 'market';
  readonly distance: number;
}

/** Another program places an order on the same account, with an id of its own. */
function otherOrders(tools: FaultTools, { prefix, kind, distance }: OtherProgram): FaultEffect {
  const { exchange, random } = tools;
  return strike((origin) => {
    const met = contractsOf(tools, origin).filter(({ instrument }) => exchange.quote(instrument.symbol).last > 0);
    for (const contract of met) {
      const { instrument } = contract;
      const { symbol } = instrument;
      const { last } = exchange.quote(symbol);
      const price = roundToTick(instrument, last * (1 - distance), 'down');
      const clientOrderId = `${prefix}${random.below(2 ** 32).toString(36)}`;
      const order = { clientOrderId, symbol, side: 'buy', reduceOnly: false, source: 'client' } as const;
      const quantity = smallestQuantity(contract, price);
      if (kind === 'market') exchange.place({ ...order, type: 'market', quantity });
      else exchange.place({ ...order, type: 'limit', price, quantity, timeInForce: 'gtc' });
    }
    return namesOf(met.map(({ instrument }) => instrument));
  });
}

export const accountRows: readonly FaultRow[] = [
  faultRow({
    number: 40,
    name: 'risk-limit-lowered',
    says: 'The venue lets a symbol only be reduced, or lowers the leverage that it allows.',
    layers: ['E'],
    scope: CLOSES,
    lasts: FOR_EVER,
    lastsByMatch: FOR_EVER,
    parameters: {
      kind: word('reduce-only', ['reduce-only', 'leverage'], 'what is lowered'),
      leverage: number(2, 'the leverage that is still allowed', { min: 1, max: 1_000, random: [1, 3] }),
    },
    create: (tools, { kind, leverage }) => lowerLimits(tools, kind, leverage),
  }),
  faultRow({
    number: 41,
    name: 'settings-changed-elsewhere',
    says: 'A person sets another leverage, margin mode or position mode at the web site.',
    layers: ['E'],
    scope: CLOSES,
    lasts: MOMENT,
    parameters: {
      kind: word('leverage', ['leverage', 'margin-mode', 'position-mode'], 'what is set', ['leverage']),
      leverage: number(3, 'the leverage that is set', { min: 1, max: 1_000, random: [1, 10] }),
    },
    create: (tools, { kind, leverage }) => otherSettings(tools, kind, leverage),
  }),
  faultRow({
    number: 43,
    name: 'auto-deleveraging',
    says: 'The venue takes a part of a position off at the mark price, after its place in the queue became the first.',
    layers: ['E'],
    scope: CLOSES,
    lasts: MOMENT,
    parameters: { share: share(0.5, 'part of the position that is taken', { random: [0.1, 1] }) },
    create: (tools, { share: taken }) => deleverage(tools, taken),
  }),
  faultRow({
    number: 44,
    name: 'liquidation',
    says: 'A position is liquidated: its orders are cancelled, the venue takes it over, its margin is lost.',
    layers: ['E'],
    scope: CLOSES,
    lasts: MOMENT,
    parameters: {},
    create: (tools) =>
      strike((origin) => {
        const met = heldPositions(tools, origin);
        for (const { symbol } of met) tools.exchange.fate.liquidate(symbol);
        return namesOf(met);
      }),
  }),
  faultRow({
    number: 45,
    name: 'position-changed-by-hand',
    says: 'A person trades at the web site: executions and positions without a client order id.',
    layers: ['E'],
    scope: CLOSES,
    lasts: MOMENT,
    parameters: {
      side: word(
        'against',
        ['against', 'buy', 'sell'],
        'against what is held, or a side whether or not anything is held',
      ),
      share: share(0.5, 'quantity as a part of what is held', { random: [0.1, 1] }),
      quantity: chosenNumber('base units; default: by share, and the smallest order where nothing is held', { min: 0 }),
    },
    create: (tools, trade) => tradeByHand(tools, trade),
  }),
  faultRow({
    number: 51,
    name: 'second-program-on-account',
    says: 'An order appears on the account with a client order id of another program, under the prefix that is given.',
    layers: ['E'],
    scope: CLOSES,
    lasts: MOMENT,
    parameters: {
      prefix: text('other-', 'how its client order ids begin, at most 24 characters'),
      kind: word('resting', ['resting', 'market'], 'a limit order that rests, or a market order'),
      distance: share(0.1, 'how far below the last price it rests', { max: 0.9, random: [0.02, 0.2] }),
    },
    create: (tools, { prefix, kind, distance }) => otherOrders(tools, { prefix, kind, distance }),
  }),
];
