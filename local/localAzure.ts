import { seededChance } from './chance';
import type { ActiveRole, ArmRequest, ArmResponse, RoleDefinition } from './azure/contract';
import { createEventGrid } from './azure/eventGrid/createEventGrid';
import type { EventGrid, EventGridOptions } from './azure/eventGrid/types';
import { createLogin, type Login } from './azure/login/createLogin';
import type { Identity } from './azure/login/identity';
import { createNoticeSink } from './azure/notices/createNoticeSink';
import type { NoticeSink } from './azure/notices/types';
import { createPim, type Pim } from './azure/pim/createPim';
import { graphAssignments } from './azure/pim/graphAssignments';
import { isOwnPimRequest } from './azure/pim/provider';

import type { PimKnobs, PimSnapshot, Principal } from './azure/pim/types';
import { activityLogProvider } from './azure/resourceManager/activityLog';
import {
  createResourceManager,
  type ResourceManager,
} from './azure/resourceManager/createResourceManager';
import type { ResourceManagerOptions } from './azure/resourceManager/settings';
import { roleDefinitionFromJson } from './azure/resourceManager/roleDefinitions';
import { type Estate, subscriptionId, tenantId } from './estate';
import {
  administratorLogin,
  colleagues,
  customRoleGuids,
  type CustomRoleName,
  type CustomRoles,
  groups,
  identities,
  identitiesWith,
  localPassword,
  people,
  personas,
  postern,
  signInNameOf,
  standingAssignments,
} from './tenant';

/** One Azure on one machine: Resource Manager, PIM, Event Grid and sign-in over one estate. */
export type LocalAzure = {
  /** Everything that is served on the Resource Manager's port. */
  handle(request: ArmRequest): Promise<ArmResponse>;
  resourceManager: ResourceManager;
  pim: Pim;
  eventGrid: EventGrid;
  login: Login;
  /** Teams, Slack, a webhook and a topic: whom the app tells of windows. */
  notices: NoticeSink;
  /** Ends all timers. */
  close(): void;
};

export type LocalAzureOptions = {
  estate: Estate;
  /** Where all chance comes from. */
  seed: number;
  /** The custom roles of the app by the name of their file in `infra/roles`, as JSON. */
  customRoles: CustomRoles;
  /** Roles that others have made in this tenant. */
  otherRoles?: RoleDefinition[];
  eventGrid: Omit<EventGridOptions, 'random'>;
  resourceManager?: Partial<ResourceManagerOptions>;
  pim?: Partial<PimKnobs>;
  /** What an earlier PIM knew: it goes on from there. */
  pimFrom?: PimSnapshot;
  /** Its own URL: an audience that its tokens may be for, and where sign-in is. */
  audience?: string;
  /** Who lives in the tenant besides those who always do; eligible as they are. */
  people?: Principal[];
  /** Roles that somebody holds for good, besides those of the app's identities. */
  standing?: ActiveRole[];
};

