import { createServer } from 'node:net';

/** The loopback ports of one local Azure. */
export type Ports = {
  blob: number;
  queue: number;
  table: number;
  resourceManager: number;
  control: number;
  functions: number;
  /** Of the second Functions host, which runs the sweeper app. */
  sweeper: number;
  /** Of the third, which runs the remediator app. */
  remediator: number;
};

/**
 * The ports, each moved up by `offset`. Without one they are always the same, so that lines printed
 * once work again tomorrow; with one a second local Azure can run beside the first.
 */
export function portsAt(offset: number): Ports {
  return {
    blob: 10_100 + offset,
    queue: 10_101 + offset,
    table: 10_102 + offset,
    resourceManager: 10_143 + offset,
    control: 10_144 + offset,
    functions: 7_071 + offset,
    sweeper: 7_072 + offset,
    remediator: 7_073 + offset,
  };
}

/** Those of `wanted` on which something listens already. */
export async function takenPorts(wanted: Record<string, number>): Promise<string[]> {
  const checks = Object.entries(wanted).map(async ([name, port]) =>
    (await isFree(port)) ? [] : [`${port} (${name})`],
  );
  return (await Promise.all(checks)).flat();
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
