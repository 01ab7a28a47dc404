// Does logistic regression reach the reference coefficients, probabilities and objective?
import { fitLogistic, logisticProbability } from '../../../src/learning/logistic-regression.ts';
import { matrixFromRows } from '../../../src/learning/matrix.ts';
import { fitScaler } from '../../../src/learning/standard-scaler.ts';
import { differences } from '../format.ts';
import type { TopicRunner } from '../format.ts';

/** Rows of a case: its own, or the file's, as a whole or some of their columns with a constant one added. */
function rowsOf(input: any, all: number[][]): number[][] {
  if (Array.isArray(input.X)) return input.X;
  if (!Array.isArray(input.columns)) return all;
  const extra = typeof input.constant === 'number' ? [input.constant] : [];
  return all.map((row) => [...input.columns.map((column: number) => row[column]), ...extra]);
}

export const run: TopicRunner = ({ input, expected }, file) => {
  const data = file['data'] ?? {};
  const x = matrixFromRows(rowsOf(input, data.X));
  const y: number[] = input.y ?? data.y;
  const weight = input.sample_weight ?? undefined;
  const fitted = fitLogistic({
    x,
    y,
    ...(weight === undefined ? {} : { weight }),
    inverseRegularization: input.C,
    balanced: input.class_weight === 'balanced',
    standardised: input.standardise === true,
  });
  const coefficients = { absolute: file.tolerance['coefficients_absolute'], relative: 0 };
  const probabilities = { absolute: file.tolerance['probabilities_absolute'], relative: 0 };
  const { model } = fitted;
  const found = differences(
    { coefficients: model.coefficients, intercept: model.intercept },
    { coefficients: expected.coefficients, intercept: expected.intercept },
    coefficients,
  );
  if (expected.objective !== undefined) {
    found.push(...differences(fitted.objective, expected.objective, coefficients, 'objective'));
  }
  if (expected.probabilities !== undefined) {
    const queries = matrixFromRows(rowsOf({ ...input, X: input.predict_X }, data.predict_X));
    const actual = Array.from({ length: queries.rows }, (_, row) =>
      logisticProbability(model, queries.values, row * queries.columns),
    );
    found.push(...differences(actual, expected.probabilities, probabilities, 'probabilities'));
  }
  if (input.standardise === true && data.standard_scaler !== undefined) {
    found.push(...differences(fitScaler(x), data.standard_scaler, { absolute: 1e-12, relative: 1e-12 }, 'scaler'));
  }
  return found;
};