/** Builds it; nothing runs until somebody activates a role or calls. */
export function createLocalAzure(options: LocalAzureOptions): LocalAzure {
  const random = seededChance(options.seed);
  const definitions = [...customRoles(options.customRoles), ...(options.otherRoles ?? [])];
  const login = createLogin({
    tenantId,
    ...(options.audience === undefined
      ? {}
      : { audiences: [options.audience], origin: options.audience }),
    apis: [postern],
    identities: whoSignsIn(options.customRoles),
  });
  const eventGrid = createEventGrid({ ...options.eventGrid, random });
  const pim = createPim({
    tenantId,
    emit: (event) => eventGrid.publish(event),
    principals: principalsOf(options),
    roleDefinitions: definitions,
    assignments: [
      ...standingAssignments(
        options.estate.subscriptions.map((one) => one.subscriptionId),
        options.customRoles,
      ),
      ...(options.standing ?? []),
    ],
    subscriptionNames: Object.fromEntries(
      options.estate.subscriptions.map((one) => [one.subscriptionId, one.displayName]),
    ),
    managementGroups: managementGroupsAbove(options.estate),
    ...(options.pim === undefined ? {} : { knobs: options.pim }),
    ...(options.pimFrom === undefined ? {} : { from: options.pimFrom }),
    random,
  });
  if (options.pimFrom === undefined) {
    makeEligible(pim, [...Object.values(people), ...(options.people ?? [])]);
  }
  const resourceManager = createResourceManager({
    machineSeed: options.seed,
    ...options.resourceManager,
    estate: options.estate,
    chance: random,
    authenticate: login.authenticate,
    roleSource: pim.roleSource,
    roleDefinitions: definitions,
  });
  resourceManager.addProvider(pim.provider, { isSelfService: isOwnPimRequest });
  addLogAndIndex(resourceManager, pim);
  const notices = createNoticeSink(options.seed);
  return {
    handle: async (request) =>
      (await notices.handle(request)) ??
      (await login.handle(request)) ??
      (await resourceManager.handle(request)),
    resourceManager,
    pim,
    eventGrid,
    login,
    notices,
    close: () => {
      pim.close();
      eventGrid.close();
      resourceManager.close();
    },
  };
}

function principalsOf(options: LocalAzureOptions): Principal[] {
  return [
    ...Object.values(people),
    ...(options.people ?? []),
    ...Object.values(colleagues),
    ...Object.values(groups),
    ...identitiesWith(options.customRoles).map(({ objectId, name }) => ({
      objectId,
      type: 'ServicePrincipal' as const,
      displayName: name,
    })),
  ];
}

/** The app's identities, everybody of the tenant, and the reader, who has a secret of its own. */
function whoSignsIn(roles: CustomRoles): Identity[] {
  const { reader } = identities;
  return [
    ...identitiesWith(roles).map((caller) => ({ caller, managed: true })),
    ...Object.values(personas).map((one) => ({
      caller: { objectId: one.objectId, name: signInNameOf(one), kind: 'person' as const },
      secret: localPassword,
      person: {
        displayName: one.displayName,
        groups: groupsOf(one.objectId),
        ...(one.homeIssuer === undefined ? {} : { homeIssuer: one.homeIssuer }),
      },
    })),
    { caller: reader, clientId: reader.objectId, secret: localPassword },
  ];
}

function groupsOf(objectId: string): string[] {
  const all: readonly Principal[] = Object.values(groups);
  return all.filter(({ members }) => members?.includes(objectId)).map((one) => one.objectId);
}

function makeEligible(pim: Pim, everybody: readonly { objectId: string }[]): void {
  for (const { objectId } of everybody) {
    pim.makeEligible({
      principalId: objectId,
      roleDefinitionGuid: administratorLogin,
      scope: `/subscriptions/${subscriptionId}/resourceGroups/rg-app`,
    });
  }
}

/** What Azure tells of changes afterwards: the activity log, and role assignments in the index. */
function addLogAndIndex(resourceManager: ResourceManager, pim: Pim): void {
  const { writeLog, settings, resourceGraph } = resourceManager;
  resourceManager.addProvider(activityLogProvider(writeLog, settings));
  const assignments = graphAssignments(pim, () => settings.resourceGraphLagMs);
  resourceGraph.addQuery('postern:assignments v1', assignments);
}

function customRoles(files: CustomRoles) {
  return Object.entries(files).map(([name, json]) => ({
    ...roleDefinitionFromJson(json),
    guid: customRoleGuids[name as CustomRoleName],
  }));
}

/** Names of the management groups above each subscription, nearest first. */
function managementGroupsAbove({ managementGroups }: Estate): Record<string, string[]> {
  const above: Record<string, string[]> = {};
  for (const group of managementGroups) {
    const chain: string[] = [];
    let name: string | undefined = group.name;
    while (name !== undefined) {
      chain.push(name);
      name = managementGroups.find((one) => one.name === name)?.parent;
    }
    for (const subscription of group.subscriptions) above[subscription] = chain;
  }
  return above;
}
