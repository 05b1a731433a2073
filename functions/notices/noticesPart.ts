import type { NoticesRow } from '../../shared/domain/notices/notice';
import type { Part } from '../http/healthAnswer';
import { iso } from '../activities/window/run';
import { failingMsMax, type NoticesWorld } from './noticeRun';

/** A notice that was given up keeps health red for so long: somebody was not told. */
const rememberedMs = 3_600_000;

/**
 * Notices as health shows them: off, faulty, or each channel with what waits for it. Red where a
 * channel has taken nothing for five minutes, and for an hour after a notice was given up. Never
 * shows an address. Throws `Fault`.
 */
export async function noticesPart(world: NoticesWorld): Promise<Part> {
  const { notices, ledger, clock } = world;
  if ('faults' in notices) return { ok: false, faults: notices.faults };
  if (notices.channels.length === 0) return { ok: true, channels: 'off' };
  const rows = (await ledger.notices.list()).map(({ row }) => row);
  const now = clock.now();
  const parts = await Promise.all(
    notices.channels.map(async ({ name }) => {
      const known = (await ledger.noticeChannels.get(name))?.row;
      const { failingSince = null, undelivered = 0, undeliveredAt = null } = known ?? {};
      const isFailing = failingSince !== null && now - failingSince >= failingMsMax;
      const hasLost = undeliveredAt !== null && now - undeliveredAt < rememberedMs;
      const failing =
        failingSince === null ? {} : { code: known?.code ?? '', status: known?.status ?? 0 };
      return {
        ok: !isFailing && !hasLost,
        name,
        waiting: waitingFor(rows, name),
        failingSince: iso(failingSince),
        ...failing,
        undelivered,
        lastUndelivered: iso(undeliveredAt),
      };
    }),
  );
  return { ok: parts.every((part) => part.ok), channels: parts };
}

function waitingFor(rows: readonly NoticesRow[], name: string): number {
  return rows
    .flatMap(({ deliveries }) => deliveries)
    .filter(({ channel, state }) => channel === name && state === 'due').length;
}
