// Is a share over time drawn where it is, with neighbours of one strength as one box?
import { expect, it } from 'vitest';
import { heatStrip } from './heat-strip.ts';

it('draws one path per strength and one box per run of equal neighbours', () => {
  const { markup } = heatStrip([0.5, 0.5, 0, 0.15, 0.5], { kind: 's0', label: 'A <1>', most: 0.5 });
  expect(markup).toContain('aria-label="A &lt;1&gt;"');
  expect(markup.match(/<path /g)).toHaveLength(2);
  expect(markup).toContain('fill-opacity="1" d="M0 10H400V0H0ZM800 10H1000V0H800Z"');
  expect(markup).toContain('fill-opacity="0.4" d="M600 10H800V0H600Z"');
});

it('leaves nothing for nothing', () => {
  expect(heatStrip([0, 0], { kind: 's0', label: '', most: 0 }).markup).not.toContain('<path');
});
