import { chanceOf } from '../../../local/chance';
import type { ArmRequest, ArmResponse, Caller, WriteRecord } from '../../../local/azure/contract';
import type { Estate } from '../../../local/estate';
import { createLocalAzure, type LocalAzure } from '../../../local/localAzure';
import { type NightAct, playActs } from '../../../local/nightActs';
import { estateOfSeed } from '../../../local/nightEstate';
import { colleagues, identities } from '../../../local/tenant';
import { customRoles, remediatorRoles } from '../../support/simulatedSettings';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';
import { boundMs } from './boundMs';
import type { NightLayout } from './nightLayouts';

/**
 * How long everything takes, for everybody alike; operations on a VM are drawn for each VM from the
 * seed, so that one contender's VM takes as long as another's. Nobody has published a figure for any
 * of them but the time after which an install is given up.
 */
export const nightTable = {
  /** Until a request is answered, ms. */
  requests: { read: 100, write: 500, query: 400 },
  /** Seconds in `Retry-After` of an accepted write. */
  pollS: 15,
  /** How far Resource Graph lags behind. */
  indexLagMs: 30_000,
  /** The local Azure's own, in words. */
  installs: 'log-normal, median 120 s, sigma 0.35',
  identities: 'log-normal, median 12 s, sigma 0.3',
  givenUp: '90 min',
} as const;

const startAt = '2026-01-01T02:29:58.000Z';

/** A local Azure in which one contender plays a night, on virtual time. */
export type OpenNight = {
  readonly layout: NightLayout;
  readonly estate: Estate;
  /** Ids of VMs, in the order in which somebody would list them. */
  readonly vmIds: readonly string[];
  /** Ids, lower case: of VMs that somebody deletes, and of those that somebody else writes to. */
  readonly vanishing: ReadonlySet<string>;
  readonly contested: ReadonlySet<string>;
  readonly azure: LocalAzure;
  readonly time: VirtualTime;
  readonly beganAt: number;
  /** Every write, in the order in which they came. */
  records(): readonly WriteRecord[];
  close(): void;
};

/** Azure's role for those who may do and give everything. */
const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const { dora } = colleagues;
/** Somebody with a script of her own. */
const rival: Caller = { objectId: dora.objectId, name: 'rival', kind: 'person' };

/**
 * Opens it: the same for everybody who plays the layout with this seed. `requests`: how long they
 * take, where whoever calls does not wait by himself.
 */
export function openNight(
  layout: NightLayout,
  seed: number,
  requests: { read: number; write: number; query: number } = nightTable.requests,
): OpenNight {
  const time = installVirtualTime(startAt);
  const { estate, acts } = nightEstate(layout, seed);
  const idsOf = (kind: NightAct['kind']): Set<string> =>
    new Set(acts.filter((act) => act.kind === kind).map(({ vmId }) => vmId.toLowerCase()));
  const contested = idsOf('secondWriter');
  const made = createLocalAzure({
    estate,
    seed,
    customRoles: { ...customRoles(), ...remediatorRoles() },
    standing: estate.subscriptions.map(({ subscriptionId: id }) => ({
      principalId: rival.objectId,
      roleDefinitionGuid: owner,
      scope: `/subscriptions/${id}`,
    })),
    eventGrid: { subscriptions: [], deliver: async () => ({ status: 200, headers: {}, body: '' }) },
    resourceManager: {
      latency: requests,
      retryAfterS: nightTable.pollS,
      resourceGraphLagMs: nightTable.indexLagMs,
      machineSeed: seed,
      // Those who follow each operation may: whether a role allows it is another question.
      polls: 'allowed',
    },
  });
  const azure = withRival(made, contested);
  const end = playActs(
    acts.filter(({ kind }) => kind === 'vanish'),
    azure.resourceManager,
  );
  return {
    estate,
    vmIds: estate.virtualMachines.map(({ id }) => id),
    vanishing: idsOf('vanish'),
    contested,
    layout,
    azure,
    time,
    beganAt: time.now(),
    records: () => azure.resourceManager.writeLog.records,
    close: () => {
      end();
      azure.close();
      time.uninstall();
    },
  };
}

/** Every VM lacks what the layout says and nothing else; the seed says what happens to which. */
export function nightEstate(layout: NightLayout, seed: number) {
  const { vms, subscriptions, writesEach, trouble } = layout;
  return estateOfSeed(seed, vms, subscriptions, {
    withIdentity: writesEach === 1 ? 1 : 0,
    fails: trouble?.fail ?? 0,
    neverEnds: trouble?.neverEnd ?? 0,
    vanishes: trouble?.vanish ?? 0,
    secondWriter: trouble?.secondWriter ?? 0,
    spanMs: boundMs(layout),
  });
}

/**
 * The same install by somebody else, in the moment in which the contender first asks for it: just
 * before it for half of these VMs, just after it for the others.
 */
function withRival(azure: LocalAzure, contested: ReadonlySet<string>): LocalAzure {
  if (contested.size === 0) return azure;
  const left = new Set(contested);
  const { token } = azure.login.issueToken(rival, { lifetimeMs: 365 * 24 * 3_600_000 });
  const again = (request: ArmRequest): void => {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    void azure.handle({ ...request, headers });
  };
  const handle = (request: ArmRequest): Promise<ArmResponse> => {
    const vmId = request.method === 'PUT' ? vmOfInstall(request.url) : null;
    if (vmId === null || !left.delete(vmId)) return azure.handle(request);
    if (chanceOf(`rival ${vmId}`)() < 0.5) {
      again(request);
      return azure.handle(request);
    }
    const answering = azure.handle(request);
    again(request);
    return answering;
  };
  return { ...azure, handle };
}

const installForm =
  /(\/subscriptions\/[^?]*\/microsoft\.compute\/virtualmachines\/[^/?]+)\/extensions\/[^/?]+(?:\?|$)/i;

/** Id of the VM, lower case, of a URL or a path of an extension; `null`: it is none. */
export function vmOfInstall(url: string): string | null {
  return installForm.exec(url)?.[1]?.toLowerCase() ?? null;
}

/** Whose identity every contender uses. */
export const contender = identities.remediator;
