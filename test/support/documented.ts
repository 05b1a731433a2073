import Ajv from 'ajv/dist/2020';
import { openapiOf } from '../../shared/contract/openapi';
import { routes } from '../../functions/http/routes';

type Media = { readonly schema: object };
type Operation = {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, Media>> }>
  >;
};
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

const document = openapiOf(routes) as Document;
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema(document, 'openapi');

/** Every operation of the document, by its name. */
export const documented: ReadonlyMap<string, Operation> = new Map(
  Object.values(document.paths).flatMap((path) =>
    Object.values(path).map((operation) => [operation.operationId, operation] as const),
  ),
);

/** What of an answer the OpenAPI document does not say; `[]` where it is as documented. */
export function undocumented(
  name: string,
  status: number,
  contentType: string,
  body: unknown,
): string[] {
  const content = documented.get(name)?.responses[String(status)]?.content;
  if (content === undefined) return [`${name} answers ${status}`];
  const [media = ''] = contentType.split(';');
  const schema = content[media]?.schema;
  if (schema === undefined) return [`${name} ${status} is ${media}`];
  const texts = ['application/x-rdp', 'application/jsonl', 'text/csv', 'text/html'];
  if (texts.includes(media)) return [];
  const validate = ajv.compile(resolved(schema));
  return validate(body) ? [] : [`${name} ${status}: ${ajv.errorsText(validate.errors)}`];
}

const compiled = new WeakMap<object, object>();

/** References are to the document, which the validator knows by a name. */
function resolved(schema: object): object {
  const known =
    compiled.get(schema) ?? JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'));
  compiled.set(schema, known);
  return known;
}
