import type { Json } from '../engine/json';

/**
 * The shapes that the Functions SDK exchanges with its host through `@azure/functions-core`. The
 * package has no types of its own on npm; these are the parts that a host touches.
 */
export type BindingMetadata = {
  type: string;
  direction?: 'in' | 'out';
  name?: string;
  [option: string]: unknown;
};

export type FunctionMetadata = {
  name: string;
  bindings: Record<string, BindingMetadata>;
  retryOptions?: unknown;
};

export type FunctionCallback = (...args: unknown[]) => unknown;

export type RegisteredFunction = { metadata: FunctionMetadata; callback: FunctionCallback };

export type HookContext = {
  hookData: Record<string, unknown>;
  appHookData: Record<string, unknown>;
  [field: string]: unknown;
};

export type HookCallback = (context: HookContext) => unknown;

/** A value on the wire between host and worker: one of its fields is set. */
export type RpcValue = {
  string?: string | null;
  json?: string | null;
  bytes?: Uint8Array | null;
  int?: number | string | null;
  double?: number | null;
  http?: RpcHttpResponse | null;
};

export type RpcHttpResponse = {
  statusCode?: string | null;
  headers?: Record<string, string> | null;
  body?: RpcValue | null;
  cookies?: { name?: string | null; value?: string | null }[] | null;
};

export type InvocationResponse = {
  invocationId: string;
  outputData?: { name?: string; data?: RpcValue }[];
  returnValue?: RpcValue | null;
};

export type InvocationModel = {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
};

export type ProgrammingModel = {
  name?: string;
  getCapabilities?(capabilities: Record<string, unknown>): unknown;
  getInvocationModel(coreContext: Record<string, unknown>): InvocationModel;
};

/** What an app has registered: the same shape for a loaded bundle and for a test's own modules. */
export type CoreRegistry = {
  functions: Map<string, RegisteredFunction>;
  hooks: Map<string, HookCallback[]>;
  model(): ProgrammingModel | undefined;
};

type Trigger = { name: string; binding: BindingMetadata; type: string };

/** Every invocation asks for its trigger several times; metadata never change once registered. */
const triggers = new WeakMap<FunctionMetadata, Trigger>();

/** The trigger binding of a function with its name and its type in lower case; undefined: none. */
export function triggerOf(metadata: FunctionMetadata): Trigger | undefined {
  const known = triggers.get(metadata);
  if (known !== undefined) return known;
  for (const [name, binding] of Object.entries(metadata.bindings)) {
    if (!/trigger$/i.test(binding.type)) continue;
    const found = { name, binding, type: binding.type.toLowerCase() };
    triggers.set(metadata, found);
    return found;
  }
  return undefined;
}

/** JSON text of a value that a function returned. */
export function valueText(value: RpcValue | null | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value.json === 'string') return value.json;
  if (typeof value.string === 'string') return JSON.stringify(value.string);
  if (value.int !== undefined && value.int !== null) return String(value.int);
  if (value.double !== undefined && value.double !== null) return String(value.double);
  if (value.bytes) return JSON.stringify(Buffer.from(value.bytes).toString('base64'));
  return 'null';
}

/** A value that a function returned. */
export function valueJson(value: RpcValue | null | undefined): Json {
  return JSON.parse(valueText(value)) as Json;
}
