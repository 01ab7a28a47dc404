// Where do the unit tests find the look-ahead and warm-up checks? In the product: it ships them.
export { findLookAhead, findWarmUpErrors, type NamedColumns } from '../../src/research/look-ahead.ts';
