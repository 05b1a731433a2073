import * as z from 'zod';
import type { Arm } from './arm';
import { strangeAnswer } from './arm';
import { createPlainRequests } from './plainRequests';
import { readAs } from './readAs';

type Places = { readonly subscriptions?: string[]; readonly managementGroups?: string[] };
/** `inherited`: what is assigned above these places is wanted as well, and holds there. */
type Scope = Places & { readonly inherited?: boolean };

/** Asks for one page of a query. Throws `Fault`. */
export type AskPage = (
  query: string,
  scope: Scope,
  top: number,
  skipToken: string | null,
) => Promise<GraphPage>;

/** Rows as they came, and the token of the next page; `null`: this is the last one. */
export type GraphPage = {
  readonly rows: readonly unknown[];
  readonly next: string | null;
  /** There is more, and no token to ask for it. */
  readonly isCut: boolean;
};

/** Runs a query, all pages, up to `rowsMax` rows. Throws `Fault`. */
export type RunQuery = (query: string, scope: Scope, rowsMax: number) => Promise<unknown[]>;

/** Rows of one page at most (learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data). */
export const graphPageMax = 1_000;
const doing = 'asking Resource Graph';

const version = '2024-04-01';

/**
 * One POST a page (learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources).
 * Resource Graph's own client stands on the older `ms-rest-js`, whose pipeline knows nothing of our
 * rules, and its version of the API has no filter for what is inherited.
 */
export function createAskPage(arm: Arm): AskPage {
  const { ask } = createPlainRequests(arm);
  const url = `${arm.endpoint}/providers/Microsoft.ResourceGraph/resources?api-version=${version}`;
  return async (query, { inherited = false, ...places }, top, skipToken) => {
    const options = {
      $top: top,
      resultFormat: 'objectArray',
      ...(skipToken === null ? {} : { $skipToken: skipToken }),
      // To an identity without a role at a management group nothing is shown of it otherwise.
      ...(inherited ? { authorizationScopeFilter: 'AtScopeAboveAndBelow' } : {}),
    };
    const answer = await ask(doing, url, { ...places, query, options });
    if (answer === null) throw strangeAnswer('NotFound', doing);
    const page = readAs(pageAnswer, answer, doing);
    // A page that repeats its token, or is empty and has one, would be asked for again for ever.
    const next = page.$skipToken ?? null;
    if (next !== null && (next === skipToken || page.data.length === 0)) {
      throw strangeAnswer('SameTokenAgain', doing);
    }
    return { rows: page.data, next, isCut: next === null && page.resultTruncated === 'true' };
  };
}

/** The same for whole answers. */
export function createRunQuery(arm: Arm): RunQuery {
  const askPage = createAskPage(arm);
  return async (query, scope, rowsMax) => {
    const rows: unknown[] = [];
    let skipToken: string | null = null;
    do {
      const top = Math.min(graphPageMax, rowsMax - rows.length);
      const page: GraphPage = await askPage(query, scope, top, skipToken);
      rows.push(...page.rows);
      if (page.isCut && rows.length < rowsMax) throw strangeAnswer('TruncatedResult', doing);
      skipToken = page.next;
    } while (skipToken !== null && rows.length < rowsMax);
    return rows.slice(0, rowsMax);
  };
}

const pageAnswer = z.object({
  data: z.array(z.unknown()),
  $skipToken: z.string().min(1).nullish(),
  resultTruncated: z.string().nullish(),
});
