import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installingPoliciesQuery } from '../../shared/azure/candidateQueries';
import { valueOf } from '../support/policyExpression';
import {
  type DefinitionName,
  definitionNames,
  policyFolder,
  type PolicyDefinition,
  type PolicyParameter,
  readPolicy,
  readProperties,
} from '../support/policyDefinition';
import { holds, type Json } from '../support/policyRule';

type Initiative = {
  readonly displayName: string;
  readonly description: string;
  readonly policyType: string;
  readonly parameters: Readonly<Record<string, PolicyParameter>>;
  readonly policyDefinitions: readonly {
    readonly policyDefinitionReferenceId: string;
    readonly policyDefinitionId: string;
    readonly parameters: Readonly<Record<string, { readonly value: string }>>;
  }[];
};

const initiative = readProperties('initiative') as Initiative;
const readme = readFileSync(join(policyFolder, 'README.md'), 'utf8');

/** Names of the parameters that a JSON value asks for. */
function asked(json: unknown): string[] {
  const found = [...JSON.stringify(json).matchAll(/parameters\('(\w+)'\)/g)].map(
    ([, name]) => name,
  );
  return [...new Set(found as string[])].sort();
}

/** Everything of a definition but what its deployment asks of itself. */
function outer({ policyRule }: PolicyDefinition): unknown {
  const { deployment, ...details } = policyRule.then.details;
  const inner = deployment?.properties.parameters;
  return [policyRule.if, policyRule.then.effect, details, inner];
}

