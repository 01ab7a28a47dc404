import { describe, expect, expectTypeOf, it } from 'vitest';
import { camelCaseKeys, type CamelCased } from './camel-case.ts';

describe('camelCaseKeys', () => {
  it('renames keys at every depth and leaves values alone', () => {
    const tree = {
      walk_forward: { train_days: 180, mode_name: 'rolling_on' },
      validated_reduce_p: 0.05,
      empty_list: [],
      list_of: [{ inner_key: null }, 'snake_value', 3],
      plain: true,
    };
    expect(camelCaseKeys(tree)).toEqual({
      walkForward: { trainDays: 180, modeName: 'rolling_on' },
      validatedReduceP: 0.05,
      emptyList: [],
      listOf: [{ innerKey: null }, 'snake_value', 3],
      plain: true,
    });
  });

  it('has the type of what it returns', () => {
    type Tree = { max_hold_hours: number | null; nested_one: { a_b_c: string[] }; list_of: { x_y: 1 }[] };
    expectTypeOf<CamelCased<Tree>>().toEqualTypeOf<{
      readonly maxHoldHours: number | null;
      readonly nestedOne: { readonly aBC: readonly string[] };
      readonly listOf: readonly { readonly xY: 1 }[];
    }>();
  });
});
