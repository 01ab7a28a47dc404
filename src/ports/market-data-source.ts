// What does a run need to know of the market's past? Candles, funding and contract rules from one place.
import type { CandleSource } from './candle-source.ts';
import type { FundingSource } from './funding-source.ts';
import type { InstrumentSource } from './instrument-source.ts';

export interface MarketDataSource extends CandleSource, FundingSource, InstrumentSource {}
