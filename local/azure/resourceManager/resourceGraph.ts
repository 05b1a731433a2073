import type { ArmResponse } from '../contract';
import { resourceGraphPage } from '../../limits';
import type { Handler, World } from './call';
import { subscriptionOf } from './armPath';
import { createGraphIndex } from './graphIndex';
import type { GraphPages, GraphQuery, GraphQueryHandler, GraphRow } from './graphQueries';
import { knownQueries } from './graphQueries';
import { unescaped } from './graphText';
import { installingPoliciesGraphQuery } from './installingPoliciesGraphQuery';
import { answer, isRecord, readJson } from './http';
import { localAccountsGraphQuery } from './localAccountsGraphQuery';

/** The Resource Graph: recognises the queries it knows by name; it does not understand KQL. */
export type ResourceGraph = {
  answerQuery: Handler;
  /** Teaches a query, known by its first comment line without slashes. */
  addQuery(name: string, handler: GraphQueryHandler): void;
};

type Options = { top: number; skip: number; token?: Token; isTable: boolean };

/** Where to go on: at a row, or after an id, with the number of rows that the first page told. */
type Token = { row: number } | { after: string; total: number };

/** A Resource Graph over the world's store, late by `resourceGraphLagMs`. */
export function createResourceGraph(world: World): ResourceGraph {
  const index = createGraphIndex(world);
  const queries = knownQueries(index);
  queries.set('postern:installingPolicies v1', installingPoliciesGraphQuery(world.store));
  queries.set('postern:localAccounts v1', localAccountsGraphQuery(world.store));
  const answerQuery: Handler = (call) => {
    index.catchUp();
    const body = call.json;
    if (!isRecord(body) || typeof body['query'] !== 'string') {
      return invalid(world, 'the body has no query');
    }
    const text = body['query'];
    const name = /^\s*\/\/[ \t]*([^\r\n]*?)[ \t]*(?:\r?\n|$)/.exec(text)?.[1] ?? '';
    const handler = queries.get(name);
    if (handler === undefined) {
      const known = [...queries.keys()].map((key) => `// ${key}`).join('; ');
      return invalid(world, `only these queries are known here: ${known}`);
    }
    const literals = literalsOf(text);
    if (literals === undefined) return invalid(world, 'a quoted text is not closed');
    const options = readOptions(body['options']);
    if (options === undefined) return invalid(world, 'the options cannot be read');
    const { objectId } = call.caller;
    const rows = handler({
      name,
      text,
      literals,
      objectId,
      ...askedScopes(body, call.apiVersion, world),
      mayRead: world.access.mayDoNow(objectId),
      mayReadSomewhere: (action, scope) => world.access.mayDoSomewhere(objectId, action, scope),
    });
    if ('invalid' in rows) return invalid(world, rows.invalid);
    return Array.isArray(rows) ? page(rows, options) : pageAfter(rows, options);
  };
  return { answerQuery, addQuery: (name, handler) => queries.set(name, handler) };
}

/** Single-quoted texts; `undefined` where one is left open: what KQL would not parse either. */
function literalsOf(text: string): string[] | undefined {
  const code = text.replace(/^\s*\/\/[^\n]*/gm, '');
  const literals: string[] = [];
  const rest = code.replace(/'((?:[^'\\\n]|\\.)*)'/g, (_whole, inner: string) => {
    literals.push(unescaped(inner));
    return '';
  });
  return rest.includes("'") ? undefined : literals;
}

function readOptions(raw: unknown): Options | undefined {
  if (raw !== undefined && raw !== null && !isRecord(raw)) return undefined;
  const options = raw ?? {};
  const top = options['$top'] ?? resourceGraphPage.rows;
  const token = options['$skipToken'];
  if (typeof top !== 'number' || top < 1 || top > resourceGraphPage.rowsMax) return undefined;
  const skip = options['$skip'] ?? 0;
  if (typeof skip !== 'number' || !Number.isInteger(skip) || skip < 0) return undefined;
  const isTable = options['resultFormat'] === 'table';
  if (typeof token !== 'string') return { top, skip, isTable };
  const read = readToken(token);
  return read === undefined ? undefined : { top, skip, isTable, token: read };
}

/** The token is opaque to clients: base64 of where to go on. */
function tokenFor(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64');
}

function readToken(text: string): Token | undefined {
  const value = readJson(Buffer.from(text, 'base64').toString())?.value;
  if (!isRecord(value)) return undefined;
  const { row, after, total } = value;
  if (typeof row === 'number' && Number.isInteger(row) && row >= 0) return { row };
  return typeof after === 'string' && typeof total === 'number' ? { after, total } : undefined;
}

