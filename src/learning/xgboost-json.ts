// How does a model travel to and from XGBoost? Its JSON model format, written in the form of 1.7, read in those of 1.7 to 3.x.
import { createBoostingModel, treesOf } from './boosting-model.ts';
import type { BoostingModel } from './boosting-model.ts';
import type { BoostingObjective } from './boosting-objective.ts';
import {
  member,
  optionalMember,
  readCount,
  readList,
  readParameter,
  readPlaces,
  readText,
  readTexts,
  refuse,
} from './json-reader.ts';
import type { JsonPlace } from './json-reader.ts';
import { readTree, shortestFloat32, treeToJson } from './xgboost-tree-json.ts';

const WRITTEN_VERSION = [1, 7, 4];
const OBJECTIVES: readonly string[] = ['binary:logistic', 'reg:squarederror'] satisfies BoostingObjective[];

/** The model as a JSON value in XGBoost's format. A file for XGBoost itself must hold `xgboostModelText`. */
export function modelToXgboostJson(model: BoostingModel): unknown {
  const { featureCount, featureNames } = model;
  const trees = treesOf(model);
  return {
    learner: {
      attributes: {},
      feature_names: [...featureNames],
      feature_types: featureNames.map(() => 'float'),
      gradient_booster: {
        model: {
          gbtree_model_param: { num_parallel_tree: '1', num_trees: String(trees.length), size_leaf_vector: '0' },
          tree_info: trees.map(() => 0),
          trees: trees.map((tree, id) => treeToJson(tree, { id, featureCount })),
        },
        name: 'gbtree',
      },
      learner_model_param: {
        base_score: String(shortestFloat32(model.baseScore)),
        boost_from_average: '0',
        num_class: '0',
        num_feature: String(featureCount),
        num_target: '1',
      },
      objective: {
        name: model.objective,
        reg_loss_param: { scale_pos_weight: String(shortestFloat32(model.scalePosWeight)) },
      },
    },
    version: WRITTEN_VERSION,
  };
}

/** Arrays whose entries XGBoost's reader takes for whole numbers, and refuses, unless they have a point or an exponent. */
const FLOAT_ARRAYS = /"(base_weights|loss_changes|split_conditions|sum_hessian)":\[([^\]]*)\]/g;

/** The text of a model file (named .json) that XGBoost 1.7 and later load. */
export function xgboostModelText(model: BoostingModel): string {
  return JSON.stringify(modelToXgboostJson(model)).replace(
    FLOAT_ARRAYS,
    (_, key: string, list: string) => `"${key}":[${list.replace(/(?<=^|,)-?\d+(?=,|$)/g, '$&E0')}]`,
  );
}

/**
 * Reads a parsed XGBoost model document. Trees keep their node numbers, also where pruning left holes.
 * @throws PerpilotError MODEL_CORRUPT on damage, and on what is not supported: boosters other than gbtree, several
 * classes or targets, categorical splits, other objectives
 */
export function modelFromXgboostJson(document: unknown): BoostingModel {
  const learner = member({ value: document, path: 'model' }, 'learner');
  const objectivePlace = member(learner, 'objective');
  const objective = readObjective(member(objectivePlace, 'name'));
  const regression = optionalMember(objectivePlace, 'reg_loss_param');
  const scale = regression === undefined ? undefined : optionalMember(regression, 'scale_pos_weight');
  const scalePosWeight = scale === undefined ? 1 : Math.fround(readParameter(scale));
  if (scale !== undefined && !(scalePosWeight > 0 && Number.isFinite(scalePosWeight))) refuse(scale, 'must be above 0');
  const param = member(learner, 'learner_model_param');
  const featureCount = readFeatureCount(param);
  return createBoostingModel({
    objective,
    baseScore: readBaseScore(member(param, 'base_score'), objective),
    scalePosWeight,
    featureCount,
    featureNames: readFeatureNames(learner, featureCount),
    trees: readTrees(member(learner, 'gradient_booster'), featureCount),
  });
}

function readObjective(place: JsonPlace): BoostingObjective {
  const name = readText(place);
  if (name === 'binary:logistic' || name === 'reg:squarederror') return name;
  return refuse(place, `objective '${name}' is not supported (${OBJECTIVES.join(', ')} are)`);
}

function readFeatureCount(param: JsonPlace): number {
  const classes = optionalMember(param, 'num_class');
  if (classes !== undefined && readCount(classes) > 1) refuse(classes, 'models of several classes are not supported');
  const targets = optionalMember(param, 'num_target');
  if (targets !== undefined && readCount(targets) > 1) refuse(targets, 'models of several targets are not supported');
  const place = member(param, 'num_feature');
  const count = readCount(place);
  return count >= 1 && count <= 1_000_000 ? count : refuse(place, 'must be between 1 and 1000000');
}

function readBaseScore(place: JsonPlace, objective: BoostingObjective): number {
  const score = Math.fround(readParameter(place));
  if (!Number.isFinite(score)) return refuse(place, 'is too large for a single-precision number');
  if (objective === 'binary:logistic' && !(score > 0 && score < 1)) {
    return refuse(place, `must be a probability between 0 and 1, is ${score}`);
  }
  return score;
}

function readFeatureNames(learner: JsonPlace, featureCount: number): string[] {
  const place = optionalMember(learner, 'feature_names');
  const names = place === undefined ? [] : readTexts(place);
  if (place !== undefined && names.length > 0 && names.length !== featureCount) {
    refuse(place, `${names.length} names for ${featureCount} features`);
  }
  return names;
}

function readTrees(booster: JsonPlace, featureCount: number): ReturnType<typeof readTree>[] {
  const namePlace = member(booster, 'name');
  const name = readText(namePlace);
  if (name !== 'gbtree') refuse(namePlace, `booster '${name}' is not supported (gbtree is)`);
  const model = member(booster, 'model');
  const treesPlace = member(model, 'trees');
  const trees = readPlaces(treesPlace);
  const param = member(model, 'gbtree_model_param');
  const countPlace = member(param, 'num_trees');
  if (readCount(countPlace) !== trees.length) refuse(countPlace, `is not the number of trees, ${trees.length}`);
  const info = member(model, 'tree_info');
  const groups = readList(info);
  if (groups.length !== trees.length) refuse(info, `has ${groups.length} entries for ${trees.length} trees`);
  if (groups.some((group) => group !== 0)) refuse(info, 'models of several output groups are not supported');
  refuseCategories(model);
  return trees.map((tree) => readTree(tree, featureCount));
}

/** XGBoost 3.1 adds the category containers to the model; only empty ones can be read. */
function refuseCategories(model: JsonPlace): void {
  const cats = optionalMember(model, 'cats');
  if (cats === undefined || cats.value === null) return;
  const encoding = optionalMember(cats, 'enc');
  if (encoding === undefined) return;
  if (readList(encoding).length > 0) refuse(encoding, 'categorical features are not supported');
}
