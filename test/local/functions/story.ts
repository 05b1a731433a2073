import {
  createFunctionsHost,
  MemoryStore,
  type CoreRegistry,
  type EngineTrace,
  type FunctionsHost,
  type FunctionsHostOptions,
} from '../../../local/functions';
import type { Plain } from './recording';

/** A host under test, everything its engine did, and short ways to its management API. */
export type Story = {
  host: FunctionsHost;
  trace: EngineTrace[];
  call: (method: string, path: string, body?: unknown) => Answer;
  status: (instanceId: string) => Record<string, Plain>;
  start: (name: string, instanceId: string, input?: unknown) => Answer;
  /** Payload and answer of every episode of an instance so far. */
  episodes: (instanceId: string) => { trigger: Plain; resultParsed: Plain }[];
};

export type Answer = { status: number; headers: Record<string, string>; body: Plain };

/** The registry that the app's modules of this test file have registered with. */
export function testRegistry(): CoreRegistry {
  return jest.requireActual<{ registry: CoreRegistry }>('@azure/functions-core').registry;
}

/** Starts a host on the functions of this test file. */
export async function startStory(options: Partial<FunctionsHostOptions> = {}): Promise<Story> {
  const trace: EngineTrace[] = [];
  const host = createFunctionsHost({
    registry: testRegistry(),
    store: new MemoryStore(),
    trace: (entry) => trace.push(entry),
    ...options,
  });
  await host.start();
  const call: Story['call'] = (method, path, body) => {
    const answer = host.rpc({
      method,
      url: host.settings.rpcBaseUrl + path,
      body: body === undefined ? '' : JSON.stringify(body),
      headers: {},
    });
    const parsed = answer.body === '' ? '' : (JSON.parse(answer.body) as Plain);
    return { status: answer.status, headers: answer.headers, body: parsed };
  };
  return {
    host,
    trace,
    call,
    status: (id) => call('GET', `instances/${id}`).body as Record<string, Plain>,
    start: (name, id, input) => call('POST', `orchestrators/${name}/${id}`, input),
    episodes: (id) =>
      trace.flatMap((entry) =>
        entry.kind === 'episode' && entry.instanceId === id
          ? [{ trigger: JSON.parse(entry.payload) as Plain, resultParsed: entry.state }]
          : [],
      ),
  };
}
