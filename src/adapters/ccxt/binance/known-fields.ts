// Which fields do Binance's rows and events have, by what they are of? A name that is not here is news.
import { knownFields, type KnownFields } from '../known-fields.ts';

/** As the venue documents them, and as it has sent them; read here or not. */
export const BINANCE_FIELDS: KnownFields = knownFields({
  order: `
    activatePrice avgPrice clientOrderId closePosition code cumBase cumQty cumQuote executedQty goodTillDate msg
    orderId origQty origType pair positionSide price priceMatch priceProtect priceRate reduceOnly
    selfTradePreventionMode side status stopPrice symbol time timeInForce type updateTime workingType
  `,
  algoOrder: `
    activatePrice actualOrderId actualPrice actualQty actualType algoId algoStatus algoType callbackRate
    clientAlgoId closePosition code complete createTime goodTillDate icebergQuantity msg orderType positionSide
    price priceMatch priceProtect quantity reduceOnly selfTradePreventionMode side slPrice slTriggerPrice symbol
    timeInForce tpOrderType tpPrice tpTriggerPrice triggerPrice triggerTime type updateTime workingType
  `,
  trade: `
    baseQty buyer commission commissionAsset id maker marginAsset orderId pair positionSide price qty quoteQty
    realizedPnl side symbol time
  `,
  position: `
    adl askNotional bidNotional breakEvenPrice entryPrice initialMargin isAutoAddMargin isolatedMargin
    isolatedWallet leverage liquidationPrice maintMargin marginAsset marginType markPrice maxNotionalValue notional
    openOrderInitialMargin positionAmt positionInitialMargin positionSide symbol unRealizedProfit updateTime
  `,
  account: `
    askNotional asset assets availableBalance bidNotional canDeposit canTrade canWithdraw crossUnPnl
    crossWalletBalance entryPrice feeBurn feeTier initialMargin isolated isolatedMargin isolatedWallet leverage
    maintMargin marginAvailable marginBalance maxNotional maxWithdrawAmount multiAssetsMargin notional
    openOrderInitialMargin positionAmt positionInitialMargin positionSide positions symbol totalCrossUnPnl
    totalCrossWalletBalance totalInitialMargin totalMaintMargin totalMarginBalance totalOpenOrderInitialMargin
    totalPositionInitialMargin totalUnrealizedProfit totalWalletBalance tradeGroupId unrealizedProfit updateTime
    walletBalance
  `,
  income: `
    asset income incomeType info symbol time tradeId tranId
  `,
  contract: `
    asset assets autoAssetExchange baseAsset baseAssetPrecision contractType deliveryDate exchangeFilters filterType
    filters futuresType interval intervalNum limit liquidationFee maintMarginPercent marginAsset marginAvailable
    marketTakeBound maxMoveOrderLimit maxPrice maxQty minPrice minQty multiplierDecimal multiplierDown multiplierUp
    notional onboardDate orderTypes pair permissionSets positionControlSide pricePrecision quantityPrecision
    quoteAsset quotePrecision rateLimitType rateLimits requiredMarginPercent serverTime settlePlan status stepSize
    symbol symbols tickSize timeInForce timezone tradingModes triggerProtect underlyingSubType underlyingType
  `,
});

/** Of which kind the rows of a reply are, by its path. */
export const BINANCE_REPLIES: Readonly<Record<string, string>> = {
  order: 'order',
  openOrders: 'order',
  allOrders: 'order',
  algoOrder: 'algoOrder',
  openAlgoOrders: 'algoOrder',
  allAlgoOrders: 'algoOrder',
  userTrades: 'trade',
  positionRisk: 'position',
  account: 'account',
  income: 'income',
  exchangeInfo: 'contract',
};

/** Events of the streams, by their names. */
export const BINANCE_EVENTS: KnownFields = knownFields({
  ORDER_TRADE_UPDATE: `
    AP E L N R S T V W X a ap b c cp cr e er f gtd i l m n o ot p pP pm ps q rp s si sp ss t wt x z
  `,
  ALGO_UPDATE: `
    E R S T V X act ai aid ap aq at caid cp e f gtd o p pP pm ps q rm s tp tt wt
  `,
  ACCOUNT_UPDATE: `
    B E P T a bc bep cr cw e ep iw m ma mt pa ps s up wb
  `,
  kline: `
    B E L Q T V c e f h i k l n o q s t v x
  `,
  '24hrTicker': `
    C E F L O P Q c e h l n o p q s st v w
  `,
  markPriceUpdate: `
    E P T e i p r s st
  `,
});
