import type { VirtualMachineSeed } from '../../../../local/estateMachine';
import type { Violation } from '../../oracle/judge';
import { type NightWrite, statesWithin } from '../history';
import { type NightCase, sentAtOf, violation } from './case';
import { inGroup, loginOf, whyLeftAlone } from './machines';
import { nightGroup } from '../recipes';

/** A look is good for a minute, a write leaves within 20 s of its announcement. */
const knownMs = 85_000;
/** An extension follows its identity without another look, within a minute of that. */
const followsMs = 145_000;
const removed = 'night: the extension is removed';

/** Everything the night wrote was its to write, and was wanting where it was written. */
export function writeFaults(ofNight: NightCase): Violation[] {
  return ofNight.history.writes.flatMap((write) => {
    if (write.kind === 'stray') {
      return [violation('stray write', `${write.method} ${write.path}`, write.atMs)];
    }
    return [...unwanted(ofNight, write), ...inVain(ofNight, write), ...lost(write)];
  });
}

/** Nothing a worker could have known by then makes this write a right one. */
function unwanted(ofNight: NightCase, write: NightWrite): Violation[] {
  const { history, night } = ofNight;
  const sentMs = sentAtOf(history, write);
  if (sentMs === -Infinity) {
    return [violation('write without a sender', `${write.method} ${write.path}`, write.atMs)];
  }
  if (night.scope === 'group' && !inGroup(write.vmId, nightGroup)) {
    return [violation('forbidden write', `${write.path}: outside of the scopes`, write.atMs)];
  }
  const before = lastAccepted(ofNight, write);
  const fromMs = sentMs - knownForMs(ofNight, write, sentMs);
  const states = statesWithin(
    history,
    write.vmId,
    // What was accepted shows at once: whoever writes again has to have seen what became of it.
    Math.max(fromMs, before === null ? -Infinity : before.atMs + 1),
    sentMs,
  );
  const reasons = states.map((state) => whyWrong(state, write));
  if (reasons.includes(null)) return [];
  const name = before === null ? 'forbidden write' : 'written twice';
  const why = reasons.length === 0 ? 'sent before the first one came to anything' : reasons.join();
  return [violation(name, `${write.method} ${write.path} (${write.status}): ${why}`, write.atMs)];
}

/** How long before a write its VM may have been looked at. */
export function knownForMs(
  ofNight: NightCase,
  { vmId, kind }: Pick<NightWrite, 'vmId' | 'kind'>,
  sentMs: number,
): number {
  const patched = ofNight.history.writes.some(
    (one) =>
      one.vmId === vmId &&
      one.kind === 'identity' &&
      one.status < 300 &&
      one.atMs <= sentMs &&
      one.atMs >= sentMs - followsMs,
  );
  const own = kind === 'extension' && patched ? followsMs : knownMs;
  return own + ofNight.stretchMs(sentMs - own, sentMs);
}

/** The write of this kind that Azure accepted last before this one. */
function lastAccepted({ history }: NightCase, write: NightWrite): NightWrite | null {
  const { writes } = history;
  return (
    writes
      .slice(0, writes.indexOf(write))
      .findLast(
        ({ vmId, kind, status }) => vmId === write.vmId && kind === write.kind && status < 300,
      ) ?? null
  );
}

/** Why this write to a machine that is so is wrong; `null`: it is right. */
function whyWrong(vm: VirtualMachineSeed | null, write: NightWrite): string | null {
  if (vm === null) return 'gone';
  const reason = whyLeftAlone(vm);
  if (reason !== null) return reason;
  return write.kind === 'identity' ? whyWrongIdentity(vm, write) : whyWrongExtension(vm, write);
}

function whyWrongIdentity(vm: VirtualMachineSeed, { body }: NightWrite): string | null {
  if (vm.identity?.system === true) return 'it has a system identity';
  const { type, ids } = identityIn(body);
  const own = (vm.identity?.userAssigned ?? []).map((id) => id.toLowerCase());
  if (ids.sort().join() !== own.sort().join()) return 'not with the identities that it has';
  const wanted = own.length === 0 ? 'SystemAssigned' : 'SystemAssigned, UserAssigned';
  return type === wanted ? null : `not by the type ${type}`;
}

function whyWrongExtension(vm: VirtualMachineSeed, write: NightWrite): string | null {
  if (vm.identity?.system !== true) return 'no system identity';
  const found = loginOf(vm);
  if (found?.provisioningState === 'Succeeded') return 'the extension is there';
  const { properties } = write.body as { properties: Record<string, unknown> };
  const isWindows = vm.osType === 'Windows';
  const type = isWindows ? 'AADLoginForWindows' : 'AADSSHLoginForLinux';
  const name = (found?.name ?? type).toLowerCase();
  const version = found?.typeHandlerVersion ?? (isWindows ? '2.0' : '1.0');
  if (properties['type'] !== type) return 'the extension of another OS';
  if (!write.path.endsWith(`/${name}`)) return `not under its name, ${name}`;
  if (properties['typeHandlerVersion'] !== version) return `not by its version, ${version}`;
  const settings = isWindows ? { mdmId: '' } : undefined;
  return JSON.stringify(properties['settings']) === JSON.stringify(settings)
    ? null
    : 'not with its settings';
}

function identityIn(body: unknown): { type: string; ids: string[] } {
  type Body = { identity?: { type?: string; userAssignedIdentities?: object } | null } | null;
  const identity = (body as Body)?.identity;
  const ids = Object.keys(identity?.userAssignedIdentities ?? {}).map((id) => id.toLowerCase());
  return { type: identity?.type ?? '', ids };
}

/** What no second try mends: the network, and a name that is taken. */
const hopeless = ['discovery', 'hostNameTaken'];

/** What fails for what nobody has mended meanwhile is not tried again in the same run. */
function inVain(ofNight: NightCase, write: NightWrite): Violation[] {
  const { history, circumstances } = ofNight;
  const before = lastAccepted(ofNight, write);
  if (write.kind !== 'extension' || before?.outcome !== 'failed') return [];
  // Somebody took the extension away, and with it what it had failed of.
  const isRemoved = circumstances.afflictions.some(
    ({ kind, atMs }) => kind === removed && atMs > before.atMs && atMs <= write.atMs,
  );
  if (isRemoved) return [];
  const states = statesWithin(history, write.vmId, before.atMs, write.atMs);
  const isHopeless = states.every((vm) => hopeless.includes(vm?.guest?.login ?? ''));
  const isSameRun = runOf(ofNight, before) === runOf(ofNight, write);
  return isHopeless && isSameRun
    ? [violation('retried without cause', `${write.method} ${write.path}`, write.atMs)]
    : [];
}

/** The run that had a VM in hand when it was written to. */
export function runOf({ entries }: NightCase, { vmId, atMs }: NightWrite): string {
  const stored = (entries.get(vmId) ?? []).filter((one) => one.entry.stage === 'announced');
  return stored.findLast((one) => one.atMs <= atMs)?.runId ?? '';
}

/** What a VM had when an identity was written, it keeps. */
function lost({ kind, status, path, body, before, atMs }: NightWrite): Violation[] {
  if (kind !== 'identity' || status >= 300) return [];
  const kept = identityIn(body).ids;
  const gone = identityIn(before).ids.filter((id) => !kept.includes(id));
  return gone.length === 0
    ? []
    : [violation('identity lost', `${path} lost ${gone.join(', ')}`, atMs)];
}
