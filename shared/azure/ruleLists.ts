import * as z from 'zod';
import { isGuid } from '../domain/armId';
import { Fault } from '../domain/fault';
import { looksLikeOurs } from '../domain/sweep/looksLikeOurs';
import type { RuleSighting } from '../ports/inventory';
import type { Network } from '../ports/network';
import type { Answer } from './pipeline';
import type { Arm } from './arm';
import { readPages, strangeAnswer } from './arm';
import { perSubscription } from './perSubscription';
import { createPlainRequests } from './plainRequests';
import { readAs } from './readAs';

type RuleLists = Pick<Network, 'visibleSubscriptions' | 'listOurRulesIn'>;

const subscriptionPagesMax = 50;
const doingSubscriptions = 'listing subscriptions';
const doingNsgs = 'listing network security groups';

/** What is known without the index: Resource Manager's own lists, slower and never behind. */
export function createRuleLists(arm: Arm): RuleLists {
  const clientFor = perSubscription(async (id) => {
    const { NetworkManagementClient } = await import('@azure/arm-network');
    return arm.governed(new NetworkManagementClient(arm.credential, id, arm.clientOptions), {
      hasPages: true,
    });
  });
  return {
    visibleSubscriptions: () => visibleSubscriptions(arm),
    listOurRulesIn: async (subscriptionId) => {
      const { networkSecurityGroups } = await clientFor(subscriptionId);
      const rules: RuleSighting[] = [];
      let strange = 0;
      const take = (answer: Answer): void => {
        for (const item of readAs(page, answer, doingNsgs).value) {
          const nsg = nsgRow.safeParse(item);
          // One row that nobody understands must not hide all the others.
          if (!nsg.success) strange += 1;
          else rules.push(...oursIn(nsg.data));
        }
      };
      try {
        await readPages(
          doingNsgs,
          (asItCame) => networkSecurityGroups.listAll(asItCame).byPage(),
          take,
        );
      } catch (error) {
        const isCapped = error instanceof Fault && error.facts.code === 'TooManyPages';
        if (!isCapped) throw error;
        return { rules, isWhole: false };
      }
      return { rules, isWhole: strange === 0 };
    },
  };
}

/**
 * None of the clients that the app has lists subscriptions, so the request goes through a bare
 * pipeline with the same rules as every other (learn.microsoft.com/rest/api/resources/subscriptions/list).
 */
async function visibleSubscriptions(arm: Arm): Promise<string[]> {
  const { get } = createPlainRequests(arm);
  const ids = new Set<string>();
  let url = `${arm.endpoint}/subscriptions?api-version=2022-12-01`;
  for (let pages = 0; pages < subscriptionPagesMax; pages++) {
    const answer = await get(doingSubscriptions, url);
    if (answer === null) throw strangeAnswer('NotFound', doingSubscriptions);
    const { value, nextLink } = readAs(subscriptionPage, answer, doingSubscriptions);
    for (const { subscriptionId } of value) {
      if (isGuid(subscriptionId)) ids.add(subscriptionId.toLowerCase());
    }
    if (nextLink === null || nextLink === '') return [...ids];
    url = nextLink;
  }
  throw strangeAnswer('TooManyPages', doingSubscriptions);
}

function oursIn({ id, properties }: z.infer<typeof nsgRow>): RuleSighting[] {
  return properties.securityRules
    .map(({ name, properties: { description } }) => ({ nsgId: id, ruleName: name, description }))
    .filter(({ ruleName, description }) => looksLikeOurs(ruleName, description));
}

const page = z.object({ value: z.array(z.unknown()) });

const nsgRow = z.object({
  id: z.string().min(1),
  properties: z.object({
    securityRules: z.array(
      z.object({
        name: z.string().min(1),
        properties: z.object({
          description: z
            .string()
            .nullish()
            .transform((value) => value ?? ''),
        }),
      }),
    ),
  }),
});

const subscriptionPage = z.object({
  value: z.array(z.object({ subscriptionId: z.string() })),
  nextLink: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
});
