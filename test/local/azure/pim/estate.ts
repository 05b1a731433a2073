import type { ArmResponse, Caller, ResourceEvent } from '../../../../local/azure/contract';
import { createPim, type Pim } from '../../../../local/azure/pim/createPim';
import { seededChance } from '../../../../local/chance';
import type { PimKnobs, PimOptions } from '../../../../local/azure/pim/types';

export const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';
export const TENANT = '22222222-2222-4222-8222-222222222222';
export const ADA = '33333333-3333-4333-8333-333333333333';
export const BOB = '33333333-bbbb-4333-8333-333333333333';
export const OPERATORS = '99999999-0000-4000-8000-000000000001';
export const OPENER = 'aaaaaaaa-0000-4000-8000-000000000001';
export const ADMIN_LOGIN = '1c0163c0-47e6-4577-8991-ea5c82e286e4';
export const USER_LOGIN = 'fb879df8-f326-4884-b1cf-06f3ad86be52';
export const OPENER_ROLE = 'cccccccc-0000-4000-8000-000000000001';
export const SUB_SCOPE = `/subscriptions/${SUBSCRIPTION}`;
export const RG_SCOPE = `${SUB_SCOPE}/resourceGroups/rg-app`;
export const VM_SCOPE = `${RG_SCOPE}/providers/Microsoft.Compute/virtualMachines/vm-app-01`;
export const MG_SCOPE = '/providers/Microsoft.Management/managementGroups/mg-prod';

export const ada: Caller = { objectId: ADA, name: 'ada@contoso.com', kind: 'person' };
export const bob: Caller = { objectId: BOB, name: 'bob@contoso.com', kind: 'person' };
export const opener: Caller = { objectId: OPENER, name: 'opener', kind: 'app' };

/** A PIM with Ada eligible on the resource group, and what it raises and answers. */
export type Estate = {
  pim: Pim;
  events: ResourceEvent[];
  /** Operation names of the events so far, in order. */
  told: () => string[];
  arm: (method: string, path: string, options?: { as?: Caller; body?: unknown }) => Promise<Answer>;
  /** Rows of a list, following nextLink. */
  list: (path: string, as?: Caller) => Promise<Row[]>;
};

export type Answer = { status: number; body: Record<string, unknown> };
export type Row = { id: string; name: string; type: string; properties: Record<string, unknown> };

export function estate(knobs: Partial<PimKnobs> = {}, options: Partial<PimOptions> = {}): Estate {
  const events: ResourceEvent[] = [];
  const pim = createPim({
    tenantId: TENANT,
    emit: (event) => events.push(event),
    principals: [
      {
        objectId: ADA,
        type: 'User',
        displayName: 'Ada Example',
        upn: 'ada@contoso.com',
        ipAddress: '203.0.113.10',
      },
      { objectId: BOB, type: 'User', displayName: 'Bob Example', upn: 'bob@contoso.com' },
      { objectId: OPERATORS, type: 'Group', displayName: 'operators', members: [BOB] },
      { objectId: OPENER, type: 'ServicePrincipal', displayName: 'opener' },
    ],
    roleDefinitions: [
      { guid: OPENER_ROLE, name: 'Postern opener', actions: ['*/read'], notActions: [] },
    ],
    assignments: [{ principalId: OPENER, roleDefinitionGuid: OPENER_ROLE, scope: SUB_SCOPE }],
    subscriptionNames: { [SUBSCRIPTION]: 'Pay-As-You-Go' },
    managementGroups: { [SUBSCRIPTION]: ['mg-prod'] },
    random: seededChance(1),
    knobs,
    ...options,
  });
  pim.makeEligible({ principalId: ADA, roleDefinitionGuid: ADMIN_LOGIN, scope: RG_SCOPE });
  const arm: Estate['arm'] = async (method, path, { as = opener, body } = {}) => {
    const url = new URL(path, 'https://management.azure.com');
    const answer = await callProvider(pim, method, url, as, body);
    if (!answer) throw new Error(`Nobody answers ${method} ${path}.`);
    return { status: answer.status, body: JSON.parse(answer.body ?? '{}') };
  };
  return {
    pim,
    events,
    told: () => events.map((event) => String(event.data['operationName'])),
    arm,
    async list(path, as = opener) {
      const rows: Row[] = [];
      let next: string | undefined = path;
      while (next !== undefined) {
        const page: Answer = await arm('GET', next, { as });
        if (page.status !== 200) throw new Error(JSON.stringify(page.body));
        rows.push(...(page.body['value'] as Row[]));
        next = page.body['nextLink'] as string | undefined;
      }
      return rows;
    },
  };
}

function callProvider(
  pim: Pim,
  method: string,
  url: URL,
  caller: Caller,
  body: unknown,
): Promise<ArmResponse | undefined> {
  const query = new URLSearchParams();
  for (const [name, value] of url.searchParams) query.append(name.toLowerCase(), value);
  return pim.provider({
    request: { method, url: url.href, headers: {} },
    caller,
    path: url.pathname,
    query,
    json: body,
  });
}

/** A list of PIM at a scope. */
export function instancesOf(scope: string, filter?: string): string {
  const query = filter === undefined ? '' : `&$filter=${encodeURIComponent(filter)}`;
  return (
    `${scope}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances` +
    `?api-version=2020-10-01${query}`
  );
}
