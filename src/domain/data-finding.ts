// How does the data check speak? Findings: what is odd, how often, how bad and where.

/** `error`: the data may not be used; `warning`: usable, but a result may suffer; `note`: worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

/** One place where a finding stands. */
export interface FindingPlace {
  /** Epoch milliseconds; undefined when the row has no usable time. */
  readonly time: number | undefined;
  /** Row in the stored order, from 0; undefined when it is about no single row. */
  readonly row: number | undefined;
  readonly detail: string;
  /** Bars or stamps that this place covers, for holes and runs. */
  readonly count?: number;
}

export interface Finding<Kind extends string = string> {
  readonly kind: Kind;
  readonly severity: Severity;
  /** How many rows, holes or runs were found; may exceed `places`, which is cut off. */
  readonly count: number;
  readonly summary: string;
  readonly places: readonly FindingPlace[];
}

/** So many places of one finding are kept; the count goes on. */
export const MAX_PLACES = 500;

/** Places of one finding under way. Details are only made while there is room for them. */
export interface PlaceList {
  readonly count: number;
  readonly places: readonly FindingPlace[];
  add(place: { time?: number; row?: number; count?: number }, detail: () => string): void;
}

/** An empty list of places. */
export function createPlaceList(): PlaceList {
  const places: FindingPlace[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    places,
    add(place, detail) {
      count += 1;
      if (places.length >= MAX_PLACES) return;
      const base = { time: place.time, row: place.row, detail: detail() };
      places.push(place.count === undefined ? base : { ...base, count: place.count });
    },
  };
}

/** The finding for `list`, or nothing when it is empty: spread it into a list of findings. */
export function findingOf<Kind extends string>(
  kind: Kind,
  severity: Severity,
  report: { readonly list: PlaceList; readonly summary: string },
): readonly Finding<Kind>[] {
  const { list, summary } = report;
  return list.count === 0 ? [] : [{ kind, severity, count: list.count, summary, places: list.places }];
}

/** "1 bar", "3 bars". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
