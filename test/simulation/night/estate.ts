import { type Estate, estateOf, subscriptionId } from '../../../local/estate';
import type { NightMachine, NightPlan } from './nightPlan';
import { nightGroup, nightSubnet, policyGroup, privateSubnet, recipeOf } from './recipes';

type EstatePlan = Parameters<typeof estateOf>[0];

/** The estate of the windows, with the machines of the night beside theirs. */
export function withMachines(
  { machines }: NightPlan,
  vms: EstatePlan['vms'],
  subnetNsgs: Record<string, string | null>,
): Estate {
  const estate = estateOf({
    vms: [...vms, ...machines.map(vmOf)],
    subnetNsgs: { ...subnetNsgs, [nightSubnet]: null, [privateSubnet]: null },
    subnetWays: {
      [nightSubnet]: { natGatewayId: '/nat' },
      [privateSubnet]: { defaultOutboundAccess: false },
    },
  });
  return { ...estate, policyAssignments: assignments };
}

function vmOf({ name, recipe }: NightMachine): EstatePlan['vms'][number] {
  const { seed, group = nightGroup, subnet = nightSubnet } = recipeOf(recipe);
  return { name, group, nics: [{ nsg: null, subnet }], tags: {}, ...seed };
}

const policyScope = `/subscriptions/${subscriptionId}/resourceGroups/${policyGroup}`;

const assignments: NonNullable<Estate['policyAssignments']> = (
  ['AADLoginForWindows', 'AADSSHLoginForLinux'] as const
).map((type) => ({
  id: `${policyScope}/providers/Microsoft.Authorization/policyAssignments/${type}`,
  scope: policyScope,
  type,
}));
