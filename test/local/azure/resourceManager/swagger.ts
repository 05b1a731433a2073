import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv/dist/2019';

type Schema = Record<string, unknown>;

const folder = path.join(__dirname, '../../../fixtures/arm/swagger');

/** Upstream file names, as `$ref`s have them, to the files that are kept here. */
const kept: [RegExp, string][] = [
  [/applicationSecurityGroup\.json$/, 'network/applicationSecurityGroup.2024-01-01.json'],
  [/networkSecurityGroup\.json$/, 'network/networkSecurityGroup.2024-01-01.json'],
  [/networkInterface\.json$/, 'network/networkInterface.2024-01-01.json'],
  [/virtualNetwork\.json$/, 'network/virtualNetwork.2024-01-01.json'],
  [/network\.json$/, 'network/network.2024-01-01.json'],
  [/virtualMachine\.json$/, 'compute/virtualMachine.2024-07-01.json'],
  [/computeRPCommon\.json$/, 'compute/computeRPCommon.2024-07-01.json'],
  [/v1\/common\.json$/, 'compute/common-types.v1.common.json'],
  [/v\d\/types\.json$/, 'common-types/types.v3.json'],
];

function definitionKey(ref: string, file: string): string | undefined {
  const [target = '', pointer = ''] = ref.split('#');
  const home = target === '' ? file : kept.find(([form]) => form.test(target))?.[1];
  return home === undefined ? undefined : `${home}:${pointer.replace('/definitions/', '')}`;
}

/** Rewrites one schema: refs become local, and unknown properties become faults. */
function rewritten(value: unknown, file: string, isBase: boolean): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => rewritten(item, file, false));
  if (typeof value !== 'object' || value === null) return value;
  const schema = value as Schema;
  if (typeof schema['$ref'] === 'string') {
    const key = definitionKey(schema['$ref'], file);
    return key === undefined ? {} : { $ref: `#/$defs/${escaped(isBase ? `${key}+` : key)}` };
  }
  // Swagger's bare `object` means any JSON: Resource Graph's rows are an array by it.
  const isAny = schema['type'] === 'object' && !('properties' in schema) && !('allOf' in schema);
  const result: Schema = {};
  for (const [key, item] of Object.entries(schema)) {
    if (key === 'allOf' && Array.isArray(item)) {
      result[key] = item.map((part: unknown) => rewritten(part, file, true));
    } else if (key === 'properties') {
      result[key] = Object.fromEntries(
        Object.entries(item as Schema).map(([name, field]) => [
          name,
          rewritten(field, file, false),
        ]),
      );
    } else if (key === 'type' && isAny) {
      continue;
    } else if (!key.startsWith('x-ms') && !['discriminator', 'example', 'readOnly'].includes(key)) {
      result[key] = rewritten(item, file, false);
    }
  }
  return result;
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

function definitions(): Schema {
  const all: Schema = {};
  for (const group of readdirSync(folder)) {
    for (const name of readdirSync(path.join(folder, group))) {
      const file = `${group}/${name}`;
      const text = readFileSync(path.join(folder, file), 'utf8');
      const parsed = JSON.parse(text) as { definitions: Record<string, Schema> };
      for (const [key, schema] of Object.entries(parsed.definitions)) {
        const open = rewritten(schema, file, false) as Schema;
        const isObject = 'properties' in open || 'allOf' in open;
        all[`${file}:${key}+`] = open;
        all[`${file}:${key}`] = isObject ? { ...open, unevaluatedProperties: false } : open;
      }
    }
  }
  return all;
}

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: 'azure', $defs: definitions() });

/**
 * What is wrong with a body by Azure's own definition, property names that it does not know
 * included; an empty list where nothing is.
 */
export function faultsOf(definition: string, body: unknown): string[] {
  const validate = ajv.getSchema(`azure#/$defs/${escaped(definition)}`);
  if (validate === undefined) throw new Error(`No definition ${definition}.`);
  if (validate(body) === true) return [];
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
  );
}
