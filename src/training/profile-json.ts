// How is the profile of a model read from its file? Every part by name; what is missing or of another type is refused.
import {
  member,
  optionalMember,
  readCount,
  readNumber,
  readNumbers,
  readPlaces,
  readText,
  readTexts,
  refuse,
  type JsonPlace,
} from '../learning/json-reader.ts';
import type { LabelingParams } from '../strategy/triple-barrier.ts';
import type { ExpectedTrades, FeatureReference, FeatureWeight, ModelProfile } from './model-profile.ts';

/** A stored profile. @throws PerpilotError MODEL_CORRUPT naming what is missing or of another type */
export function profileFromJson(place: JsonPlace): ModelProfile {
  const list = (key: string): JsonPlace[] => readPlaces(member(place, key));
  const history = member(place, 'history');
  return {
    history: {
      from: readNumber(member(history, 'from')),
      until: readNumber(member(history, 'until')),
      candles: readCount(member(history, 'candles')),
      days: readNumber(member(history, 'days')),
      coverage: readNumber(member(history, 'coverage')),
    },
    labels: readLabels(member(place, 'labels')),
    symbols: readTexts(member(place, 'symbols')),
    calibration: list('calibration').map((bin) => ({
      predicted: readNumber(member(bin, 'predicted')),
      count: readCount(member(bin, 'count')),
      won: readCount(member(bin, 'won')),
    })),
    importance: list('importance').map(readWeight),
    reference: list('reference').map(readReference),
    expected: readExpected(member(place, 'expected')),
  };
}

function readLabels(place: JsonPlace): LabelingParams {
  const width = member(place, 'width');
  const unit = readText(width);
  return {
    profitBarrier: readNumber(member(place, 'profitBarrier')),
    stopBarrier: readNumber(member(place, 'stopBarrier')),
    width: unit === 'fixed' || unit === 'atr' ? unit : refuse(width, "must be 'fixed' or 'atr'"),
    horizonHours: readNumber(member(place, 'horizonHours')),
    minNetReturn: readNumber(member(place, 'minNetReturn')),
  };
}

function readWeight(place: JsonPlace): FeatureWeight {
  return {
    feature: readText(member(place, 'feature')),
    permutation: readNumber(member(place, 'permutation')),
    contribution: readNumber(member(place, 'contribution')),
    gain: readNumber(member(place, 'gain')),
    splits: readCount(member(place, 'splits')),
  };
}

function readReference(place: JsonPlace): FeatureReference {
  const edges = Array.from(readNumbers(member(place, 'edges')));
  return {
    feature: readText(member(place, 'feature')),
    edges,
    share: Array.from(readNumbers(member(place, 'share'), edges.length + 2)),
    widest: readNumber(member(place, 'widest')),
  };
}

function readExpected(place: JsonPlace): ExpectedTrades {
  const figure = (key: string): number | undefined => {
    const found = optionalMember(place, key);
    return found === undefined ? undefined : readNumber(found);
  };
  return {
    trades: readCount(member(place, 'trades')),
    winRate: figure('winRate'),
    meanNetReturn: figure('meanNetReturn'),
    deviation: figure('deviation'),
  };
}
