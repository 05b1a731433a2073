import type { AuthorizationManagementClient } from '@azure/arm-authorization';
import * as z from 'zod';
import { isGuid, lastSegment } from '../domain/armId';
import { cleanText } from '../domain/text';
import type {
  ActiveQuery,
  Directory,
  Instance,
  RoleAssignment,
  ScheduleRequest,
} from '../ports/directory';
import type { Arm } from './arm';
import { read, readPages } from './arm';
import { badId, rebuilt, withoutSlash } from './ids';
import { readAs } from './readAs';

const noSubscription = '00000000-0000-0000-0000-000000000000';

/** PIM for Azure resources and the plain role assignments, as far as confirming needs them. */
export function createDirectory(arm: Arm): Directory {
  let loaded: Promise<AuthorizationManagementClient> | null = null;
  const load = () => (loaded ??= createClient(arm));

  return {
    readRoleAssignment: async (id) => {
      const { parsed, text } = rebuilt(id);
      const kind = parsed.providers.at(-1);
      const isAssignment =
        kind?.namespace.toLowerCase() === 'microsoft.authorization' &&
        kind.segments.length === 1 &&
        kind.segments[0]?.type.toLowerCase() === 'roleassignments';
      if (!isAssignment) throw badId('a role assignment id');
      const client = await load();
      const answer = await read('reading a role assignment', (asItCame) =>
        client.roleAssignments.getById(withoutSlash(text), asItCame),
      );
      return answer && readAs(assignmentAnswer, answer, 'reading a role assignment');
    },
    listInstances: async (scope, principalId) => {
      const path = withoutSlash(rebuilt(scope).text);
      // The id stands inside a filter text: a GUID cannot end the quotes around it.
      if (!isGuid(principalId)) throw badId('a principal id');
      const client = await load();
      const instances: Instance[] = [];
      let answeredAt = Number.POSITIVE_INFINITY;
      await readPages(
        'listing activations',
        (asItCame) =>
          client.roleAssignmentScheduleInstances
            .listForScope(path, { filter: `assignedTo('${principalId}')`, ...asItCame })
            .byPage(),
        (answer) => {
          instances.push(...readAs(instancePage, answer, 'listing activations').value);
          // The first page is the oldest: what it lists is no younger than its own date.
          answeredAt = Math.min(answeredAt, answer.answeredAt);
        },
      );
      return { instances, answeredAt };
    },
    listActive: createListActive(load),
    readScheduleRequest: async (scope, name) => {
      const path = withoutSlash(rebuilt(scope).text);
      if (!isGuid(name)) throw badId('the name of a request');
      const client = await load();
      const answer = await read('reading an activation request', (asItCame) =>
        client.roleAssignmentScheduleRequests.get(path, name, asItCame),
      );
      return answer && readAs(requestAnswer, answer, 'reading an activation request');
    },
  };
}

/** Whole lists, up to a number of pages. */
function createListActive(
  load: () => Promise<AuthorizationManagementClient>,
): Directory['listActive'] {
  return async ({ scope, of }, pagesMax) => {
    const path = withoutSlash(rebuilt(scope).text);
    const filter = filterOf(of);
    const client = await load();
    const instances: Instance[] = [];
    const seen = new Set<string>();
    let answeredAt = Number.POSITIVE_INFINITY;
    let pages = 0;
    let cut = false;
    await readPages(
      'listing all activations',
      (asItCame) =>
        client.roleAssignmentScheduleInstances
          .listForScope(path, { ...filter, ...asItCame })
          .byPage(),
      (answer) => {
        const page = readAs(activePage, answer, 'listing all activations');
        instances.push(...page.value);
        answeredAt = Math.min(answeredAt, answer.answeredAt);
        pages += 1;
        const next = page.nextLink ?? '';
        // A page that leads back to an earlier one would be asked for again for ever.
        cut = next !== '' && (pages >= pagesMax || seen.has(next));
        seen.add(next);
        return cut ? 'enough' : undefined;
      },
    );
    return { instances, answeredAt, pages, cut };
  };
}

