import { createServer } from 'node:net';

/** The loopback ports of the local Azure. Fixed, so that lines printed once work again tomorrow. */
export const ports = {
  blob: 10_100,
  queue: 10_101,
  table: 10_102,
  resourceManager: 10_143,
  control: 10_144,
  functions: 7_071,
} as const;

export type PortName = keyof typeof ports;

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
