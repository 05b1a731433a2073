import type { Json } from '../engine/json';
import { activityInput, activityMetadata, textData } from '../engine/payload';
import type { FunctionInvoker, FunctionKind } from '../engine/ports';
import { triggerOf, valueJson, valueText, type CoreRegistry } from './core';
import type { Worker } from './worker';

const triggerTypes: Record<FunctionKind, string> = {
  activity: 'activitytrigger',
  orchestrator: 'orchestrationtrigger',
  entity: 'entitytrigger',
};

/** Names of an app's functions by the type of their trigger, lower case. */
export function functionsOf(registry: CoreRegistry, triggerType: string): string[] {
  const names: string[] = [];
  for (const [name, { metadata }] of registry.functions) {
    if (triggerOf(metadata)?.type === triggerType) names.push(name);
  }
  return names;
}

/** The engine's way to the worker. Function names are compared without regard to case. */
export function engineInvoker(registry: CoreRegistry, worker: Worker): FunctionInvoker {
  const registeredName = (name: string): string =>
    registry.functions.has(name)
      ? name
      : ([...registry.functions.keys()].find(
          (other) => other.toLowerCase() === name.toLowerCase(),
        ) ?? name);
  return {
    has: (kind, name) => {
      const registered = registry.functions.get(name);
      if (registered !== undefined && triggerOf(registered.metadata)?.type === triggerTypes[kind]) {
        return true;
      }
      const names = functionsOf(registry, triggerTypes[kind]);
      return names.some((other) => other.toLowerCase() === name.toLowerCase());
    },
    names: (kind) => functionsOf(registry, triggerTypes[kind]),
    orchestrator: async (name, payload, instanceId) => {
      const metadata = { instanceId: textData(instanceId) };
      const call = { name: registeredName(name), data: { string: payload }, metadata };
      return valueJson((await worker.invoke(call)).returnValue);
    },
    activity: async (name, input: Json | undefined, instanceId, invocationId) => {
      const own = registeredName(name);
      const registered = registry.functions.get(own);
      const trigger = registered === undefined ? undefined : triggerOf(registered.metadata);
      const metadata = activityMetadata(input, instanceId, trigger?.name ?? 'activityTrigger');
      const data = activityInput(input);
      const call = { name: own, data, metadata, invocationId };
      return valueText((await worker.invoke(call)).returnValue);
    },
  };
}