function filterOf(of: ActiveQuery['of']): { readonly filter?: string } {
  if (of === 'below') return {};
  if (of === 'above') return { filter: 'atScope()' };
  if (!isGuid(of.principalId)) throw badId('a principal id');
  return { filter: `principalId eq ${of.principalId}` };
}

async function createClient(arm: Arm): Promise<AuthorizationManagementClient> {
  const { AuthorizationManagementClient } = await import('@azure/arm-authorization');
  return arm.governed(
    new AuthorizationManagementClient(arm.credential, noSubscription, arm.clientOptions),
    { hasPages: true },
  );
}

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
/** What people typed ends up in rows, logs and terminals. */
const shownText = text.transform((value) => cleanText(value, 200));
const guid = z.guid().transform((value) => value.toLowerCase());
/** `null` and absence mean permanent; what is there but no date is as good as nothing. */
const instant = z
  .unknown()
  .optional()
  .transform((value) => {
    const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(at) ? null : at;
  });

const assignmentAnswer = z
  .object({
    id: z.string().startsWith('/'),
    properties: z.object({
      scope: z.string().min(1),
      roleDefinitionId: z.string().min(1),
      principalId: guid,
      principalType: text,
    }),
  })
  .transform(({ id, properties }): RoleAssignment => ({
    id,
    scope: properties.scope,
    principalId: properties.principalId,
    principalType: properties.principalType,
    roleDefinitionGuid: lastSegment(properties.roleDefinitionId),
  }));

const person = z.object({ displayName: shownText, email: shownText }).nullish();

const instanceRow = z
  .object({
    properties: z.object({
      assignmentType: text,
      originRoleAssignmentId: text,
      scope: text,
      roleDefinitionId: text,
      principalId: text,
      principalType: text,
      memberType: text,
      startDateTime: instant,
      endDateTime: instant,
      roleAssignmentScheduleId: text,
      expandedProperties: z.object({ principal: person }).nullish(),
    }),
  })
  .transform(({ properties }): Instance => ({
    assignmentType: properties.assignmentType,
    originRoleAssignmentId: properties.originRoleAssignmentId,
    scope: properties.scope,
    roleDefinitionGuid: lastSegment(properties.roleDefinitionId),
    principalId: properties.principalId.toLowerCase(),
    principalType: properties.principalType,
    memberType: properties.memberType,
    startAt: properties.startDateTime,
    endAt: properties.endDateTime,
    scheduleName: lastSegment(properties.roleAssignmentScheduleId),
    principalName: properties.expandedProperties?.principal?.displayName ?? '',
    principalMail: properties.expandedProperties?.principal?.email ?? '',
  }));

/** `value` is required: a page without it would be taken for "nothing is active" and close windows. */
const instancePage = z.object({ value: z.array(instanceRow) });
const activePage = instancePage.extend({ nextLink: text });

const requestAnswer = z
  .object({
    name: z.string().min(1),
    properties: z.object({
      principalId: guid,
      requestorId: text,
      requestType: text,
      status: text,
      createdOn: instant,
      justification: shownText,
      ticketInfo: z.object({ ticketNumber: shownText, ticketSystem: shownText }).nullish(),
      targetRoleAssignmentScheduleId: text,
    }),
  })
  .transform(({ name, properties }): ScheduleRequest => ({
    name: name.toLowerCase(),
    principalId: properties.principalId,
    requestorId: properties.requestorId.toLowerCase(),
    requestType: properties.requestType,
    status: properties.status,
    createdAt: properties.createdOn,
    justification: properties.justification,
    ticket: properties.ticketInfo?.ticketNumber ?? '',
    targetScheduleName: lastSegment(properties.targetRoleAssignmentScheduleId),
  }));
