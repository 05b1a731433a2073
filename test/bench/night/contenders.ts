import type { ArmResponse } from '../../../local/azure/contract';
import { createCaller, type NightCaller } from './nightCaller';
import type { NightLayout } from './nightLayouts';
import { nightWrites, type NightWrites } from './nightWrites';
import { contender, openNight, type OpenNight, vmOfInstall } from './openNight';

/** Another way to do the same job. */
export type Contender = {
  readonly name: string;
  /** Lists of VMs that are worked on side by side, and how many VMs of each at once. */
  readonly lists: number;
  readonly width: number;
  /**
   * `polls`: a program that asks every 15 s whether an operation is over. `told`: the platform
   * itself, which knows at once and asks nobody.
   */
  readonly waits: 'polls' | 'told';
};

/** What Microsoft documents of remediation tasks: resources of one, deployments at once, tasks at once. */
const emulation = 'emulation of documented parameters';

/** Everybody but us. */
export const contenders: readonly Contender[] = [
  { name: 'sequential loop, polls every 15 s', lists: 1, width: 1, waits: 'polls' },
  { name: 'pool, 30 wide, polls every 15 s', lists: 1, width: 30, waits: 'polls' },
  { name: `${emulation}: 1 task, 10 wide`, lists: 1, width: 10, waits: 'told' },
  { name: `${emulation}: 1 task, 30 wide`, lists: 1, width: 30, waits: 'told' },
  { name: `${emulation}: 20 tasks x 10 wide`, lists: 20, width: 10, waits: 'told' },
];

/** What one of them made of a night. Times in ms of virtual time. */
export type ContenderNight = {
  readonly name: string;
  readonly writes: NightWrites;
  /** When the last VM was done with. */
  readonly overMs: number;
  readonly requests: number;
};

/** Refusals of one write that are waited out before a VM is given up: generous to whoever is slow. */
const attemptsMax = 20;
const busyMs = 90_000;
const pollMs = 15_000;
const overMaxMs = 5_000 * 3_600_000;

/**
 * Plays a night as somebody else would: the list of VMs is given, and nothing is looked at before
 * it is written. Each write is sent as ours are, refusals are waited out as they ask, and a VM that
 * fails is not tried again.
 */
export async function playContender(
  { name, lists, width, waits }: Contender,
  layout: NightLayout,
  seed: number,
): Promise<ContenderNight> {
  const night = openNight(layout, seed);
  try {
    const caller = createCaller(night.azure);
    const ended = waits === 'told' ? endsOf(night) : null;
    const work = (vmId: string): Promise<void> => makeReady(vmId, layout, caller, ended);
    const each = Math.ceil(night.vmIds.length / lists);
    let left = lists * width;
    for (let list = 0; list < lists; list++) {
      const ids = night.vmIds.slice(list * each, (list + 1) * each);
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let id = ids[next++]; id !== undefined; id = ids[next++]) await work(id);
        left -= 1;
      };
      for (let at = 0; at < width; at++) void worker();
    }
    await night.time.passUntil(() => left === 0, overMaxMs);
    return {
      name,
      writes: nightWrites(night.records(), night.beganAt),
      overMs: night.time.now() - night.beganAt,
      requests: caller.requests(),
    };
  } finally {
    night.close();
  }
}

async function makeReady(
  vmId: string,
  { writesEach }: NightLayout,
  caller: NightCaller,
  ended: Ends | null,
): Promise<void> {
  if (writesEach === 2 && !(await write(caller.patchIdentity, vmId, caller, ended))) return;
  await write(caller.putExtension, vmId, caller, ended);
}

type Send = (vmId: string) => Promise<ArmResponse>;

/** Sends until it is accepted, and waits for its end; false: it was refused for good. */
async function write(
  send: Send,
  vmId: string,
  caller: NightCaller,
  ended: Ends | null,
): Promise<boolean> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const over = ended?.(vmId);
    const { status, headers } = await send(vmId);
    if (status < 300) {
      await (over ?? polled(caller, headers['azure-asyncoperation'] ?? ''));
      return true;
    }
    if (status === 429) await wait(Number(headers['retry-after'] ?? 10) * 1_000);
    else if (status === 409) await wait(busyMs);
    else return false;
  }
  return false;
}

async function polled(caller: NightCaller, url: string): Promise<void> {
  for (;;) {
    await wait(pollMs);
    const { status, body = '' } = await caller.get(url);
    if (status === 200 && !body.includes('"InProgress"')) return;
    if (status === 404) return;
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asked before a write is sent: resolves when what it has begun on the VM is over. */
type Ends = (vmId: string) => Promise<void>;

function endsOf({ azure }: OpenNight): Ends {
  const waiting = new Map<string, () => void>();
  azure.resourceManager.writeLog.onRecord(({ caller, path, outcome, status }) => {
    if (outcome === undefined || status >= 300 || caller.objectId !== contender.objectId) return;
    const key = vmOfInstall(path) ?? path.toLowerCase();
    waiting.get(key)?.();
    waiting.delete(key);
  });
  return (vmId) =>
    new Promise((resolve) => {
      waiting.set(vmId.toLowerCase(), resolve);
    });
}
