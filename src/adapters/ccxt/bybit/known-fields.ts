// Which fields do Bybit's rows have, by what they are of? A name that is not here is news.
import { knownFields, type KnownFields } from '../known-fields.ts';

/** As the venue documents them, and as it has sent them; read here or not. */
export const BYBIT_FIELDS: KnownFields = knownFields({
  order: `
    avgPrice bboLevel bboSideType blockTradeId cancelType category closeOnTrigger createType createdTime cumExecFee
    cumExecQty cumExecValue cumFeeDetail* extraFees feeCurrency isLeverage lastPriceOnCreated leavesQty leavesValue
    list nextPageCursor orderId orderIv orderLinkId orderStatus orderType parentOrderLinkId placeType positionIdx
    price qty reduceOnly rejectReason rpiMatchedQty rpiTakerAccess seq side slLimitPrice slTriggerBy
    slippageTolerance slippageToleranceType smpGroup smpOrderId smpType stopLoss stopOrderType success symbol
    takeProfit timeInForce tpLimitPrice tpTriggerBy tpslMode triggerBy triggerDirection triggerPrice updatedTime
  `,
  execution: `
    blockTradeId category closedSize createType execFee execId execPnl execPrice execQty execTime execType execValue
    extraFees fee feeCoin feeCurrency feeRate feeType indexPrice isLeverage isMaker leavesQty list markIv markPrice
    marketUnit nextPageCursor orderId orderLinkId orderPrice orderQty orderType seq side stopOrderType subFeeType
    symbol tradeIv underlyingPrice
  `,
  position: `
    adlRankIndicator autoAddMargin avgPrice breakEvenPrice bustPrice category createdTime cumRealisedPnl
    curRealisedPnl entryPrice isReduceOnly leverage leverageSysUpdatedTime liqPrice list markPrice mmrSysUpdateTime
    mmrSysUpdatedTime nextPageCursor openTime positionBalance positionIM positionIMByMp positionIdx positionMM
    positionMMByMp positionStatus positionValue riskId riskLimitValue seq sessionAvgPrice side size stopLoss symbol
    takeProfit tpslMode tradeMode trailingStop unrealisedPnl updatedTime
  `,
  wallet: `
    accountIMRate accountIMRateByMp accountLTV accountMMRate accountMMRateByMp accountType accruedInterest
    availableToBorrow availableToWithdraw bonus borrowAmount coin collateralSwitch cumRealisedPnl equity list locked
    marginCollateral spotBorrow spotHedgingQty totalAvailableBalance totalEquity totalInitialMargin
    totalInitialMarginByMp totalMaintenanceMargin totalMaintenanceMarginByMp totalMarginBalance totalOrderIM
    totalPerpUPL totalPerpUpl totalPositionIM totalPositionMM totalWalletBalance unrealisedPnl usdValue
    walletBalance
  `,
  instrument: `
    auctionFeeInfo auctionFeeRate baseCoin category contractType copyTrading curAuctionPhase deliveryFeeRate
    deliveryTime endTime forbidUplWithdrawal fundingInterval isPreListing launchTime leverageFilter leverageStep
    list lotSizeFilter lowerFundingRate makerFeeRate maxLeverage maxMktOrderQty maxOrderQty maxPrice minLeverage
    minNotionalValue minOrderQty minPrice nextPageCursor phase phases postOnlyMaxOrderQty preListingInfo priceFilter
    priceLimitRatioX priceLimitRatioY priceScale qtyStep quoteCoin riskParameters settleCoin startTime status symbol
    symbolId symbolType takerFeeRate tickSize unifiedMarginTrade upperFundingRate
  `,
  ticker: `
    ask1Price ask1Size basis basisRate basisRateYear bid1Price bid1Size category curPreListingPhase deliveryFeeRate
    deliveryTime fundingCap fundingIntervalHour fundingRate highPrice24h indexPrice lastPrice list lowPrice24h
    markPrice nextFundingTime openInterest openInterestValue preOpenPrice preQty predictedDeliveryPrice prevPrice1h
    prevPrice24h price24hPcnt symbol tickDirection turnover24h usdIndexPrice volume24h
  `,
  kline: `
    close confirm end high interval low open start timestamp turnover volume
  `,
});

/** Of which kind the rows of a reply are, by its path. */
export const BYBIT_REPLIES: Readonly<Record<string, string>> = {
  'v5/order/realtime': 'order',
  'v5/order/history': 'order',
  'v5/order/create': 'order',
  'v5/order/cancel': 'order',
  'v5/order/cancel-all': 'order',
  'v5/execution/list': 'execution',
  'v5/position/list': 'position',
  'v5/account/wallet-balance': 'wallet',
  'v5/market/instruments-info': 'instrument',
  'v5/market/tickers': 'ticker',
};
