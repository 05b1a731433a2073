import type { Starter } from '../../shared/ports/starter';
import type { Simulation } from './simulatedAzure';

/** Starts through the host's own endpoint, as the durable client does. */
export function starterOf(simulation: Simulation): Starter {
  return {
    start: async (name, instanceId, input) => {
      const host = simulation.host();
      const { status } = host.rpc({
        method: 'POST',
        url: `${host.address.rpcBaseUrl}orchestrators/${name}/${instanceId}`,
        body: JSON.stringify(input),
        headers: {},
      });
      return status === 409 ? 'running' : 'started';
    },
  };
}
