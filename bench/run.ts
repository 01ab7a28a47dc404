// How fast is it? Runs every benchmark and prints medians.
import * as boosting from './boosting.ts';
import * as engine from './engine.ts';
import * as indicators from './indicators.ts';
import * as matching from './matching.ts';
import * as suite from './suite.ts';

for (const bench of [indicators, matching, engine, boosting, suite]) {
  for (const { name, median, unit, note } of await bench.run()) {
    const value = median >= 1_000 ? Math.round(median).toLocaleString('en-GB') : median.toPrecision(3);
    console.log(`${name.padEnd(58)} ${value.padStart(12)} ${unit}${note === undefined ? '' : `  (${note})`}`);
  }
}
