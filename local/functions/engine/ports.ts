import type { Json } from './json';
import type { EngineFaults, TimerProfile } from './profile';
import type { TimerLimits } from './payload';
import type { InstanceStore } from './store';

export type FunctionKind = 'activity' | 'orchestrator' | 'entity';

/** Runs functions in the Node worker. A rejection is an error of the function or of the worker. */
export interface FunctionInvoker {
  /** Whether a function of this kind is registered, its name compared without regard to case. */
  has(kind: FunctionKind, name: string): boolean;
  /** Names of the registered functions of a kind, in the order of registration. */
  names(kind: FunctionKind): string[];
  /** Resolves to the parsed return value of the orchestrator function. */
  orchestrator(name: string, payload: string, instanceId: string): Promise<Json>;
  /** Resolves to the JSON text of the activity's result. */
  activity(
    name: string,
    input: Json | undefined,
    instanceId: string,
    invocationId: string,
  ): Promise<string>;
}

/** One episode or activity as it happened: for tests and for the local Azure's display. */
export type EngineTrace =
  | {
      kind: 'episode';
      instanceId: string;
      name: string;
      payload: string;
      state: Json;
      error: string | undefined;
    }
  | { kind: 'activity'; instanceId: string; name: string; input: Json | undefined }
  | { kind: 'timer'; instanceId: string; name: string; fireAt: string }
  | { kind: 'finished'; instanceId: string; name: string; status: string };

export type EngineOptions = {
  store: InstanceStore;
  invoker: FunctionInvoker;
  profile: TimerProfile;
  faults: EngineFaults;
  limits: TimerLimits;
  /** Whether `startNew` replaces a running instance (`overridableExistingInstanceStates`). */
  overridable: 'NonRunningStates' | 'AnyState';
  trace: (entry: EngineTrace) => void;
  /** Told when the engine itself failed (its store, a bug); it must end the host. */
  fatal: (error: unknown) => void;
  /** Random ids; a test gives a counter. */
  uuid: () => string;
};
