// How long should the blocks of a bootstrap be? Politis-White (2004) with the correction of Patton, Politis, White (2009).
import { autocovariance } from './autocorrelation.ts';
import { areReturnsConstant, mean } from './moments.ts';

export interface BlockLength {
  /** Lags up to which the flat-top window looks; undefined where the fall-back T^(1/3) is given. */
  readonly bandwidth: number | undefined;
  /** Mean block length of the stationary bootstrap, at least 1. */
  readonly stationary: number;
  /** Block length of the circular bootstrap, at least 1. */
  readonly circular: number;
}

/** Automatic block length for the mean of `values`; series that are constant or too short to judge get round(T^(1/3)). */
export function automaticBlockLength(values: ArrayLike<number>): BlockLength {
  const count = values.length;
  const centre = mean(values);
  const window = Math.max(5, Math.ceil(Math.sqrt(Math.log10(Math.max(count, 1)))));
  const maximum = Math.ceil(Math.sqrt(count)) + window;
  if (centre === undefined || maximum >= count || areReturnsConstant(values)) {
    const fallBack = Math.max(1, Math.round(Math.cbrt(count)));
    return { bandwidth: undefined, stationary: fallBack, circular: fallBack };
  }
  const covariances = Float64Array.from({ length: maximum + 1 }, (_, lag) => autocovariance(values, centre, lag));
  const bandwidth = Math.min(maximum, Math.max(1, 2 * significantLag(covariances, window, count)));
  let slope = 0;
  let spectrum = covariances[0];
  for (let lag = 1; lag <= bandwidth; lag += 1) {
    const weight = 2 * Math.min(1, 2 * (1 - lag / bandwidth));
    slope += weight * lag * covariances[lag];
    spectrum += weight * covariances[lag];
  }
  const longest = Math.ceil(Math.min(3 * Math.sqrt(count), count / 3));
  const length = (variance: number): number =>
    Math.min(longest, Math.max(1, Math.cbrt(((2 * slope * slope) / variance) * count)));
  return {
    bandwidth,
    stationary: length(2 * spectrum * spectrum),
    circular: length((4 / 3) * spectrum * spectrum),
  };
}

/** The smallest lag after which `window` autocorrelations in a row are insignificant; else the last significant lag. */
function significantLag(covariances: Float64Array, window: number, count: number): number {
  const critical = 2 * Math.sqrt(Math.log10(count) / count) * covariances[0];
  let quiet = 0;
  let last = 0;
  for (let lag = 1; lag < covariances.length; lag += 1) {
    if (Math.abs(covariances[lag]) < critical) {
      quiet += 1;
      if (quiet === window) return lag - window;
    } else {
      quiet = 0;
      last = lag;
    }
  }
  return last;
}
