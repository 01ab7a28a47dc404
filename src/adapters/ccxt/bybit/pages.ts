// How are all rows of a list had that comes in pages? The cursor of each page leads to the next, until there is none.
import type { z } from 'zod';
import type { ClientRequest, VenueClient } from '../venue-client.ts';
import { pageOf } from './requests.ts';

/** More pages than any list of the venue has: a cursor that runs in a circle. */
const MOST_PAGES = 1_000;

/** Every row, in the venue's order. */
export async function allRows<Row>(
  client: VenueClient,
  request: ClientRequest,
  row: z.ZodType<Row>,
): Promise<readonly Row[]> {
  const shape = pageOf(row);
  const rows: Row[] = [];
  let cursor = '';
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const params = cursor === '' ? request.params : { ...request.params, cursor };
    const page = await client.ask({ ...request, params }, shape);
    rows.push(...page.rows);
    if (page.cursor === '' || page.cursor === cursor || page.rows.length === 0) break;
    cursor = page.cursor;
  }
  return rows;
}
