import type { InvocationContext, app as azure } from '@azure/functions';
import * as df from 'durable-functions';
import type { Starter } from '../shared/ports/starter';
import type { World } from '../shared/ports/world';
import { createActivities } from './activities/index';
import type { StepInput } from './activities/index';
import type { Succession } from './activities/startSuccessor';
import { activationDoor } from './events/activationDoors';
import { asCaller } from './http/asCaller';
import { createCallLimits } from './http/callLimits';
import { health } from './http/health';
import { createHealthParts } from './http/healthParts';
import { openapi } from './http/openapi';
import { ready } from './http/ready';
import { routes } from './http/routes';
import { accessWindow } from './orchestrators/accessWindow';
import { activationIntake } from './orchestrators/activationIntake';
import { ledgerBornAt } from '../shared/ledgerBornAt';
import { createReconcileMemory } from './reconcile/reconcileRun';
import { createStarter } from './starter';
import { noticesDue } from './timers/noticesDue';
import { reconcileDue } from './timers/reconcileDue';
import type { SweepStatus } from './sweep/sweeps';
import { sweepDue } from './timers/sweepDue';

/** What this app asks of a Functions host: Azure's own, or the one that runs it locally. */
export type Host = Pick<typeof azure, 'http' | 'timer' | 'eventGrid' | 'storageQueue'> &
  Pick<typeof df.app, 'orchestration' | 'activity'> & {
    readonly hook: Pick<(typeof azure)['hook'], 'appStart'>;
  };

const get = { methods: ['GET' as const], authLevel: 'function' as const };

/** Every door into the app. If it is not in this list, it does not exist. */
export function register(host: Host, world: World): void {
  const durable = { extraInputs: [df.input.durableClient()] };
  const sweeps = sweepDue(world);
  const receive = activationDoor(world, starterOf);
  const activation = (delivered: unknown, context: InvocationContext): Promise<void> => {
    sweeps.hinted();
    return receive(delivered, context);
  };
  const activities = createActivities(world);
  const sweep = async (): Promise<void> => {
    await sweeps.start();
  };
  const memory = createReconcileMemory();
  const reconcile = async (_timer: unknown, context: InvocationContext): Promise<void> => {
    await reconcileDue(world, starterOf(context), memory);
  };

  // Two doors, one handler: a public endpoint for Event Grid, or a queue that it delivers to.
  host.eventGrid('activationReceived', { ...durable, handler: activation });
  host.storageQueue('activationQueued', {
    ...durable,
    queueName: '%ACTIVATION_QUEUE%',
    connection: 'AzureWebJobsStorage',
    handler: activation,
  });

  host.timer('sweepDue', { schedule: world.sweepSchedule, handler: sweep });
  host.timer('reconcileDue', { ...durable, schedule: world.reconcileSchedule, handler: reconcile });
  registerNotices(host, world);
  // Not waited for: a host that starts while Resource Manager hangs must not hang with it.
  host.hook.appStart(() => {
    void sweep();
    // The ledger's age counts from here; should storage fail now, the first reconcile notes it.
    ledgerBornAt(world).catch(() => undefined);
  });

  registerHttp(host, world, () => sweeps.status());

  host.orchestration('accessWindow', accessWindow);
  host.orchestration('activationIntake', activationIntake);
  host.activity('advanceWindow', {
    handler: (input: StepInput) => activities.advanceWindow(input),
  });
  host.activity('advanceIntake', {
    ...durable,
    handler: (input: StepInput, context) => activities.advanceIntake(input, starterOf(context)),
  });
  host.activity('startSuccessor', {
    ...durable,
    handler: (input: Succession, context) => activities.startSuccessor(input, starterOf(context)),
  });
}

/** Where nobody is to be told there is no door: it would look every few seconds, and find nothing. */
function registerNotices(host: Host, world: World): void {
  const { notices } = world;
  if ('faults' in notices || notices.channels.length === 0) return;
  const tell = async (): Promise<void> => {
    await noticesDue(world);
  };
  host.timer('noticesDue', { schedule: notices.schedule, handler: tell });
}

/** The durable client costs more than most invocations that could start something and do not. */
function starterOf(context: InvocationContext): Starter {
  return {
    start: (...started) => createStarter(df.getClient(context)).start(...started),
  };
}

/** The doors for people and probes. */
function registerHttp(host: Host, world: World, sweepStatus: () => SweepStatus): void {
  const limits = createCallLimits(world);
  for (const { name, method, path, kind, starts, make } of routes) {
    host.http(name, {
      ...(starts ? { extraInputs: [df.input.durableClient()] } : {}),
      methods: [method],
      // Not open: callers are known by their tokens. A key would be one secret for everybody.
      authLevel: 'anonymous',
      route: path,
      handler: asCaller(world, limits, kind, make(world, starterOf)),
    });
  }
  host.http('openapi', {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'openapi.json',
    handler: openapi(),
  });
  const parts = createHealthParts(world, sweepStatus);
  host.http('health', { ...get, route: 'health', handler: health(parts) });
  host.http('ready', { ...get, authLevel: 'anonymous', route: 'ready', handler: ready(parts) });
}
