import type { Json } from './json';

/** Action types of the out-of-process protocol (`AsyncActionType` of the Durable extension). */
export const ActionType = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  CallSubOrchestratorWithRetry: 3,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WaitForExternalEvent: 6,
  CallEntity: 7,
  CallHttp: 8,
  SignalEntity: 9,
  ScheduledSignalEntity: 10,
  WhenAny: 11,
  WhenAll: 12,
  LockEntities: 13,
  ReleaseEntities: 14,
} as const;

export type RetryOptions = {
  firstRetryIntervalInMilliseconds: number;
  maxNumberOfAttempts: number;
  backoffCoefficient?: number;
  maxRetryIntervalInMilliseconds?: number;
  retryTimeoutInMilliseconds?: number;
};

/** One action as the SDK writes it; which fields are present depends on `actionType`. */
export type OrchestratorAction = {
  actionType: number;
  functionName?: string;
  input?: Json;
  instanceId?: string | null;
  version?: string | null;
  retryOptions?: RetryOptions;
  fireAt?: string | null;
  isCanceled?: boolean;
  externalEventName?: string;
  compoundActions?: OrchestratorAction[];
};

/** What an orchestrator function gives back after an episode. */
export type OrchestratorState = {
  isDone: boolean;
  actions: OrchestratorAction[][];
  output?: Json;
  error?: string;
  customStatus?: Json;
  schemaVersion?: number;
  failureDetails?: Json;
};