describe.each(definitionNames)('the definition %s', (name) => {
  const definition = readPolicy(name);
  const { parameters, policyRule } = definition;
  const { details } = policyRule.then;

  it('declares the parameters that it asks for, each with a default that is allowed', () => {
    expect(Object.keys(parameters).sort()).toEqual(asked(outer(definition)));
    for (const { type, defaultValue, allowedValues } of Object.values(parameters)) {
      expect(type).toBe('String');
      expect(allowedValues ?? [defaultValue]).toContain(defaultValue);
    }
  });

  it('has the form of a definition', () => {
    expect(definition).toMatchObject({ policyType: 'Custom', mode: 'Indexed' });
    // learn.microsoft.com/azure/governance/policy/concepts/definition-structure-basics
    expect(definition.displayName.length).toBeLessThanOrEqual(128);
    expect(definition.description.length).toBeLessThanOrEqual(512);
    expect(policyRule.then.effect).toBe("[parameters('effect')]");
    expect(parameters['effect']?.allowedValues).toContain('Disabled');
  });

  it('asks for the roles that its effect needs, and no more', () => {
    const role = (guid: string) => `/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
    // Virtual Machine Contributor: virtualMachines/*, deployments/*.
    const machines = role('9980e02c-c2be-4d73-94e8-173b1dc7cf3c');
    // Managed Identity Operator: who sends an identity again has to be allowed to assign it.
    const identities = role('f1a07417-d97a-45cb-824c-7a7467783830');
    const wanted = name.endsWith('Beside') ? [machines, identities] : [machines];
    expect(details.roleDefinitionIds).toEqual(wanted);
    for (const id of wanted) expect(readme).toContain(id.split('/').at(-1));
  });

  it('denies nobody a VM because another policy writes the identity as well', () => {
    const wanted = name.endsWith('Login') ? undefined : 'audit';
    expect(details.conflictEffect).toBe(wanted);
  });

  it('waits for a new VM until it stands', () => {
    const wanted = name.endsWith('Login') ? 'AfterProvisioningSuccess' : undefined;
    expect(details.evaluationDelay).toBe(wanted);
  });

  it('gives its template what that asks for', () => {
    const deployment = details.deployment?.properties;
    if (deployment === undefined) return expect(name).toMatch(/Identity/);
    expect(deployment.mode).toBe('incremental');
    expect(Object.keys(deployment.parameters).sort()).toEqual(asked(deployment.template));
    expect(Object.keys(deployment.template.parameters).sort()).toEqual(asked(deployment.template));
  });

  it('counts no more members of a list than a policy may', () => {
    const lists = JSON.stringify(policyRule.if).match(/"value":\["[^\]]*/g) ?? [];
    for (const list of lists) expect(list.split('","').length).toBeLessThanOrEqual(100);
    expect(lists.length).toBe(2);
  });
});

describe('the definitions', () => {
  it('refuse by the same conditions on the same OS', () => {
    for (const os of ['windows', 'linux'] as const) {
      const rules = (['Identity', 'IdentityBeside', 'Login'] as const).map(
        (kind): DefinitionName => `${os}${kind}`,
      );
      const own = /identity\.type|apiVersion|keepIdentities/;
      const shared = rules.map((name) =>
        (readPolicy(name).policyRule.if['allOf'] as Json[]).filter(
          (one) => !own.test(JSON.stringify(one)),
        ),
      );
      expect(shared[1]).toEqual(shared[0]);
      expect(shared[2]).toEqual(shared[0]);
      expect(shared[0]?.length).toBeGreaterThan(10);
    }
  });

  it('are all that the folder holds, beside the initiative, and the README names each', () => {
    const files = readdirSync(policyFolder).sort();
    const wanted = [...definitionNames, 'initiative'].map((name) => `${name}.json`);
    expect(files).toEqual([...wanted, 'README.md'].sort());
    for (const name of definitionNames) expect(readme).toContain(name);
  });
});

describe('the initiative', () => {
  it('holds each definition once, by the name that the README gives it', () => {
    const names = initiative.policyDefinitions.map((one) => one.policyDefinitionReferenceId);
    expect(names.sort()).toEqual([...definitionNames].sort());
    for (const one of initiative.policyDefinitions) {
      expect(one.policyDefinitionId).toBe(
        `{scope}/providers/Microsoft.Authorization/policyDefinitions/` +
          `postern-${one.policyDefinitionReferenceId}`,
      );
    }
  });

  it('hands each parameter on to every definition that has it, and has no other', () => {
    for (const { policyDefinitionReferenceId, parameters } of initiative.policyDefinitions) {
      const definition = readPolicy(policyDefinitionReferenceId);
      expect(Object.keys(parameters)).toEqual(Object.keys(definition.parameters));
      for (const [name, { value }] of Object.entries(parameters)) {
        const [own = ''] = asked(value);
        expect(value).toBe(`[parameters('${own}')]`);
        expect(initiative.parameters[own]?.allowedValues).toEqual(
          definition.parameters[name]?.allowedValues,
        );
        if (name !== 'effect') expect(own).toBe(name);
      }
    }
    expect(asked(initiative.policyDefinitions)).toEqual(Object.keys(initiative.parameters).sort());
  });

  it('leaves machines with user-assigned identities alone, unless an assignment says otherwise', () => {
    const effects = Object.entries(initiative.parameters).filter(([name]) =>
      name.endsWith('Effect'),
    );
    expect(Object.fromEntries(effects.map(([name, one]) => [name, one.defaultValue]))).toEqual({
      identityEffect: 'Modify',
      identityBesideEffect: 'Disabled',
      loginEffect: 'DeployIfNotExists',
    });
  });
});

describe('the nightly run', () => {
  it('finds an assignment of these, alone or in the initiative, by what it deploys', () => {
    expect(installingPoliciesQuery).toContain("'microsoft.authorization/policysetdefinitions'");
    expect(installingPoliciesQuery).toContain('properties.policyRule.then.details.deployment)');
    const [, types = ''] = /where deployed has_any \(([^)]*)\)/.exec(installingPoliciesQuery) ?? [];
    for (const name of ['windowsLogin', 'linuxLogin'] as const) {
      const { deployment } = readPolicy(name).policyRule.then.details;
      const deployed = types
        .split(', ')
        .filter((type) => JSON.stringify(deployment).includes(`"${type.replaceAll("'", '')}"`));
      expect(deployed).toHaveLength(1);
    }
  });
});

describe('the README', () => {
  it('shows a remediation task that Azure takes', () => {
    const [, body = ''] =
      /--body '(\{"properties":\{"policyAssignmentId"[^']*)'/.exec(readme) ?? [];
    const { properties } = JSON.parse(body) as { properties: Json };
    // Remediations_CreateOrUpdateAtResource, 2021-10-01: what it may hold, and its limits.
    expect(Object.keys(properties).sort()).toEqual([
      'failureThreshold',
      'parallelDeployments',
      'policyAssignmentId',
      'policyDefinitionReferenceId',
      'resourceCount',
      'resourceDiscoveryMode',
    ]);
    expect(['ExistingNonCompliant', 'ReEvaluateCompliance']).toContain(
      properties['resourceDiscoveryMode'],
    );
    const within = (name: string, from: number, to: number) => {
      expect(properties[name]).toBeGreaterThanOrEqual(from);
      expect(properties[name]).toBeLessThanOrEqual(to);
    };
    within('resourceCount', 1, 50_000);
    within('parallelDeployments', 1, 30);
    const { percentage } = properties['failureThreshold'] as { percentage: number };
    expect(percentage).toBeGreaterThan(0);
    expect(percentage).toBeLessThanOrEqual(1);
  });
});

