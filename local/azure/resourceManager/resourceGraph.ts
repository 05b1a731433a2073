import type { ArmResponse } from '../contract';
import { resourceGraphPage } from '../../limits';
import type { Handler, World } from './call';
import { createGraphIndex } from './graphIndex';
import type { GraphQueryHandler, GraphRow } from './graphQueries';
import { knownQueries } from './graphQueries';
import { unescaped } from './graphText';
import { answer, isRecord } from './http';

/** The Resource Graph: recognises the queries it knows by name; it does not understand KQL. */
export type ResourceGraph = {
  answerQuery: Handler;
  /** Teaches a query, known by its first comment line without slashes. */
  addQuery(name: string, handler: GraphQueryHandler): void;
};

type Options = { top: number; skip: number; isTable: boolean };

/** A Resource Graph over the world's store, late by `resourceGraphLagMs`. */
export function createResourceGraph(world: World): ResourceGraph {
  const index = createGraphIndex(world);
  const queries = knownQueries(index);
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
    const isAsked = askedScopes(body, world);
    const rows = handler({
      name,
      text,
      literals,
      objectId: call.caller.objectId,
      isAsked,
      mayRead: world.access.mayDoNow(call.caller.objectId),
    });
    return Array.isArray(rows) ? page(rows, options) : invalid(world, rows.invalid);
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
  const skip = typeof token === 'string' ? tokenRow(token) : (options['$skip'] ?? 0);
  if (typeof skip !== 'number' || !Number.isInteger(skip) || skip < 0) return undefined;
  return { top, skip, isTable: options['resultFormat'] === 'table' };
}

/** The token is opaque to clients: base64 of the row to go on with. */
function tokenFor(row: number): string {
  return Buffer.from(JSON.stringify({ row })).toString('base64');
}

function tokenRow(token: string): number | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64').toString());
    return isRecord(value) && typeof value['row'] === 'number' ? value['row'] : undefined;
  } catch {
    return undefined;
  }
}

/** Which ids the request asks for: all of the tenant where it names no scope. */
function askedScopes(body: Record<string, unknown>, world: World): (id: string) => boolean {
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
    return (id) => groups.some((scope) => world.store.isAtOrAbove(scope, id));
  }
  if (subscriptions === undefined || subscriptions.length === 0) return () => true;
  return (id) => subscriptions.includes(id.split('/')[2] ?? '');
}

function page(rows: GraphRow[], { top, skip, isTable }: Options): ArmResponse {
  const data = rows.slice(skip, skip + top);
  const next = skip + data.length;
  return answer(200, {
    totalRecords: rows.length,
    count: data.length,
    resultTruncated: 'false',
    ...(next < rows.length ? { $skipToken: tokenFor(next) } : {}),
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
