import * as z from 'zod';
import { parseArmId } from '../domain/armId';
import type { RemediationRules } from '../domain/remediation/remediationRules';
import { readYaml } from '../policy/yamlSource';

/** Rules, or everything that is wrong with their file: one text each, with line and column. */
export type RulesReading =
  | { readonly rules: RemediationRules }
  | { readonly faults: readonly string[] };

const scope = z
  .string()
  .transform((text) => text.toLowerCase().replace(/\/$/, ''))
  .refine((text) => parseArmId(text) !== null, 'is not the id of a scope');

/** `Name` or `Name=value`, as tags are written on the command line. */
const tag = z
  .string()
  .min(1)
  .max(800)
  .regex(/^[^=]+(?:=.*)?$/, 'is not a tag: NAME or NAME=value')
  .transform((text) => {
    const cut = text.indexOf('=');
    return cut < 0 ? { name: text } : { name: text.slice(0, cut), value: text.slice(cut + 1) };
  });

const scopes = z.array(scope).min(1).max(200).refine(isOneKind, {
  message: 'holds management groups beside other scopes, which one question cannot ask for',
});

const rulesForm = z.strictObject({
  scopes,
  optOutTags: z
    .array(tag)
    .max(50)
    .default([{ name: 'postern-remediation', value: 'off' }]),
  keepIdentitiesTag: tag.default({ name: 'postern-system-identity', value: 'allow' }),
  domainJoined: z
    .strictObject({
      tags: z.array(tag).max(50).default([]),
      scopes: z.array(scope).max(5_000).default([]),
    })
    .default({ tags: [], scopes: [] }),
  windowsList: z.enum(['older', 'newer']).default('older'),
  defaultOutbound: z.enum(['refuse', 'accept']).default('refuse'),
  intune: z.boolean().default(false),
  firstNight: z.enum(['dryRun', 'fix']).default('dryRun'),
  keepRunsDays: z.int().min(1).max(3_650).default(90),
});

/** Reads `remediation.yaml`: text, then form. Never throws. */
export function readRules(text: string): RulesReading {
  const source = readYaml(text);
  if ('faults' in source) {
    return { faults: source.faults.map(({ line, column, message }) => at(line, column, message)) };
  }
  const read = rulesForm.safeParse(source.value);
  if (read.success) return { rules: read.data };
  return {
    faults: read.error.issues.map(({ path, message }) => {
      const known = path.filter((part) => typeof part !== 'symbol');
      const { line, column } = source.place({ path: known, code: 'wrongType', message });
      return at(line, column, `${known.join('.') || 'the file'}: ${message}`);
    }),
  };
}

function at(line: number, column: number, message: string): string {
  return `line ${line}, column ${column}: ${message}`;
}

function isOneKind(all: readonly string[]): boolean {
  const groups = all.filter((one) => one.startsWith('/providers/microsoft.management/'));
  return groups.length === 0 || groups.length === all.length;
}
