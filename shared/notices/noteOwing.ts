import type { Caller } from '../domain/caller/caller';
import { factsOf } from '../domain/fault';
import type { TargetRefusal } from '../domain/grant';
import { hashId } from '../domain/identity';
import { newNoticesRow, sameRefusalMs } from '../domain/notices/deliveries';
import type { RefusedAsk } from '../domain/notices/notice';
import type { Refusal } from '../domain/refusal';
import type { Asked } from '../domain/request/asked';
import { cleanText } from '../domain/text';
import { refusalAllowance } from './refusalAllowance';
import type { World } from '../ports/world';

const textMax = 300;

type NoticesWorld = Pick<World, 'clock' | 'log' | 'ledger' | 'notices'>;

/**
 * Puts a window on the list of those that owe notices, so that its end is told also where it comes
 * before the next look of the timer. Never throws: whoever opens or refuses does not depend on it,
 * and the timer finds windows that live by itself.
 */
export async function noteWindow(world: NoticesWorld, windowId: string): Promise<void> {
  if (isOff(world)) return;
  await note(world, windowId, null);
}

/** The same for an activation that was refused, as far as refusals are told of at all now. */
export async function noteRefusedWindow(
  world: NoticesWorld,
  windowId: string,
  personId: string,
): Promise<void> {
  if (isOff(world)) return;
  if (refusalAllowance(world, 'activation', personId) === null) return;
  await note(world, windowId, null);
}

/** The same for a request over HTTP: it leaves no row, so what is to be told is kept here. */
export async function noteRefusedRequest(
  world: NoticesWorld,
  caller: Caller,
  asked: Asked,
  said: { readonly refusal: Refusal; readonly targets: readonly TargetRefusal[] },
): Promise<void> {
  if (isOff(world)) return;
  const at = world.clock.now();
  const { code, rule, next } = said.refusal;
  const hour = Math.floor(at / sameRefusalMs);
  const id = `ask-${hashId(`${caller.objectId}|${code}|${hour}`)}`;
  const mutedBefore = refusalAllowance(world, 'request', caller.objectId);
  if (mutedBefore === null) return;
  await note(world, id, {
    at,
    personId: caller.objectId,
    personName: clean(caller.name),
    vms: asked.vms.slice(0, 10).map(clean),
    reason: clean(asked.reason),
    ticket: clean(asked.ticket),
    refusal: { code, rule: clean(rule), next: clean(next) },
    targets: said.targets.slice(0, 5),
    mutedBefore,
  });
}

function isOff({ notices }: NoticesWorld): boolean {
  return 'faults' in notices || notices.channels.length === 0;
}

async function note(world: NoticesWorld, id: string, ask: RefusedAsk | null): Promise<void> {
  const { ledger, clock, log } = world;
  try {
    await ledger.notices.insert(newNoticesRow(id, clock.now(), ask));
  } catch (error) {
    const { kind, code } = factsOf(error);
    log.warn('notice.unnoted', { subject: id, faultKind: kind, azureCode: code });
  }
}

function clean(text: string): string {
  return cleanText(text, textMax);
}
