import * as z from 'zod';
import { localAccountPolicies } from '../domain/remediation/readiness/localAccountPolicies';
import type { Compliance } from '../domain/remediation/readiness/localAccountsPart';
import type { Inventory, LocalAccountRow } from '../ports/inventory';
import { strangeAnswer } from './arm';
import { rebuilt } from './ids';
import { checkedAs } from './readAs';
import type { AskPage } from './resourceGraph';
import { graphPageMax } from './resourceGraph';
import { wireText } from './wireMachine';

const doing = 'listing policy states';

/** What policy says of local accounts: states of known built-in definitions, page by page. */
export function createLocalAccountsQuery(askPage: AskPage): Pick<Inventory, 'listLocalAccounts'> {
  return {
    listLocalAccounts: async (vmId, token) => {
      const { rows, next, isCut } = await askPage(
        localAccountsQuery(vmId),
        {},
        graphPageMax,
        token,
      );
      // Half of what policy says must not look like all of it.
      if (isCut) throw strangeAnswer('TruncatedResult', doing);
      return { rows: checkedAs(stateRows, rows, doing), next };
    },
  };
}

/** By the whole id, so that nobody's own definition is taken for the built-in one of its name. */
const policies = new Map(
  localAccountPolicies.definitions.map((policy) => [
    `/providers/microsoft.authorization/policydefinitions/${policy.id}`,
    policy,
  ]),
);

/**
 * The id is rebuilt from parts whose grammar has no quote. Of every VM, where none is named: the
 * text stays short, and there are as many rows as there are assignments, which are few or none.
 */
function localAccountsQuery(vmId: string | null): string {
  const definitions = [...policies.keys()].map((id) => `'${id}'`).join(',\n    ');
  const ofOne = vmId === null ? '' : `| where vmId in~ ('${rebuilt(vmId).text}')\n`;
  return `// postern:localAccounts v1
policyresources
| where type =~ 'microsoft.policyinsights/policystates'
| where properties.resourceType =~ 'microsoft.compute/virtualmachines'
| extend vmId = tolower(tostring(properties.resourceId)),
    definitionId = tolower(tostring(properties.policyDefinitionId))
| where definitionId in~ (${definitions})
${ofOne}| project id, vmId, definitionId, state = tostring(properties.complianceState)
| order by id asc`;
}

/** Words of Azure's; what is not among them is as good as not decided. */
const compliances: ReadonlyMap<string, Compliance> = new Map([
  ['compliant', 'compliant'],
  ['noncompliant', 'nonCompliant'],
  ['exempt', 'exempt'],
]);

/** Another definition than those that were asked for is a strange answer. */
const policyOf = z.string().transform((id, context) => {
  const policy = policies.get(id.toLowerCase());
  if (policy === undefined) context.addIssue({ code: 'custom' });
  return policy ?? z.NEVER;
});

// A row that cannot be read may be the one that found an account: none is left out.
const stateRows: z.ZodType<LocalAccountRow[]> = z.array(
  z
    .object({ vmId: z.string().min(1), definitionId: policyOf, state: wireText })
    .transform(({ vmId, definitionId, state }) => ({
      vmId: vmId.toLowerCase(),
      policy: definitionId,
      compliance: compliances.get(state.toLowerCase()) ?? 'unknown',
    })),
);
