// What can a client ask of its positions at Bybit? To see them, their leverage, their mode, their stops.
import { badParameter, done, refused, type BybitAnswer } from './answer.ts';
import { closedProfitRow, closedProfits } from './closed-profit.ts';
import { refusePartial, requireLinear, triggerOf } from './order-routes.ts';
import { limitOf, pageOf, windowOf } from './paging.ts';
import { positionRow } from './position-row.ts';
import { rejection } from './return-codes.ts';
import { contractOf, linearList, rowContextOf, type RouteContext, type Routes } from './route.ts';

function list(context: RouteContext): BybitAnswer {
  return linearList(context, () => {
    const { world, fields } = context;
    const { exchange } = world;
    if (fields.text('symbol') === undefined && fields.text('settleCoin') === undefined) {
      fields.refuse('Missing some parameters that must be filled in, symbol or settleCoin');
      return { list: [] };
    }
    if (fields.text('symbol') !== undefined) return { list: ofSymbol(context), nextPageCursor: '' };
    const limit = limitOf(fields, 20, 200);
    const held = exchange.positions().filter(({ quantity }) => quantity !== 0);
    const places = held.map((position) => ({ position, time: 0, id: position.symbol }));
    const { rows, nextPageCursor } = pageOf(places, fields, { limit, placeOf: (place) => place });
    const shown = rows.flatMap(({ position }) => {
      const contract = exchange.contract(position.symbol);
      return contract === undefined ? [] : [positionRow(position, rowContextOf(exchange, contract))];
    });
    return { list: shown, nextPageCursor };
  });
}

/** The position of one symbol, flat or not; in hedge mode both sides of it. */
function ofSymbol(context: RouteContext): readonly unknown[] {
  const { exchange } = context.world;
  const contract = contractOf(context);
  if (contract === undefined) return [];
  const rowContext = rowContextOf(exchange, contract);
  const position = exchange.position(contract.instrument.symbol);
  if (rowContext.positionMode === 'one-way') return [positionRow(position, rowContext)];
  const flat = { ...position, quantity: 0, stopPrice: undefined, targetPrice: undefined, unrealised: 0n };
  const long = position.quantity > 0 ? position : flat;
  const short = position.quantity < 0 ? position : flat;
  return [positionRow(long, rowContext, 1), positionRow(short, rowContext, 2)];
}

function setLeverage(context: RouteContext): BybitAnswer {
  const { world, fields } = context;
  requireLinear(fields);
  const contract = contractOf(context);
  const buy = fields.decimal('buyLeverage') ?? fields.refuse('buyLeverage invalid');
  const sell = fields.decimal('sellLeverage') ?? fields.refuse('sellLeverage invalid');
  const isOneWay = world.exchange.account().positionMode === 'one-way';
  if (buy !== sell && isOneWay) fields.refuse('buyLeverage must equal sellLeverage in one-way mode');
  if (fields.problem !== undefined || contract === undefined) return badParameter(fields.problem ?? '');
  const outcome = world.exchange.setLeverage(contract.instrument.symbol, buy ?? 0);
  return outcome.kind === 'done' ? done({}) : rejection(outcome.reason, outcome.detail, { of: 'leverage' });
}

function switchMode({ world, fields }: RouteContext): BybitAnswer {
  requireLinear(fields);
  const mode = fields.oneOf('mode', ['0', '3']) ?? fields.refuse('mode invalid');
  if (fields.text('symbol') === undefined && fields.text('coin') === undefined)
    fields.refuse('symbol or coin is required');
  if (fields.problem !== undefined) return badParameter(fields.problem);
  const outcome = world.exchange.setPositionMode(mode === '3' ? 'hedge' : 'one-way');
  if (outcome.kind === 'done') return done({});
  const hasPosition = world.exchange.positions().length > 0;
  return rejection(outcome.reason, outcome.detail, { of: 'position-mode', hasPosition });
}

function tradingStop(context: RouteContext): BybitAnswer {
  const { world, fields } = context;
  requireLinear(fields);
  const contract = contractOf(context);
  const positionIndex = fields.whole('positionIdx');
  if (positionIndex === undefined) fields.refuse('positionIdx is required');
  refusePartial(fields);
  if ((fields.decimal('activePrice') ?? 0) !== 0) fields.refuse('activePrice is not simulated');
  const request = {
    symbol: fields.required('symbol'),
    stopPrice: fields.decimal('stopLoss'),
    stopTrigger: triggerOf(fields, 'slTriggerBy'),
    targetPrice: fields.decimal('takeProfit'),
    targetTrigger: triggerOf(fields, 'tpTriggerBy'),
    trailingDistance: fields.decimal('trailingStop'),
    positionIndex,
  };
  if (fields.problem !== undefined || contract === undefined) return badParameter(fields.problem ?? '');
  const outcome = world.exchange.protect(request);
  return outcome.kind === 'done' ? done({}) : rejection(outcome.reason, outcome.detail, { of: 'protect' });
}

function closedPnl(context: RouteContext): BybitAnswer {
  return linearList(context, () => {
    const { world, fields } = context;
    const symbol = fields.text('symbol');
    const { from, until } = windowOf(fields, world.exchange.now);
    const limit = limitOf(fields, 50, 100);
    const closed = closedProfits(world.exchange.executions({ symbol }))
      .filter(({ last }) => last.time >= from && last.time <= until)
      .toReversed();
    const placeOf = ({ last, orderId }: (typeof closed)[number]) => ({ time: last.time, id: orderId });
    const { rows, nextPageCursor } = pageOf(closed, fields, { limit, placeOf });
    const list = rows.map((row) => closedProfitRow(row, world.exchange.position(row.symbol).leverage));
    return { list, nextPageCursor };
  });
}

const unsupported = (): BybitAnswer => refused(10_001, 'this is not simulated');

export const positionRoutes: Routes = {
  'GET /v5/position/list': { access: 'read', perSecond: 50, run: list },
  'GET /v5/position/closed-pnl': { access: 'read', perSecond: 50, run: closedPnl },
  'POST /v5/position/set-leverage': { access: 'write', perSecond: 10, run: setLeverage },
  'POST /v5/position/switch-mode': { access: 'write', perSecond: 10, run: switchMode },
  'POST /v5/position/trading-stop': { access: 'write', perSecond: 10, run: tradingStop },
  'POST /v5/position/add-margin': { access: 'write', perSecond: 10, run: unsupported },
  'POST /v5/position/set-auto-add-margin': { access: 'write', perSecond: 10, run: unsupported },
};
