import type { Policy } from '../domain/policy/policy';
import { buildPolicy } from './buildPolicy';
import { exampleFaults } from './exampleFaults';
import { fileSchema } from './fileSchema';
import { formFaults } from './formFaults';
import { meaningFaults } from './meaningFaults';
import type { PathFault, PolicyFault } from './policyFault';
import { sectionsOf } from './sections';
import { readYaml } from './yamlSource';

/** A policy, or everything that is wrong with its file, in the order of the text. Never both. */
export type PolicyReading =
  | { readonly policy: Policy }
  | { readonly faults: readonly PolicyFault[] };

/**
 * Reads `policy.yaml`: text, form, meaning, and then the file's own examples, which only a sound
 * policy can be asked. Never throws.
 */
export function readPolicy(text: string): PolicyReading {
  const source = readYaml(text);
  if ('faults' in source) return source;
  const placed = (faults: readonly PathFault[]): PolicyReading => ({
    faults: faults.map((fault) => source.place(fault)).sort(byPlace),
  });

  const file = fileSchema.safeParse(source.value, { reportInput: true });
  const sections = sectionsOf(source.value);
  const form = file.success ? [] : formFaults(file.error.issues);
  const faults = [...form, ...meaningFaults(sections)];
  if (!file.success || faults.length > 0) return placed(faults);

  const policy = buildPolicy(file.data);
  const wrong = exampleFaults(policy, sections.examples);
  return wrong.length > 0 ? placed(wrong) : { policy };
}

function byPlace(one: PolicyFault, other: PolicyFault): number {
  return one.line - other.line || one.column - other.column || (one.code < other.code ? -1 : 1);
}
