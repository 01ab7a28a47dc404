// How is a ccxt exchange made for one environment? Its own addresses, our clock, no retries and no limits of its own.
import type { VenueEnvironment } from '../../ports/venue-connection.ts';
import type { CcxtExchange, ExchangeClass } from './load-exchange.ts';

export interface Credentials {
  readonly key: string;
  readonly secret: string;
}

export interface InstanceOptions {
  readonly environment: VenueEnvironment;
  readonly credentials: Credentials | undefined;
  /** The venue's time, epoch milliseconds: what requests are signed with. */
  readonly venueNow: () => number;
}

/** ccxt's own deadline covers only the head of a reply; ours comes first. */
const CCXT_TIMEOUT_MS = 600_000;

/** Addresses stay the venue's own even for a local exchange: some of ccxt's behaviour follows from them. */
export function createExchange(Exchange: ExchangeClass, options: InstanceOptions): CcxtExchange {
  const { environment, credentials, venueNow } = options;
  const exchange = new Exchange({
    ...(credentials === undefined ? {} : { apiKey: credentials.key, secret: credentials.secret }),
    enableRateLimit: false,
    timeout: CCXT_TIMEOUT_MS,
    userAgent: 'perpilot',
    verbose: false,
    options: {
      maxRetriesOnFailure: 0,
      enableUnifiedMargin: false,
      enableUnifiedAccount: true,
      disableFuturesSandboxWarning: true,
    },
  });
  if (environment === 'testnet') exchange.setSandboxMode(true);
  if (environment === 'demo') exchange.enableDemoTrading(true);
  exchange.nonce = () => Math.round(venueNow());
  return exchange;
}
