// How is an account set up at Binance, and what may its key do? Leverage, modes, listen keys and permissions.
import type { SimulatedExchange } from '../../core/exchange.ts';
import { numberText } from '../number-text.ts';
import { SUCCESS, badFields, done, refused, type BinanceAnswer } from './answer.ts';
import { largestNotional } from './position-rows.ts';
import { SYMBOL_INVALID, rejection } from './refusals.ts';
import { namedContracts, withContract, type RouteContext, type Routes } from './route.ts';
import { MARGIN_TYPE } from './words.ts';

const REDUCED_WHILE_HELD = refused(
  -4161,
  'Leverage reduction is not supported in Isolated Margin Mode with open positions.',
);

function setLeverage(context: RouteContext): BinanceAnswer {
  return withContract(context, (contract) => {
    const { world, fields } = context;
    const leverage = fields.whole('leverage') ?? fields.refuse('leverage is required');
    if (fields.problem !== undefined || leverage === undefined) return badFields(fields.problem ?? '');
    if (leverage < 1 || leverage > 125) return refused(-4028, `Leverage ${leverage} is not valid`);
    const { symbol } = contract.instrument;
    const { quantity, leverage: before } = world.exchange.position(symbol);
    const isIsolated = world.exchange.account().marginMode === 'isolated';
    if (isIsolated && quantity !== 0 && leverage < before) return REDUCED_WHILE_HELD;
    const outcome = world.exchange.setLeverage(symbol, leverage);
    if (outcome.kind === 'rejected' && outcome.reason === 'leverage-above-tier') {
      return refused(-4028, `Leverage ${leverage} is not valid`);
    }
    if (outcome.kind === 'rejected' && outcome.reason !== 'not-modified') {
      return rejection(outcome.reason, { asked: 'leverage' });
    }
    return done({ symbol, leverage, maxNotionalValue: numberText(largestNotional(contract, leverage)) });
  });
}

const hasPosition = (exchange: SimulatedExchange): boolean => exchange.positions().length > 0;

/**
 * The margin type of a symbol is that of the whole account here: it changes for all symbols at once, so that positions and
 * orders of any symbol stand in its way, and the next symbol is told that there is no need.
 */
function setMarginType(context: RouteContext): BinanceAnswer {
  return withContract(context, () => {
    const { exchange } = context.world;
    const type =
      context.fields.oneOf('marginType', ['ISOLATED', 'CROSSED']) ?? context.fields.refuse('marginType is required');
    if (context.fields.problem !== undefined) return badFields(context.fields.problem);
    const outcome = exchange.setMarginMode(type === 'ISOLATED' ? 'isolated' : 'cross');
    if (outcome.kind === 'done') return SUCCESS;
    return rejection(outcome.reason, { asked: 'margin-type', hasPosition: hasPosition(exchange) });
  });
}

function setPositionSide({ world, fields }: RouteContext): BinanceAnswer {
  const { exchange } = world;
  const isDual = fields.text('dualSidePosition')?.toLowerCase() ?? fields.refuse('dualSidePosition is required');
  if (isDual !== 'true' && isDual !== 'false') fields.refuse('dualSidePosition invalid');
  if (fields.problem !== undefined) return badFields(fields.problem);
  const outcome = exchange.setPositionMode(isDual === 'true' ? 'hedge' : 'one-way');
  if (outcome.kind === 'done') return SUCCESS;
  return rejection(outcome.reason, { asked: 'position-side', hasPosition: hasPosition(exchange) });
}

const isDual = ({ world }: RouteContext): boolean => world.exchange.account().positionMode === 'hedge';

function symbolConfig(context: RouteContext): BinanceAnswer {
  const { exchange } = context.world;
  const contracts = namedContracts(context);
  if (contracts === undefined) return SYMBOL_INVALID;
  const marginType = MARGIN_TYPE[exchange.account().marginMode];
  return done(
    contracts.map((contract) => {
      const { symbol } = contract.instrument;
      const { leverage } = exchange.position(symbol);
      const maxNotionalValue = numberText(largestNotional(contract, leverage));
      return { symbol, marginType, isAutoAddMargin: false, leverage, maxNotionalValue };
    }),
  );
}

function accountConfig(context: RouteContext): BinanceAnswer {
  return done({
    feeTier: 0,
    canTrade: !context.world.credentials.readOnly,
    canDeposit: true,
    canWithdraw: true,
    dualSidePosition: isDual(context),
    updateTime: 0,
    multiAssetsMargin: false,
    tradeGroupId: -1,
  });
}

/** What the key may do, by the interface of the whole house. */
function apiRestrictions({ world }: RouteContext): BinanceAnswer {
  const { readOnly, mayWithdraw, expiresAt, allowedAddresses } = world.credentials;
  return done({
    ipRestrict: allowedAddresses !== undefined && !allowedAddresses.includes('*'),
    createTime: 1_577_836_800_000,
    enableReading: true,
    enableWithdrawals: mayWithdraw,
    enableInternalTransfer: false,
    enableMargin: false,
    enableFutures: !readOnly,
    permitsUniversalTransfer: false,
    enableVanillaOptions: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    enableSpotAndMarginTrading: false,
    enablePortfolioMarginTrading: false,
    ...(expiresAt === undefined ? {} : { tradingAuthorityExpirationTime: expiresAt }),
  });
}

const NO_LISTEN_KEY = refused(-1125, 'This listenKey does not exist.');

function openListenKey({ listenKeys }: RouteContext): BinanceAnswer {
  return done({ listenKey: listenKeys.open() });
}

function prolongListenKey({ listenKeys }: RouteContext): BinanceAnswer {
  const listenKey = listenKeys.prolong();
  return listenKey === undefined ? NO_LISTEN_KEY : done({ listenKey });
}

function closeListenKey({ listenKeys }: RouteContext): BinanceAnswer {
  listenKeys.close();
  return done({});
}

export const settingsRoutes: Routes = {
  'POST /fapi/v1/leverage': { access: 'write', weight: 1, run: setLeverage },
  'POST /fapi/v1/marginType': { access: 'write', weight: 1, run: setMarginType },
  'POST /fapi/v1/positionSide/dual': { access: 'write', weight: 1, run: setPositionSide },
  'GET /fapi/v1/positionSide/dual': {
    access: 'read',
    weight: 30,
    run: (context) => done({ dualSidePosition: isDual(context) }),
  },
  'GET /fapi/v1/multiAssetsMargin': { access: 'read', weight: 30, run: () => done({ multiAssetsMargin: false }) },
  'GET /fapi/v1/symbolConfig': { access: 'read', weight: 5, run: symbolConfig },
  'GET /fapi/v1/accountConfig': { access: 'read', weight: 5, run: accountConfig },
  'GET /fapi/v1/apiTradingStatus': {
    access: 'read',
    weight: 1,
    run: ({ world }) => done({ indicators: {}, updateTime: world.exchange.now }),
  },
  'GET /sapi/v1/account/apiRestrictions': { access: 'read', weight: 1, limit: 'house', run: apiRestrictions },
  'POST /fapi/v1/listenKey': { access: 'key', weight: 1, run: openListenKey },
  'PUT /fapi/v1/listenKey': { access: 'key', weight: 1, run: prolongListenKey },
  'DELETE /fapi/v1/listenKey': { access: 'key', weight: 1, run: closeListenKey },
};
