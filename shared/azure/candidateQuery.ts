import * as z from 'zod';
import type { Candidate, CandidateOutbound } from '../domain/remediation/candidate';
import type { CandidateIndex, InstallingPolicy, SeenExtension } from '../ports/machines';
import { cleanText } from '../domain/text';
import type { Arm } from './arm';
import { strangeAnswer } from './arm';
import {
  candidatesQuery,
  duplicateNamesQuery,
  installingPoliciesQuery,
  loginExtensionsQuery,
} from './candidateQueries';
import { checkedAs } from './readAs';
import { createAskPage, createRunQuery, graphPageMax } from './resourceGraph';
import { identityOf, wireList, nameOf, powerOf, wireTags, wireText } from './wireMachine';

const rowsMax = 20_000;

/** What the nightly run asks of Resource Graph. */
export function createCandidateIndex(arm: Arm): CandidateIndex {
  const askPage = createAskPage(arm);
  const runQuery = createRunQuery(arm);
  return {
    listCandidates: async (scopes, token) => {
      const { query, within } = candidatesQuery(scopes);
      const { rows, next, isCut } = await askPage(query, within, graphPageMax, token);
      // Without a token the rest is unreachable: half an estate must not look like a whole one.
      if (isCut) throw strangeAnswer('TruncatedResult', 'listing virtual machines');
      const read = rows.map((row) => candidateRow.safeParse(row));
      const candidates = read.flatMap(({ success, data }) => (success ? [data] : []));
      return { candidates, strange: rows.length - candidates.length, next };
    },
    listLoginExtensions: async (subscriptionIds, token) => {
      const query = loginExtensionsQuery(subscriptionIds);
      const page = await askPage(query, {}, graphPageMax, token);
      if (page.isCut) throw strangeAnswer('TruncatedResult', 'listing extensions');
      const read = page.rows.map((row) => extensionRow.safeParse(row));
      const extensions = read.flatMap(({ success, data }) => (success ? [data] : []));
      return { extensions, next: page.next };
    },
    listDuplicateNames: async () => {
      const rows = await runQuery(duplicateNamesQuery, {}, rowsMax);
      return checkedAs(nameRows, rows, 'listing host names').map(({ name }) => name);
    },
    listInstallingPolicies: async () => {
      const rows = await runQuery(installingPoliciesQuery, { inherited: true }, rowsMax);
      return checkedAs(policyRows, rows, 'listing policy assignments');
    },
  };
}

/** Resource Graph gives booleans as such, as numbers or as null. */
const flag = z.union([z.boolean(), z.number()]).nullish().catch(null);

const way = z.object({
  publicIpId: wireText,
  loadBalanced: flag,
  natGatewayId: wireText,
  routeTableId: wireText,
  defaultOutbound: flag,
});

const candidateRow = z
  .object({
    id: z.string().min(1),
    name: wireText,
    subscriptionId: wireText,
    location: wireText,
    tags: wireTags,
    vmGuid: wireText,
    osType: wireText,
    osName: wireText,
    osVersion: wireText,
    powerState: wireText,
    profileName: wireText,
    agentName: wireText,
    vmSize: wireText,
    extensionsAllowed: flag,
    identityType: wireText,
    userAssigned: z.record(z.string(), z.unknown()).nullish().catch(null),
    publisher: wireText,
    offer: wireText,
    imageSku: wireText,
    imageId: wireText,
    planPublisher: wireText,
    managedBy: wireText,
    scaleSetId: wireText,
    extensions: wireList(
      z.object({
        name: wireText,
        publisher: wireText,
        type: wireText,
        version: wireText,
        state: wireText,
      }),
    ),
    ways: z.array(way).nullish().catch(null),
  })
  .transform((row): Candidate => ({
    vmId: row.id,
    name: row.name || nameOf(row.id),
    subscriptionId: row.subscriptionId.toLowerCase(),
    location: row.location,
    vmGuid: row.vmGuid.toLowerCase(),
    tags: row.tags,
    osType: row.osType,
    image: { publisher: row.publisher, offer: row.offer, sku: row.imageSku, id: row.imageId },
    osName: row.osName,
    osVersion: row.osVersion,
    computerName: row.profileName || row.agentName,
    vmSize: row.vmSize,
    power: powerOf(row.powerState),
    agent: 'unknown',
    extensionsAllowed: row.extensionsAllowed === null ? null : Boolean(row.extensionsAllowed),
    identity: identityOf(row.identityType, row.userAssigned),
    scaleSetId: row.scaleSetId,
    planPublisher: row.planPublisher,
    managedBy: row.managedBy,
    extensions: row.extensions,
    outbound: outboundOf(row.ways),
  }));

type Way = z.infer<typeof way>;

/**
 * A way out that anybody gave the machine. Behind a load balancer or a route table there may be one
 * or not: what they hold is not read, so nobody knows. `null`: its interfaces could not be seen.
 */
function outboundOf(ways: readonly Way[] | null | undefined): CandidateOutbound {
  if (ways === null || ways === undefined || ways.length === 0) return 'unknown';
  if (ways.some(({ publicIpId, natGatewayId }) => publicIpId !== '' || natGatewayId !== '')) {
    return 'explicit';
  }
  if (ways.some(({ loadBalanced, routeTableId }) => Boolean(loadBalanced) || routeTableId !== '')) {
    return 'unknown';
  }
  // The property is absent on subnets of before: they have the default outbound access.
  const isPrivate = ways.every(
    ({ defaultOutbound }) => defaultOutbound === false || defaultOutbound === 0,
  );
  return isPrivate ? 'none' : 'implicit';
}

const loginType = z.enum(['AADLoginForWindows', 'AADSSHLoginForLinux']);
/** Azure keeps the case in which somebody wrote it. */
const anyLoginType = z
  .string()
  .transform(
    (type) => loginType.options.find((one) => one.toLowerCase() === type.toLowerCase()) ?? type,
  )
  .pipe(loginType);

const extensionRow: z.ZodType<SeenExtension> = z
  .object({ vmId: z.string().min(1), type: anyLoginType, state: wireText })
  .transform(({ vmId, type, state }) => ({
    vmId: vmId.toLowerCase(),
    type,
    state: cleanText(state, 40),
  }));

const nameRows = z.array(
  z.object({ name: z.string().transform((name) => name.toLowerCase()), machines: z.number() }),
);

const policyRows: z.ZodType<InstallingPolicy[]> = z.array(
  z
    .object({
      id: z.string().min(1),
      scope: z.string().min(1),
      notScopes: wireList(z.string()),
      type: anyLoginType,
    })
    .transform(({ id, scope, notScopes, type }) => ({
      id: id.toLowerCase(),
      scope: scope.toLowerCase(),
      notScopes: notScopes.map((one) => one.toLowerCase()),
      type,
    })),
);
