import { describe, expect, it } from 'vitest';
import { PerpilotError } from '../domain/errors.ts';
import { createRandom } from '../domain/random.ts';
import type { Random } from '../domain/random.ts';
import { predictMargin } from './predict-boosting.ts';
import { trainBoosting } from './train-boosting.ts';
import { modelFromXgboostJson, modelToXgboostJson, xgboostModelText } from './xgboost-json.ts';

const FEATURES = 3;
const random = createRandom('xgboost-json');
const values = Float64Array.from({ length: 200 * FEATURES }, () => (random.next() < 0.1 ? NaN : random.normal()));
const y = Uint8Array.from({ length: 200 }, (_, row) => ((values[row * FEATURES] ?? 0) + random.normal() > 0 ? 1 : 0));
const { model } = trainBoosting({
  train: { x: { rows: 200, columns: FEATURES, values }, y },
  params: {
    trees: 5,
    maxDepth: 3,
    learningRate: 0.3,
    lambda: 1,
    alpha: 0,
    gamma: 0,
    minChildWeight: 1,
    rowSampling: 0.9,
    columnSampling: 1,
    maxBins: 16,
    earlyStoppingRounds: 0,
  },
  baseScore: 0.3,
  featureNames: ['a', 'b', 'c'],
  seed: '1',
});

const written = JSON.stringify(modelToXgboostJson(model));
const document = (): any => JSON.parse(written);
const marginsOf = (of: typeof model): number[] =>
  Array.from({ length: 200 }, (_, row) => predictMargin(of, values, row * FEATURES));

function refusal(change: (document: any) => void): string {
  const changed = document();
  change(changed);
  try {
    modelFromXgboostJson(changed);
  } catch (error) {
    expect(error).toBeInstanceOf(PerpilotError);
    expect((error as PerpilotError).code).toBe('MODEL_CORRUPT');
    return (error as PerpilotError).message;
  }
  return 'accepted';
}

const booster = (d: any): any => d.learner.gradient_booster;

const tree = (d: any): any => booster(d).model.trees[1];