describe('the language that the tests read policies by', () => {
  const around = {
    field: (name: string) => ({ a: 'Alpha', n: 3, t: { k: 'v' } })[name] ?? null,
    parameters: { list: ['al*', 'be*'] },
    resourceGroup: { name: 'rg' },
    requestContext: {},
    current: {},
  };
  const each = (like: string) => ({
    count: { value: "[parameters('list')]", name: 'one', where: { field: 'a', like } },
    equals: 1,
  });

  it.each<[boolean, Json]>([
    [true, { field: 'a', equals: 'ALPHA' }],
    [false, { field: 'a', equals: 'alph' }],
    [true, { field: 'a', like: 'al*' }],
    [true, { field: 'a', like: '*ha' }],
    [true, { field: 'a', like: 'a*a' }],
    [false, { field: 'a', like: 'alpha*a' }],
    [false, { field: 'a', like: 'alp' }],
    [true, { field: 'a', contains: 'PH' }],
    [true, { field: 'a', in: ['beta', 'alpha'] }],
    [false, { field: 'a', notIn: ['beta', 'alpha'] }],
    [true, { field: 'a', exists: 'true' }],
    // What is not there.
    [false, { field: 'z', equals: '' }],
    [true, { field: 'z', notEquals: '' }],
    [false, { field: 'z', like: '*' }],
    [true, { field: 'z', notLike: '*' }],
    [false, { field: 'z', contains: '' }],
    [true, { field: 'z', notContains: '' }],
    [false, { field: 'z', in: ['', 'null'] }],
    [true, { field: 'z', exists: 'false' }],
    [true, { value: "[field('n')]", lessOrEquals: 3 }],
    [false, { value: "[field('n')]", lessOrEquals: 2 }],
    [true, { allOf: [{ field: 'a', exists: 'true' }, { not: { field: 'z', exists: 'true' } }] }],
    [
      true,
      {
        anyOf: [
          { field: 'z', exists: 'true' },
          { field: 'a', exists: 'true' },
        ],
      },
    ],
    [true, each("[current('one')]")],
    [false, each("[concat(current('one'), 'x')]")],
  ])('%s: %j', (expected, condition) => {
    expect(holds(condition, around)).toBe(expected);
  });

  it.each<[unknown, string]>([
    ['rg', '[resourceGroup().name]'],
    [null, '[resourceGroup().managedBy]'],
    ["it's Alpha", "[concat('it''s ', field('a'))]"],
    [0, "[length(if(empty(field('z')), '', field('z')))]"],
    ['{"k":"v"}', "[string(field('t'))]"],
    [true, "[or(empty(field('a')), empty(field('z')))]"],
    ['[[literal]', '[[literal]'],
    ['plain', 'plain'],
  ])('%j: %s', (expected, text) => {
    expect(valueOf(text, around)).toEqual(expected);
  });

  it.each([
    ["[length(field('z'))]", 'no text'],
    ["[concat('a', field('z'))]", 'no text'],
    ["[parameters('none')]", 'nothing is called none'],
    ["[reference('a')]", 'no function reference'],
    ["[field('a'))]", 'left over'],
    ["[field('a']", 'no end'],
    ['[a + b]', 'cannot read'],
  ])('fails where Azure would fail, and deny: %s', (text, why) => {
    expect(() => valueOf(text, around)).toThrow(why);
  });

  it.each<[Json, string]>([
    [{ field: 'a', matches: 'x' }, 'no condition matches'],
    [{ field: 'a' }, 'no condition'],
    [{ field: 'a', like: '*a*' }, 'more than one wildcard'],
    [{ allOf: [] }, 'a list without conditions'],
  ])('passes over nothing that it does not know: %j', (condition, why) => {
    expect(() => holds(condition, around)).toThrow(why);
  });
});
