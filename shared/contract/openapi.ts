import * as z from 'zod';
import { everyProblem, type Operation, problemTexts } from './operation';
import { operations } from './operations';
import { problemSchema } from './viewSchemas';

/** Where an operation is served. */
export type Served = { readonly name: string; readonly method: string; readonly path: string };

/**
 * The OpenAPI 3.1 document of what is served, made from the very schemas that read bodies and
 * queries (https://spec.openapis.org/oas/v3.1.0).
 */
export function openapiOf(served: readonly Served[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const one of served) {
    const operation = operations[one.name];
    if (operation === undefined) throw new Error(`Nothing is said of ${one.name}.`);
    const path = (paths[`/api/${one.path}`] ??= {});
    path[one.method.toLowerCase()] = operationOf(one, operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Postern',
      version: '1',
      description:
        'Windows from people to virtual machines that provably close. Times are ISO 8601 in UTC; ' +
        'refusals are problems (RFC 9457) whose title is the rule that refused and whose detail ' +
        'is the next step.',
    },
    paths,
    components: {
      schemas: { Problem: schemaOf(problemSchema, 'output') },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
    security: [{ bearer: [] }],
  };
}

function operationOf({ name, path }: Served, operation: Operation): object {
  const { summary, body, query, headers = {}, answers, problems } = operation;
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, of]) => ({
    name: of,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const asked = Object.entries(headers).map(([header, { required, what }]) => ({
    name: header,
    in: 'header',
    required,
    description: what,
    schema: { type: 'string' },
  }));
  return {
    operationId: name,
    summary,
    parameters: [...named, ...queryParameters(query), ...asked],
    ...(body === undefined ? {} : { requestBody: { content: jsonOf(body, 'input') } }),
    responses: { ...answersOf(answers), ...problemsOf(problems) },
  };
}

function queryParameters(query: z.ZodObject | undefined): object[] {
  if (query === undefined) return [];
  const { properties = {} } = z.toJSONSchema(query, { io: 'input', reused: 'inline' });
  return Object.entries(properties).map(([name, schema]) => {
    return { name, in: 'query', required: false, schema };
  });
}

function answersOf(answers: Operation['answers']): object {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { what, schema, texts = [] }]) => {
      const content =
        typeof schema === 'string'
          ? textsOf([schema, ...texts])
          : { ...jsonOf(schema, 'output'), ...textsOf(texts) };
      return [status, { description: what, content }];
    }),
  );
}

function textsOf(media: readonly string[]): object {
  return Object.fromEntries(media.map((one) => [one, { schema: { type: 'string' } }]));
}

function problemsOf(problems: Operation['problems']): object {
  const statuses = [...new Set([...everyProblem, ...problems])].sort((one, other) => one - other);
  const content = {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  };
  return Object.fromEntries(
    statuses.map((status) => [status, { description: problemTexts[status], content }]),
  );
}

function jsonOf(schema: z.ZodType, io: 'input' | 'output'): object {
  return { 'application/json': { schema: schemaOf(schema, io) } };
}

/** JSON Schema of draft 2020-12, which OpenAPI 3.1 takes as it is; what repeats stands where it is used. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const made = z.toJSONSchema(schema, { io, reused: 'inline', unrepresentable: 'any' });
  const { $schema: _draft, ...rest } = made;
  return rest;
}
