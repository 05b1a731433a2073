import type { ResourceGraphClient, ResourceGraphModels } from '@azure/arm-resourcegraph';
import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
import * as z from 'zod';
import type { Arm } from './arm';
import { read, strangeAnswer } from './arm';
import type { Recorder } from './pipeline';
import { readAs } from './readAs';

type Places = { readonly subscriptions?: string[]; readonly managementGroups?: string[] };
/** `inherited`: what is assigned above these places is wanted as well, and holds there. */
type Scope = Places & { readonly inherited?: boolean };
type OldHttpClient = NonNullable<ResourceGraphModels.ResourceGraphClientOptions['httpClient']>;

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

/**
 * Resource Graph's client is built on the older `ms-rest-js`: its pipeline knows nothing of our
 * policy, registers providers on its own and signs before it sends. So its whole pipeline is left
 * out (an empty list of policies), and each request it forms goes through a pipeline with ours. It
 * is loaded with the first query: half of its cost is libraries that are never used here.
 */
export function createAskPage(arm: Arm): AskPage {
  let client: Promise<ResourceGraphClient> | null = null;
  return async (query, scope, top, skipToken) => {
    client ??= createClient(arm);
    const graph = await client;
    const options = { top, resultFormat: 'objectArray' as const };
    const { inherited = false, ...places } = scope;
    const answer = await read(doing, ({ abortSignal: recorder }) =>
      graph.resources(
        { ...places, query, options: skipToken === null ? options : { ...options, skipToken } },
        { abortSignal: tokenOf({ recorder, inherited }) },
      ),
    );
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

/** What goes with a request on its way through the client, which knows nothing of it. */
type Asked = { readonly recorder: Recorder; readonly inherited: boolean };

/** The old client wants a signal with more to it than a recorder has: this one stands for it. */
const asked = new WeakMap<object, Asked>();

function tokenOf(one: Asked) {
  const nothing = () => undefined;
  const token = {
    aborted: false,
    onabort: null,
    dispatchEvent: () => false,
    addEventListener: nothing,
    removeEventListener: nothing,
  };
  asked.set(token, one);
  return token;
}

async function createClient(arm: Arm): Promise<ResourceGraphClient> {
  const { ResourceGraphClient } = await import('@azure/arm-resourcegraph');
  // Signing is the new pipeline's business, after the rules.
  const unsigned = { signRequest: <Request>(request: Request) => Promise.resolve(request) };
  return new ResourceGraphClient(unsigned, {
    baseUri: arm.endpoint,
    httpClient: createBridge(arm),
    requestPolicyFactories: [],
  });
}

/** Hands the old client's requests to a pipeline with our policy, and the answer's bare facts back. */
function createBridge(arm: Arm): OldHttpClient {
  const httpClient = arm.httpClient ?? createDefaultHttpClient();
  const { pipeline } = arm.governed({ pipeline: createEmptyPipeline() });
  return {
    sendRequest: async (request) => {
      const { recorder, inherited = false } = asked.get(request.abortSignal ?? request) ?? {};
      const { url, body } = inherited ? askingAbove(request) : request;
      const response = await pipeline.sendRequest(
        httpClient,
        createPipelineRequest({
          url,
          method: 'POST',
          headers: createHttpHeaders({
            accept: 'application/json',
            'content-type': 'application/json; charset=utf-8',
          }),
          ...(typeof body === 'string' ? { body } : {}),
          ...(recorder === undefined ? {} : { abortSignal: recorder }),
        }),
      );
      return { request, status: response.status, headers: request.headers };
    },
  };
}

/** The client's version, 2021-03-01, is older than the option. */
const filterVersion = '2024-04-01';
const ownBody = z.looseObject({ options: z.looseObject({}) });

/**
 * The same request with the filter that shows what is inherited as well: to an identity without a
 * role at a management group nothing is shown of it otherwise. The client leaves out of its options
 * what its version does not know
 * (learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources).
 */
function askingAbove(request: { readonly url: string; readonly body?: unknown }) {
  const url = new URL(request.url);
  url.searchParams.set('api-version', filterVersion);
  const { options, ...rest } = ownBody.parse(JSON.parse(String(request.body)));
  const filtered = { ...options, authorizationScopeFilter: 'AtScopeAboveAndBelow' };
  return { url: url.href, body: JSON.stringify({ ...rest, options: filtered }) };
}
