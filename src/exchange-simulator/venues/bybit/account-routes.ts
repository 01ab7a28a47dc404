// What does Bybit know of the account? Wallet, fees, modes, movements, and what the key may do.
import { bpsToFraction } from '../../../domain/units.ts';
import type { SimulatedExchange } from '../../core/exchange.ts';
import { numberText } from '../number-text.ts';
import { badParameter, done, refused, type BybitAnswer } from './answer.ts';
import { settleCoinOf } from './order-row.ts';
import { limitOf, pageOf, windowOf } from './paging.ts';
import { rejection } from './return-codes.ts';
import { contractOf, linearList, type RouteContext, type Routes } from './route.ts';
import { transactionRow, transactionType, walletLines } from './transaction-log.ts';
import { walletRow } from './wallet-row.ts';

const MARGIN_MODE = { cross: 'REGULAR_MARGIN', isolated: 'ISOLATED_MARGIN' } as const;

/** The coin that the account is kept in. */
export function accountCoin(exchange: SimulatedExchange): string {
  const [first] = exchange.contracts();
  return first === undefined ? 'USDT' : settleCoinOf(first);
}

function walletBalance({ world, fields }: RouteContext): BybitAnswer {
  const type = fields.oneOf('accountType', ['UNIFIED']);
  if (type === undefined) fields.refuse('accountType only support UNIFIED');
  if (fields.problem !== undefined) return badParameter(fields.problem);
  return done({ list: [walletRow(world.exchange.wallet(), accountCoin(world.exchange))] });
}

function accountInfo({ world }: RouteContext): BybitAnswer {
  const { exchange } = world;
  return done({
    marginMode: MARGIN_MODE[exchange.account().marginMode],
    updatedTime: String(exchange.now),
    unifiedMarginStatus: 6,
    dcpStatus: 'OFF',
    timeWindow: 10,
    smpGroup: 0,
    isMasterTrader: false,
    spotHedgingStatus: 'OFF',
  });
}

function feeRate(context: RouteContext): BybitAnswer {
  return linearList(context, () => {
    const { exchange } = context.world;
    const symbol = context.fields.text('symbol');
    const contracts = symbol === undefined ? exchange.contracts() : [contractOf(context)];
    const { takerFeeBps, makerFeeBps } = exchange.costs;
    const rates = {
      takerFeeRate: numberText(bpsToFraction(takerFeeBps)),
      makerFeeRate: numberText(bpsToFraction(makerFeeBps)),
    };
    return {
      list: contracts.flatMap((contract) =>
        contract === undefined ? [] : [{ symbol: contract.instrument.symbol, ...rates, baseCoin: '' }],
      ),
    };
  });
}

function setMarginMode({ world, fields }: RouteContext): BybitAnswer {
  const words = ['REGULAR_MARGIN', 'ISOLATED_MARGIN', 'PORTFOLIO_MARGIN'] as const;
  const mode = fields.oneOf('setMarginMode', words) ?? fields.refuse('setMarginMode invalid');
  if (fields.problem !== undefined) return badParameter(fields.problem);
  if (mode === 'PORTFOLIO_MARGIN') {
    return refused(3_400_045, 'set margin mode failed', {
      reasons: [{ reasonCode: '3400045', reasonMsg: 'portfolio margin is not simulated' }],
    });
  }
  const outcome = world.exchange.setMarginMode(mode === 'ISOLATED_MARGIN' ? 'isolated' : 'cross');
  if (outcome.kind === 'done') return done({ reasons: [] });
  return rejection(outcome.reason, outcome.detail, { of: 'margin-mode' });
}

function transactionLog({ world, fields }: RouteContext): BybitAnswer {
  const { exchange } = world;
  const type = fields.text('type');
  const currency = fields.text('currency');
  const coin = accountCoin(exchange);
  const { from, until } = windowOf(fields, exchange.now);
  const limit = limitOf(fields, 20, 50);
  const lines = (currency ?? coin) === coin ? walletLines(exchange) : [];
  const wanted = lines
    .filter((entry) => entry.time >= from && entry.time <= until)
    .filter((entry) => type === undefined || transactionType(entry) === type)
    .toReversed();
  const { rows, nextPageCursor } = pageOf(wanted, fields, { limit, placeOf: (entry) => entry });
  if (fields.problem !== undefined) return badParameter(fields.problem);
  return done({ list: rows.map((entry) => transactionRow(entry, coin)), nextPageCursor });
}

function queryApi({ world }: RouteContext): BybitAnswer {
  const { credentials } = world;
  const { key, readOnly, mayWithdraw, expiresAt, allowedAddresses } = credentials;
  const dayMs = 86_400_000;
  const expires =
    expiresAt === undefined ? '1970-01-01T00:00:00Z' : new Date(expiresAt).toISOString().replace('.000', '');
  return done({
    id: '1',
    note: 'exchange simulator',
    apiKey: key,
    readOnly: readOnly ? 1 : 0,
    secret: '',
    permissions: {
      ContractTrade: readOnly ? [] : ['Order', 'Position'],
      Spot: [],
      Wallet: mayWithdraw ? ['AccountTransfer', 'SubMemberTransfer', 'Withdraw'] : [],
      Options: [],
      Derivatives: readOnly ? [] : ['DerivativesTrade'],
      Exchange: [],
      NFT: [],
    },
    ips: allowedAddresses ?? ['*'],
    type: 1,
    deadlineDay: expiresAt === undefined ? -2 : Math.max(0, Math.floor((expiresAt - world.serverTime()) / dayMs)),
    expiredAt: expires,
    createdAt: '2020-01-01T00:00:00Z',
    unified: 0,
    uta: 1,
    userID: 1,
    inviterID: 0,
    vipLevel: 'No VIP',
    mktMakerLevel: '0',
    affiliateID: 0,
    isMaster: true,
    parentUid: '0',
  });
}

export const accountRoutes: Routes = {
  'GET /v5/account/wallet-balance': { access: 'read', perSecond: 50, run: walletBalance },
  'GET /v5/account/info': { access: 'read', perSecond: 50, run: accountInfo },
  'GET /v5/account/fee-rate': { access: 'read', perSecond: 5, run: feeRate },
  'GET /v5/account/transaction-log': { access: 'read', perSecond: 50, run: transactionLog },
  'POST /v5/account/set-margin-mode': { access: 'write', perSecond: 5, run: setMarginMode },
  'GET /v5/user/query-api': { access: 'read', perSecond: 10, run: queryApi },
  'GET /v5/asset/coin/query-info': { access: 'read', perSecond: 5, run: () => done({ rows: [] }) },
};
