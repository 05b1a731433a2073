import * as z from 'zod';
import {
  quarantinedSchema,
  quarantineListSchema,
} from '../../../shared/contract/remediation/remediationSchemas';
import type { Client } from '../client';
import { Ending, exitCodes } from '../ending';
import { eachPage } from '../runs';
import type { Session } from '../session';
import { understood } from '../windows';
import { plain, timeText } from '../words';

type Quarantined = z.output<typeof quarantinedSchema>;

const raw = z.looseObject({ vms: z.array(z.unknown()) });
/** A page has a hundred. */
const lookThroughPages = 500;

/** Lists VMs that are left alone since they failed too often. Throws `Ending`. */
export async function quarantine(
  session: Session,
  { pages }: { readonly pages: number },
): Promise<void> {
  const { vms, next, json } = await readQuarantine(session.client, pages);
  session.tell(() => quarantineText(vms, session), json);
  if (next !== null) session.remark(`There are more than these ${vms.length}: --pages adds.`);
}

/** Lets a VM out: named by its id, its name, or the id that the list has for it. Throws `Ending`. */
export async function release(
  session: Session,
  wanted: string,
  { reason }: { readonly reason: string },
): Promise<void> {
  const { vms } = await readQuarantine(session.client, lookThroughPages);
  const lower = wanted.toLowerCase();
  const found = vms.filter((one) =>
    [one.id, one.vm, one.name].some((name) => name.toLowerCase() === lower),
  );
  const [first, ...others] = found;
  if (first === undefined) {
    throw new Ending(exitCodes.refused, `${plain(wanted, 200)} is not in quarantine.`);
  }
  if (others.length > 0) {
    const ids = found.slice(0, 10).map(({ vm }) => `\n  ${plain(vm)}`);
    throw new Ending(exitCodes.wrong, `Several VMs are called so: write the id.${ids.join('')}`);
  }
  // The id goes into a path: only what such an id can be does.
  if (!/^[a-z2-7]{20}$/.test(first.id)) {
    throw new Ending(exitCodes.unreached, 'The list has a strange id for it.');
  }
  const path = `quarantine/${first.id}/release`;
  const body = { reason };
  const json = await session.client.send({ method: 'POST', path, body });
  const { vm } = understood(quarantinedSchema, json);
  session.tell(() => `${plain(vm)} is looked at again in the next night.`, json);
}

async function readQuarantine(client: Client, pagesMax: number) {
  const vms: Quarantined[] = [];
  const all: unknown[] = [];
  const next = await eachPage(client, 'quarantine', pagesMax, (json) => {
    const page = understood(quarantineListSchema, json);
    vms.push(...page.vms);
    all.push(...understood(raw, json).vms);
    return page.next;
  });
  return { vms, next, json: { vms: all, next } };
}

function quarantineText(vms: readonly Quarantined[], { colours, now }: Session): string {
  if (vms.length === 0) return 'No VM is in quarantine.';
  return vms
    .flatMap(({ name, vm, failures, quarantinedAt, what, cause, next }) => [
      `${colours.bold(plain(name, 80))}  ${failures} nights, since ${timeText(quarantinedAt, now())}`,
      `  ${plain(vm)}`,
      `  ${[plain(what), plain(cause)].filter((one) => one !== '').join(' ')}`,
      `  Next: ${plain(next)}`,
    ])
    .join('\n');
}
