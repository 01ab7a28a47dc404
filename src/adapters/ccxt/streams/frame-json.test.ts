// Do long ids survive the reading of a message?
import { describe, expect, it } from 'vitest';
import { parseFrame } from './frame-json.ts';

describe('messages as JSON', () => {
  it('keep every digit of whole numbers that a double cannot hold', () => {
    expect(parseFrame('{"i":8389765739703625592,"t":[12345678901234567890],"n":-9007199254740993}')).toEqual({
      i: '8389765739703625592',
      t: ['12345678901234567890'],
      n: '-9007199254740993',
    });
  });

  it('leave everything else as it is', () => {
    const text =
      '{"a":140612148849382,"b":"1234567890123456789","c":1.5,"d":9007199254740991,"e":1e3,"f":1234567890123456}';
    expect(parseFrame(text)).toEqual(JSON.parse(text));
  });

  it.each(['', '<html>', '{"a":', 'undefined'])('%s is no message', (text) => {
    expect(parseFrame(text)).toBeUndefined();
  });
});
