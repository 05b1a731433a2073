import Module from 'node:module';
import type { CoreRegistry, FunctionCallback, FunctionMetadata } from '../host/core';
import type { HookCallback, ProgrammingModel } from '../host/core';
import type { LogRecord } from '../host/log';

type Loader = { _load: (request: string, ...rest: unknown[]) => unknown };

export type CoreModule = {
  registry: CoreRegistry;
  /** From now on registering a function throws, as in Azure after the app's start. */
  lock: () => void;
};

/**
 * Answers `require('@azure/functions-core')`, which exists only inside a Functions host. It has to
 * be installed before the app's bundle is loaded: the SDK asks once and keeps the answer.
 */
export function installCoreModule(log: (record: LogRecord) => void): CoreModule {
  const functions: CoreRegistry['functions'] = new Map();
  const hooks = new Map<string, HookCallback[]>();
  let model: ProgrammingModel | undefined;
  let isLocked = false;
  const core = {
    version: '3.9.0',
    hostVersion: '4.1037.0',
    Disposable: CoreDisposable,
    log: (level: string, category: string, message: string) =>
      log({ level, category, message, functionName: '', invocationId: '' }),
    setProgrammingModel: (given: ProgrammingModel) => {
      model = given;
    },
    getProgrammingModel: () => model,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) => {
      if (isLocked) throw new Error('A function can only be registered during app startup.');
      if (functions.has(metadata.name)) {
        throw new Error(`A function with name "${metadata.name}" has already been registered.`);
      }
      functions.set(metadata.name, { metadata, callback });
      return new CoreDisposable(() => functions.delete(metadata.name));
    },
    registerHook: (name: string, callback: HookCallback) => {
      hooks.set(name, [...(hooks.get(name) ?? []), callback]);
      return new CoreDisposable(() =>
        hooks.set(
          name,
          (hooks.get(name) ?? []).filter((other) => other !== callback),
        ),
      );
    },
  };
  const loader = Module as unknown as Loader;
  const load = loader._load;
  loader._load = function (this: unknown, request: string, ...rest: unknown[]): unknown {
    return request === '@azure/functions-core' ? core : load.call(this, request, ...rest);
  };
  return {
    registry: { functions, hooks, model: () => model },
    lock: () => {
      isLocked = true;
    },
  };
}

class CoreDisposable {
  constructor(private readonly undo: () => unknown = () => undefined) {}

  dispose(): void {
    this.undo();
  }
}
