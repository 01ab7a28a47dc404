// Which settings does the section `discovery` have?
import { z } from 'zod';

const symbols = z.array(z.string().regex(/^[A-Z0-9-]{2,40}$/)).meta({ uniqueItems: true });

export const discoverySchema = z.strictObject({
  universe_mode: z
    .enum(['fixed', 'auto'])
    .describe('fixed: the symbols of `symbols`; auto: whatever the venue lists that fulfils what follows.'),
  symbols: symbols.describe('The symbols of mode fixed.'),
  min_traded_value_24h: z
    .number()
    .min(0)
    .max(1e15)
    .describe('Quote currency traded in the last 24 hours that a symbol needs.'),
  min_price: z.number().min(0).max(1e9).describe('Price that a symbol needs: cheaper ones have coarse ticks. 0: any.'),
  max_symbols: z.int().min(1).max(1_000).describe('So many at most, the most traded first.'),
  min_listing_age_days: z.number().min(0).max(3_650).describe('Days since its listing that a symbol needs.'),
  include: symbols.describe('Chosen in any case, as long as they are traded.'),
  exclude: symbols.describe('Never chosen, whatever they fulfil.'),
  refresh_hours: z.number().positive().max(720).describe('The venue is asked again when its last answer is older.'),
  max_age_hours: z
    .number()
    .positive()
    .max(8_760)
    .describe('An answer that is older is not used, even when the venue cannot be asked.'),
});

type DiscoverySection = z.output<typeof discoverySchema>;

export const discoveryRules = [
  {
    keys: ['max_age_hours', 'refresh_hours'],
    says: 'max_age_hours must not be less than refresh_hours',
    holds: ({ max_age_hours, refresh_hours }: DiscoverySection) => max_age_hours >= refresh_hours,
  },
  {
    keys: ['include', 'exclude'],
    says: 'no symbol may stand in include and in exclude',
    holds: ({ include, exclude }: DiscoverySection) => !include.some((symbol) => exclude.includes(symbol)),
  },
  {
    keys: ['max_symbols', 'include'],
    says: 'include must not hold more symbols than max_symbols allows',
    holds: ({ include, max_symbols }: DiscoverySection) => include.length <= max_symbols,
  },
  {
    keys: ['symbols', 'universe_mode'],
    says: 'mode fixed needs symbols',
    holds: ({ symbols, universe_mode }: DiscoverySection) => universe_mode === 'auto' || symbols.length > 0,
  },
];
