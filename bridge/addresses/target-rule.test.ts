import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIp } from './address-class.ts';
import { parseTargetRule } from './target-rule.ts';

describe('parseTargetRule', () => {
  it.each([
    '',
    ':5900',
    'vm:0',
    'vm:70000',
    'vm:9-1',
    'vm:x',
    '10.0.0.0/33',
    '10.0.0/8',
    '::ffff:10.0.0.0/8',
    '1.2.3',
    '999.1.1.1',
    'a b',
    '*.',
    'a*b',
    '**.lab',
    '[vm]:1',
    'unix:run/x',
    'unix:/run/../x',
    'http://vm',
    'vm/8',
  ])('refuses %j', (text) => {
    expect(parseTargetRule(text)).toBeTypeOf('string');
  });

  it('never throws, nor does the reading of addresses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV4Extended(), fc.ipV6(), fc.domain()), (text) => {
        void parseTargetRule(text);
        void parseIp(text);
      }),
    );
  });
});
