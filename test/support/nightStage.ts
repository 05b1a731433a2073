import { directTransport } from '../../local/azure/eventGrid/transport';
import type { ResourceManagerOptions } from '../../local/azure/resourceManager/settings';
import { type Estate, subscriptionId } from '../../local/estate';
import { identities } from '../../local/tenant';
import { createLocalAzure, type LocalAzure } from '../../local/localAzure';
import { isOver, type RemediationRow } from '../../shared/domain/remediation/remediationRow';
import type { Entry } from '../../shared/domain/remediation/entry';
import { batchId } from '../../shared/domain/remediation/batchRow';
import type { NightLedger } from '../../shared/ports/nightLedger';
import type { VirtualTime } from '../virtualTime';
import { customRoles, remediatorRoles } from './simulatedSettings';

/** A local Azure for the remediator alone: no events, and all the rest as it is. */
export function nightAzure(
  estate: Estate,
  resourceManager: Partial<ResourceManagerOptions> = {},
  { mayKeepIdentities = false } = {},
): LocalAzure {
  return createLocalAzure({
    estate,
    seed: 1,
    customRoles: { ...customRoles(), ...remediatorRoles() },
    eventGrid: { subscriptions: [], deliver: directTransport(async () => ({ status: 503 })) },
    resourceManager,
    ...(mayKeepIdentities ? identityOperator : {}),
  });
}

const operatorGuid = 'f1a07417-d97a-45cb-824c-7a7467783830';

/** A role by which user-assigned identities may be sent again, held by the remediator. */
const identityOperator = {
  otherRoles: [
    {
      guid: operatorGuid,
      name: 'Identity Keeper',
      actions: ['Microsoft.ManagedIdentity/userAssignedIdentities/assign/action'],
      notActions: [],
    },
  ],
  standing: [
    {
      principalId: identities.remediator.objectId,
      roleDefinitionGuid: operatorGuid,
      scope: `/subscriptions/${subscriptionId}`,
    },
  ],
};

/** Lets time pass until a run is over; answers its row. */
export async function untilOver(
  time: VirtualTime,
  ledger: NightLedger,
  id: string,
  msMax = 3 * 3_600_000,
): Promise<RemediationRow> {
  const until = time.now() + msMax;
  for (;;) {
    const row = (await ledger.remediations.get(id))?.row;
    if (row !== undefined && isOver(row)) return row;
    if (time.now() > until) throw new Error(`The run is not over: ${JSON.stringify(row)}`);
    await time.pass(5_000);
  }
}

/** Every VM of a run, in the order of the batches. */
export async function entriesOf(ledger: NightLedger, id: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let number = 0; ; number++) {
    const stored = await ledger.remediationBatches.get(batchId(id, number));
    if (stored === null) return entries;
    entries.push(...stored.row.entries);
  }
}

/** What became of each VM, by its name: outcome, and the reason where there is one. */
export async function outcomesOf(ledger: NightLedger, id: string): Promise<Record<string, string>> {
  const entries = await entriesOf(ledger, id);
  return Object.fromEntries(
    entries.map(({ vmId, end }) => [
      vmId.slice(vmId.lastIndexOf('/') + 1),
      [end?.outcome ?? 'open', ...(end?.reason ? [end.reason] : [])].join(' '),
    ]),
  );
}

/** A VM that lacks the extension alone, with a way out. */
export const bareVm = { identity: { system: true, userAssigned: [] } } as const;

/** Names for many VMs alike. */
export function manyVms<Plan extends object>(count: number, plan: Plan) {
  return Array.from({ length: count }, (_, at) => ({ name: `vm-${at}`, ...plan }));
}

/** Writes to VMs that were accepted, by the name of the VM: `PATCH` or `PUT`, in their order. */
export function vmWrites(azure: LocalAzure): Record<string, string[]> {
  const writes: Record<string, string[]> = {};
  for (const { method, path, status } of azure.resourceManager.writeLog.records) {
    const name = /\/virtualMachines\/([^/]+)/i.exec(path)?.[1];
    if (name === undefined || status >= 300) continue;
    (writes[name] ??= []).push(method);
  }
  return writes;
}
