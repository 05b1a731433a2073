import * as z from 'zod';
import { windowListSchema, windowViewSchema } from '../../shared/contract/viewSchemas';
import type { WindowView } from '../../shared/contract/windowView';
import type { Client } from './client';
import { Ending, exitCodes } from './ending';
import { readLoosely } from './readLoosely';

/** A window as it was answered, and as it was read. */
export type Seen = { readonly view: WindowView; readonly json: unknown };

/** Windows of all pages that were read; `next` is not null where there are more. */
export type SeenList = z.output<typeof windowListSchema>;

/** Reads what a call answered by its schema. Throws `Ending` where it is something else. */
export function understood<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
): z.output<Schema> {
  const read = readLoosely(schema, json);
  if (read !== null) return read;
  const message = 'The answer is not understood: is this command as new as the API?';
  throw new Ending(exitCodes.unreached, message, json);
}

/** A window out of an answer. */
export function seenWindow(json: unknown): Seen {
  return { view: understood(windowViewSchema, json), json };
}

/** Reads one window by its whole id. */
export async function readWindow(client: Client, id: string): Promise<Seen> {
  return seenWindow(await client.send({ path: `windows/${id}` }));
}

/** What `next` of a page holds; only its place in the list is believed, never its address. */
const placeForm = /[?&]after=([0-9a-z.]{1,60})(?:&|$)/;
const pageSize = '100';

const rawPage = z.looseObject({ windows: z.array(z.unknown()) });

/**
 * Reads all pages of a list, `pagesMax` at most. `json` is one answer of the API with the windows of
 * all of them.
 */
export async function readList(
  client: Client,
  query: Readonly<Record<string, string>>,
  pagesMax: number,
): Promise<{ readonly list: SeenList; readonly json: unknown }> {
  const windows: WindowView[] = [];
  const raw: unknown[] = [];
  let isWhole = true;
  let after: string | null = null;
  for (let pages = 1; ; pages += 1) {
    const place: Record<string, string> = after === null ? {} : { after };
    const json = await client.send({
      path: 'windows',
      query: { ...query, limit: pageSize, ...place },
    });
    const page = understood(windowListSchema, json);
    windows.push(...page.windows);
    raw.push(...understood(rawPage, json).windows);
    isWhole &&= page.isWhole;
    const before: string | null = after;
    after = placeForm.exec(page.next ?? '')?.[1] ?? null;
    if (after === null || after === before || pages === pagesMax) {
      const { next } = page;
      return { list: { windows, next, isWhole }, json: { windows: raw, next, isWhole } };
    }
  }
}
