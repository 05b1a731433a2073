import { defaultTimerLimits, type TimerLimits } from '../engine/payload';

/** Keys as in the portal's "App keys": the master key opens everything. */
export type HostKeys = {
  master: string;
  /** Host key `default`: opens every function-level function. */
  host: string;
  /** Keys of single functions, by function name. */
  functions: Readonly<Record<string, string>>;
  system: { readonly durabletask: string; readonly eventgrid: string };
};

export type HostSettings = {
  /** App settings, for `%NAME%` in bindings. The app itself reads process.env. */
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly keys: HostKeys;
  readonly routePrefix: string;
  readonly functionTimeoutMs: number;
  readonly maxDequeueCount: number;
  /** How long a failed queue message stays invisible before it is tried again. */
  readonly queueVisibilityMs: number;
  readonly taskHub: string;
  readonly connection: string;
  readonly limits: TimerLimits;
  readonly overridable: 'NonRunningStates' | 'AnyState';
  /** Origin of the HTTP endpoint; the default is a name that only the axios adapter knows. */
  readonly origin: string;
  readonly rpcBaseUrl: string;
  readonly appDirectory: string;
};

let hosts = 0;

/** Complete settings from the few that a test names. */
export function hostSettings(given: Partial<HostSettings> = {}): HostSettings {
  hosts += 1;
  const origin = given.origin ?? `http://functions-host-${hosts}.invalid`;
  return {
    values: {},
    keys: {
      master: 'MASTERKEY',
      host: 'HOSTKEY',
      functions: {},
      system: { durabletask: 'DURABLEKEY', eventgrid: 'EVENTGRIDKEY' },
    },
    routePrefix: 'api',
    functionTimeoutMs: 5 * 60_000,
    maxDequeueCount: 5,
    queueVisibilityMs: 0,
    taskHub: 'LocalHub',
    connection: 'Storage',
    limits: defaultTimerLimits,
    overridable: 'NonRunningStates',
    rpcBaseUrl: `${origin}/durabletask/`,
    appDirectory: process.cwd(),
    ...given,
    origin,
  };
}

/** Replaces `%NAME%` by an app setting; throws when there is none, as a real host does. */
export function resolveSettingNames(
  text: string,
  values: Readonly<Record<string, string | undefined>>,
): string {
  return text.replace(/%([^%]+)%/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`'%${name}%' does not resolve to a value.`);
    return value;
  });
}