describe('XGBoost JSON', () => {
  it('gives back the same model: same bytes, same predictions', () => {
    const again = modelFromXgboostJson(document());
    expect(JSON.stringify(modelToXgboostJson(again))).toBe(written);
    expect(marginsOf(again)).toEqual(marginsOf(model));
  });

  it('writes every single-precision number of a file with a point or an exponent, and changes no value by it', () => {
    const text = xgboostModelText(model);
    expect(JSON.parse(text)).toEqual(document());
    expect(document().learner.learner_model_param.base_score).toBe('0.3');
    for (const [, list] of text.matchAll(/"(?:loss_changes|sum_hessian)":\[([^\]]*)\]/g)) {
      for (const entry of list.split(',')) expect(entry).toMatch(/[.Ee]/);
    }
  });

  it('reads the forms of 2.x and 3.x, and does without what is optional', () => {
    const changed = document();
    const { learner } = changed;
    delete changed.version;
    delete learner.feature_names;
    delete learner.feature_types;
    delete learner.learner_model_param.num_target;
    delete learner.learner_model_param.boost_from_average;
    learner.learner_model_param.base_score = '[3E-1]';
    const booster = learner.gradient_booster.model;
    booster.iteration_indptr = [0, 1, 2, 3, 4, 5];
    booster.cats = { enc: [], feature_segments: [], sorted_idx: [] };
    for (const tree of booster.trees) {
      tree.default_left = tree.default_left.map((flag: number) => flag === 1);
      delete tree.split_type;
      delete tree.id;
      tree.tree_param.size_leaf_vector = '1';
    }
    expect(marginsOf(modelFromXgboostJson(changed))).toEqual(marginsOf(model));
    learner.learner_model_param.base_score = [0.3];
    expect(marginsOf(modelFromXgboostJson(changed))).toEqual(marginsOf(model));
  });

  it('refuses what it cannot predict with, naming the place', () => {
    const cases: [RegExp, (d: any) => void][] = [
      [/booster 'dart'/, (d) => (booster(d).name = 'dart')],
      [/objective 'multi:softprob'/, (d) => (d.learner.objective.name = 'multi:softprob')],
      [/several classes/, (d) => (d.learner.learner_model_param.num_class = '3')],
      [/several targets/, (d) => (d.learner.learner_model_param.num_target = '2')],
      [/between 0 and 1/, (d) => (d.learner.learner_model_param.base_score = '1')],
      [/must hold one number/, (d) => (d.learner.learner_model_param.base_score = [0.3, 0.4])],
      [/is not one number/, (d) => (d.learner.learner_model_param.base_score = '[3E-1,4E-1]')],
      [/output groups/, (d) => (booster(d).model.tree_info = [0, 1, 0, 0, 0])],
      [/number of trees/, (d) => booster(d).model.trees.pop()],
      [/categorical splits/, (d) => (tree(d).categories = [1])],
      [/categorical splits/, (d) => (tree(d).split_type[0] = 1)],
      [/categorical features/, (d) => (booster(d).model.cats = { enc: [{}] })],
      [/vector leaves/, (d) => (tree(d).tree_param.size_leaf_vector = '2')],
      [/trees\[1\]\.left_children: has/, (d) => tree(d).left_children.pop()],
      [/no two children/, (d) => (tree(d).left_children[0] = 1000)],
      [/no two children/, (d) => (tree(d).left_children[0] = -1)],
      [/no two children/, (d) => (tree(d).left_children[0] = tree(d).right_children[0])],
      [/not a child of its parent/, (d) => (tree(d).left_children[1] = 0)],
      [/must be the root/, (d) => (tree(d).parents[0] = 2)],
      [/splits feature 3 of 3/, (d) => (tree(d).split_indices[0] = 3)],
      [/finite number/, (d) => (tree(d).split_conditions[0] = null)],
      [/too large/, (d) => (tree(d).split_conditions[0] = 1e300)],
      [/default_left\[0\]: must be 0, 1/, (d) => (tree(d).default_left[0] = 2)],
      [/negative hessian/, (d) => (tree(d).sum_hessian[0] = -1)],
      [/2 names for 3 features/, (d) => d.learner.feature_names.pop()],
      [/learner is missing/, (d) => delete d.learner],
    ];
    for (const [message, change] of cases) expect(refusal(change)).toMatch(message);
    for (const nonsense of [null, 1, 'x', [], undefined]) {
      expect(() => modelFromXgboostJson(nonsense)).toThrow(PerpilotError);
    }
  });

  it('never fails otherwise, whatever is changed in a document: refused, or a model that predicts', () => {
    const junk = [
      null,
      -1,
      0,
      1,
      7,
      1e9,
      1e300,
      -1e-300,
      '',
      '1',
      '[',
      '[]',
      'NaN',
      [],
      {},
      true,
      false,
      [[]],
      { a: 1 },
    ];
    let accepted = 0;
    for (let run = 0; run < 1500; run += 1) {
      const own = createRandom(`fuzz ${run}`);
      const changed = document();
      for (let changes = 1 + own.below(3); changes > 0; changes -= 1) mutate(changed, own, junk);
      try {
        const read = modelFromXgboostJson(changed);
        accepted += 1;
        expect(predictMargin(read, new Float64Array(read.featureCount).fill(NaN), 0)).not.toBeNaN();
      } catch (error) {
        if (!(error instanceof PerpilotError)) throw error;
        expect(error.code).toBe('MODEL_CORRUPT');
      }
    }
    expect(accepted).toBeGreaterThan(50);
    expect(accepted).toBeLessThan(1450);
  });
});

/** Replaces or removes one value somewhere in the document. */
function mutate(root: any, random: Random, junk: readonly unknown[]): void {
  let at = root;
  for (;;) {
    const keys = Object.keys(at);
    if (keys.length === 0) return;
    const key = keys[random.below(keys.length)];
    const child = at[key];
    if (typeof child === 'object' && child !== null && random.next() < 0.85) at = child;
    else {
      if (random.next() < 0.2 && !Array.isArray(at)) delete at[key];
      else if (random.next() < 0.1 && Array.isArray(at)) at.splice(Number(key), 1);
      else at[key] = junk[random.below(junk.length)];
      return;
    }
  }
}