type Asked = Pick<GraphQuery, 'isAsked' | 'isAskedFromBelow'>;

/** From this version on requests have a filter; those of before are taken to ignore it. */
const filterSince = '2021-06-01';

/** Which ids the request asks for: all of the tenant where it names no scope. */
function askedScopes(body: Record<string, unknown>, version: string, { store }: World): Asked {
  const options = body['options'];
  const hasFilter = isRecord(options) && version >= filterSince;
  const filter = hasFilter ? options['authorizationScopeFilter'] : undefined;
  const wantsAbove = filter === 'AtScopeAboveAndBelow' || filter === 'AtScopeAndAbove';
  const names = (field: string): string[] | undefined => {
    const value = body[field];
    if (!Array.isArray(value)) return undefined;
    return value.map((item: unknown) => String(item).toLowerCase());
  };
  const subscriptions = names('subscriptions');
  const groups = names('managementGroups')?.map(
    (name) => `/providers/microsoft.management/managementgroups/${name}`,
  );
  if (groups !== undefined && groups.length > 0) {
    return {
      isAsked: (id) => groups.some((scope) => store.isAtOrAbove(scope, id)),
      isAskedFromBelow: (id) => wantsAbove && groups.some((scope) => store.isAtOrAbove(id, scope)),
    };
  }
  if (subscriptions === undefined || subscriptions.length === 0) {
    return { isAsked: () => true, isAskedFromBelow: () => wantsAbove };
  }
  return {
    isAsked: (id) => id.startsWith('/subscriptions/') && subscriptions.includes(subscriptionOf(id)),
    isAskedFromBelow: (id) =>
      wantsAbove && subscriptions.some((one) => store.isAtOrAbove(id, `/subscriptions/${one}`)),
  };
}

function page(rows: GraphRow[], { top, skip, token, isTable }: Options): ArmResponse {
  const from = token !== undefined && 'row' in token ? token.row : skip;
  const data = rows.slice(from, from + top);
  const next = from + data.length;
  const more = next < rows.length ? tokenFor({ row: next }) : undefined;
  // Without an id in the rows there is no way to the rest.
  const isCut = more !== undefined && !('id' in (rows[0] ?? {}));
  return printed(data, rows.length, isTable, isCut ? null : more);
}

function pageAfter(pages: GraphPages, { top, skip, token, isTable }: Options): ArmResponse {
  const isOn = token !== undefined && 'after' in token;
  const total = isOn ? token.total : pages.count();
  const skipped = skip > 0 && !isOn ? pages.after('', skip) : { next: '', rows: [] };
  const from = isOn ? token.after : skipped.next;
  const { rows, next } = from === undefined ? { rows: [] } : pages.after(from, top);
  const more = next === undefined ? undefined : tokenFor({ after: next, total });
  return printed(rows, total, isTable, more);
}

/** `more`: the token of the next page; `null` where there is more and no way to it. */
function printed(
  data: GraphRow[],
  totalRecords: number,
  isTable: boolean,
  more: string | null | undefined,
): ArmResponse {
  return answer(200, {
    totalRecords,
    count: data.length,
    resultTruncated: more === null ? 'true' : 'false',
    ...(typeof more === 'string' ? { $skipToken: more } : {}),
    data: isTable ? table(data) : data,
    facets: [],
  });
}

function table(rows: GraphRow[]): unknown {
  const names = Object.keys(rows[0] ?? {});
  return {
    columns: names.map((name) => ({
      name,
      type: typeof rows[0]?.[name] === 'string' ? 'string' : 'object',
    })),
    rows: rows.map((row) => names.map((name) => row[name])),
  };
}

/** 400 in Resource Graph's form: the reason stands in the details. */
function invalid(world: World, reason: string): ArmResponse {
  return answer(
    400,
    {
      error: {
        code: 'BadRequest',
        message:
          `Please provide below info when asking for support: timestamp = ` +
          `${new Date().toISOString()}, correlationId = ${world.guid()}.`,
        details: [
          {
            code: 'InvalidQuery',
            message:
              'Query is invalid. Please refer to the documentation for the Azure Resource Graph ' +
              'service and fix the error before retrying.',
          },
          { code: 'ParserFailure', message: `The query cannot be answered: ${reason}.` },
        ],
      },
    },
    { 'x-ms-failure-cause': 'service' },
  );
}
