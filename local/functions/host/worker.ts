import { clientBinding, type HostAddress } from '../engine/clientUrls';
import { FunctionTimeoutError, WorkerExitError } from '../engine/failures';
import type { RpcData } from '../engine/payload';
import { timeSpan } from '../engine/timeSpan';
import { triggerOf, type CoreRegistry, type HookContext, type InvocationResponse } from './core';
import type { LogRecord } from './log';

/** The host died while the caller waited: a caller over HTTP would see its connection reset. */
export class HostGone extends Error {
  constructor() {
    super('The Functions host is gone (connection reset).');
  }
}

export type Invocation = {
  name: string;
  data: RpcData | { http: unknown };
  metadata?: Record<string, unknown>;
  invocationId?: string;
};

type InFlight = { reject: (error: Error) => void; lost: boolean };

export type WorkerOptions = {
  registry: CoreRegistry;
  address: () => HostAddress;
  functionTimeoutMs: number;
  log: (record: LogRecord) => void;
  uuid: () => string;
  appDirectory: string;
};

/**
 * Runs functions as Microsoft's Node worker does: arguments by the SDK's invocation model, hooks
 * around the call, the answer by the model again.
 */
export class Worker {
  private readonly inFlight = new Set<InFlight>();
  private readonly appHookData: Record<string, unknown> = {};
  private gone = false;
  private client: string | undefined;
  private drained: () => void = () => undefined;

  constructor(private readonly options: WorkerOptions) {}

  async start(): Promise<void> {
    const { registry, appDirectory } = this.options;
    await registry.model()?.getCapabilities?.({});
    await this.runHooks('appStart', {
      hookData: {},
      appHookData: this.appHookData,
      functionAppDirectory: appDirectory,
    });
  }

  async stop(): Promise<void> {
    await this.runHooks('appTerminate', { hookData: {}, appHookData: this.appHookData });
  }

  /** Resolves when no function runs any more, or after `ms`. */
  async drain(ms: number): Promise<void> {
    if (this.inFlight.size === 0) return;
    await new Promise<void>((resolve) => {
      const handle = setTimeout(resolve, ms);
      this.drained = () => {
        clearTimeout(handle);
        resolve();
      };
    });
  }

  /** The Node process dies: what runs fails with its exit code, and a new one starts. */
  dieAndRestart(): void {
    for (const call of this.inFlight) call.reject(new WorkerExitError());
  }

  /** The host dies: nothing that runs is answered any more. */
  kill(): void {
    this.gone = true;
    for (const call of this.inFlight) call.reject(new HostGone());
  }

  /** Runs one function; rejects with its error, a time-out, or the death of worker or host. */
  async invoke(invocation: Invocation): Promise<InvocationResponse> {
    if (this.gone) throw new HostGone();
    const { functionTimeoutMs } = this.options;
    return new Promise<InvocationResponse>((resolve, reject) => {
      const call: InFlight = { reject: settle(reject), lost: false };
      const timer = setTimeout(() => {
        // The worker is restarted, so whatever else runs in it loses its result as well.
        for (const other of this.inFlight) other.lost = true;
        const span = timeSpan(functionTimeoutMs);
        call.reject(new FunctionTimeoutError(invocation.name, span));
      }, functionTimeoutMs);
      const inFlight = this.inFlight;
      const isEmpty = (): void => this.drained();
      function settle<T>(then: (value: T) => void): (value: T) => void {
        return (value) => {
          clearTimeout(timer);
          if (!inFlight.delete(call)) return;
          then(value);
          if (inFlight.size === 0) isEmpty();
        };
      }
      this.inFlight.add(call);
      const done = settle(resolve);
      void this.settleWith(invocation, call, done);
    });
  }

  private async settleWith(
    invocation: Invocation,
    call: InFlight,
    done: (response: InvocationResponse) => void,
  ): Promise<void> {
    try {
      const response = await this.run(invocation);
      if (!call.lost) done(response);
    } catch (error) {
      if (!call.lost) call.reject(asError(error));
    }
  }

  private async run({
    name,
    data,
    metadata,
    invocationId,
  }: Invocation): Promise<InvocationResponse> {
    const { registry } = this.options;
    const registered = registry.functions.get(name);
    const model = registry.model();
    if (registered === undefined || model === undefined) {
      throw new Error(`The function '${name}' is not registered.`);
    }
    const id = invocationId ?? this.options.uuid();
    const coreContext: Record<string, unknown> = {
      invocationId: id,
      metadata: registered.metadata,
      state: undefined,
      request: {
        invocationId: id,
        functionId: name,
        inputData: this.inputData(name, data),
        triggerMetadata: metadata ?? {},
        traceContext: { traceParent: '', traceState: '', attributes: {} },
        retryContext: null,
      },
      log: (level: string, category: string, message: string) =>
        this.log({ level, category, message, functionName: name, invocationId: id }),
    };
    const invocation = model.getInvocationModel(coreContext);
    const { context, inputs } = await invocation.getArguments();
    const hookData = {};
    const { appHookData } = this;
    const pre: HookContext = {
      hookData,
      appHookData,
      invocationContext: context,
      functionCallback: registered.callback,
      inputs,
    };
    coreContext['state'] = 'preInvocationHooks';
    await this.runHooks('preInvocation', pre);
    const used = pre['inputs'] as unknown[];
    const callback = pre['functionCallback'] as typeof registered.callback;
    const post: HookContext = {
      hookData,
      appHookData,
      invocationContext: context,
      inputs: used,
      result: null,
      error: null,
    };
    coreContext['state'] = 'invocation';
    try {
      post['result'] = await invocation.invokeFunction(context, used, callback);
    } catch (error) {
      post['error'] = error;
    }
    coreContext['state'] = 'postInvocationHooks';
    await this.runHooks('postInvocation', post);
    if (post['error'] !== null && post['error'] !== undefined) throw asError(post['error']);
    return invocation.getResponse(context, post['result']);
  }

  private inputData(name: string, data: Invocation['data']): { name: string; data: unknown }[] {
    const metadata = this.options.registry.functions.get(name)?.metadata;
    if (metadata === undefined) return [];
    const trigger = triggerOf(metadata);
    const inputs: { name: string; data: unknown }[] = [];
    if (trigger !== undefined) inputs.push({ name: trigger.name, data });
    for (const [key, binding] of Object.entries(metadata.bindings)) {
      if (binding.direction !== 'in' || key === trigger?.name) continue;
      const isClient = /^(durable|orchestration)client$/i.test(binding.type);
      inputs.push({ name: key, data: isClient ? { string: this.clientText() } : undefined });
    }
    return inputs;
  }

  /** What a durable client is given: the same in each invocation, as the host stays where it is. */
  private clientText(): string {
    this.client ??= JSON.stringify(clientBinding(this.options.address()));
    return this.client;
  }

  private log(record: LogRecord): void {
    if (this.gone) return;
    for (const hook of this.options.registry.hooks.get('log') ?? []) {
      hook({ hookData: {}, appHookData: this.appHookData, ...record });
    }
    this.options.log(record);
  }

  private async runHooks(name: string, context: HookContext): Promise<void> {
    for (const hook of this.options.registry.hooks.get(name) ?? []) await hook(context);
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
