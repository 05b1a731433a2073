import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Candidate } from '../../shared/domain/remediation/candidate';
import { valueOf } from './policyExpression';
import { holds, type Json } from './policyRule';
import { extensionBodyOf, fieldOf, surroundingsOf } from './policyWorld';

export const policyFolder = join(__dirname, '../../infra/policy');

export const definitionNames = [
  'windowsIdentity',
  'windowsIdentityBeside',
  'windowsLogin',
  'linuxIdentity',
  'linuxIdentityBeside',
  'linuxLogin',
] as const;

export type DefinitionName = (typeof definitionNames)[number];

export type PolicyParameter = {
  readonly type: string;
  readonly metadata: { readonly displayName: string; readonly description: string };
  readonly allowedValues?: readonly string[];
  readonly defaultValue: string;
};

export type PolicyDefinition = {
  readonly displayName: string;
  readonly description: string;
  readonly policyType: string;
  readonly mode: string;
  readonly metadata: Json;
  readonly parameters: Readonly<Record<string, PolicyParameter>>;
  readonly policyRule: {
    readonly if: Json;
    readonly then: { readonly effect: string; readonly details: PolicyDetails };
  };
};

type PolicyDetails = {
  readonly type?: string;
  readonly evaluationDelay?: string;
  readonly roleDefinitionIds: readonly string[];
  readonly conflictEffect?: string;
  readonly operations?: readonly Json[];
  readonly existenceCondition?: Json;
  readonly deployment?: { readonly properties: PolicyDeployment };
};

type PolicyDeployment = {
  readonly mode: string;
  readonly parameters: Readonly<Record<string, { readonly value: unknown }>>;
  readonly template: Json & { readonly parameters: Json; readonly resources: readonly Json[] };
};

/** The properties in a file of `infra/policy`, which is what is sent to Resource Manager. */
export function readProperties(name: string): unknown {
  const text = readFileSync(join(policyFolder, `${name}.json`), 'utf8');
  return (JSON.parse(text) as { properties: unknown }).properties;
}

export function readPolicy(name: string): PolicyDefinition {
  return readProperties(name) as PolicyDefinition;
}

/** What an assignment leaves at its default, and what it gives. */
export function assigned({ parameters }: PolicyDefinition, given: Json = {}): Json {
  const defaults = Object.entries(parameters).map(([name, { defaultValue }]) => [
    name,
    defaultValue,
  ]);
  return { ...(Object.fromEntries(defaults) as Json), ...given };
}

/**
 * Whether the effect strikes a VM: the rule holds, and no extension that it has satisfies the
 * existence condition (learn.microsoft.com/azure/governance/policy/concepts/effect-deploy-if-not-exists).
 */
export function strikes(
  definition: PolicyDefinition,
  candidate: Candidate,
  given: Json = {},
): boolean {
  const around = surroundingsOf(candidate, assigned(definition, given));
  const { if: rule, then } = definition.policyRule;
  if (valueOf(then.effect, around) === 'Disabled' || !holds(rule, around)) return false;
  const { existenceCondition } = then.details;
  if (existenceCondition === undefined) return true;
  return !candidate.extensions.some((one) =>
    holds(existenceCondition, { ...around, field: fieldOf(extensionBodyOf(one)) }),
  );
}

/** The identity type that a `modify` writes. */
export function identityTypeBy(definition: PolicyDefinition): unknown {
  const { operations = [] } = definition.policyRule.then.details;
  expect(operations).toHaveLength(1);
  expect(operations[0]).toMatchObject({ operation: 'addOrReplace', field: 'identity.type' });
  return operations[0]?.['value'];
}

/** The one resource that a `deployIfNotExists` deploys beside a VM, with its values filled in. */
export function deployedBy(definition: PolicyDefinition, candidate: Candidate): Json {
  const properties = definition.policyRule.then.details.deployment?.properties;
  if (properties === undefined) throw new Error('nothing is deployed');
  const around = surroundingsOf(candidate, assigned(definition));
  const parameters = Object.entries(properties.parameters).map(([name, { value }]) => [
    name,
    valueOf(value, around),
  ]);
  const inside = { ...around, parameters: Object.fromEntries(parameters) as Json };
  const [resource, ...others] = properties.template.resources;
  expect(others).toEqual([]);
  return filledIn(resource, inside) as Json;
}

function filledIn(json: unknown, around: Parameters<typeof valueOf>[1]): unknown {
  if (typeof json !== 'object' || json === null) return valueOf(json, around);
  const entries = Object.entries(json).map(([key, value]) => [key, filledIn(value, around)]);
  return Object.fromEntries(entries);
}
