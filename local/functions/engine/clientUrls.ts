import type { Json } from './json';

/** Where a host is reached and under which names. */
export type HostAddress = {
  /** Origin of the public HTTP endpoint, without a slash at the end. */
  origin: string;
  /** Base of the loopback endpoint that the durable client calls, with a slash at the end. */
  rpcBaseUrl: string;
  taskHub: string;
  /** Name of the storage connection, as shown in the URLs. */
  connection: string;
  /** System key of the durable extension. */
  systemKey: string;
};

/** The management URLs of one instance; `INSTANCEID` stands for it in the client's binding. */
export function managementUrls(address: HostAddress, instanceId: string): Record<string, string> {
  const base = `${address.origin}/runtime/webhooks/durabletask/instances/${instanceId}`;
  const { taskHub, connection, systemKey } = address;
  const query = `taskHub=${taskHub}&connection=${connection}&code=${systemKey}`;
  return {
    id: instanceId,
    statusQueryGetUri: `${base}?${query}`,
    sendEventPostUri: `${base}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${base}/terminate?reason={text}&${query}`,
    rewindPostUri: `${base}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${base}?${query}`,
    restartPostUri: `${base}/restart?${query}`,
    suspendPostUri: `${base}/suspend?reason={text}&${query}`,
    resumePostUri: `${base}/resume?reason={text}&${query}`,
  };
}

/** What a `durableClient` input binding receives. */
export function clientBinding(address: HostAddress): Json {
  const baseUrl = `${address.origin}/runtime/webhooks/durabletask`;
  const code = `code=${address.systemKey}`;
  const waiting = 'timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}';
  const create = `${baseUrl}/orchestrators/{functionName}[/{instanceId}]`;
  return {
    taskHubName: address.taskHub,
    connectionName: null,
    creationUrls: {
      createNewInstancePostUri: `${create}?${code}`,
      createAndWaitOnNewInstancePostUri: `${create}?${waiting}&${code}`,
    },
    managementUrls: managementUrls(address, 'INSTANCEID'),
    baseUrl,
    requiredQueryStringParameters: code,
    rpcBaseUrl: address.rpcBaseUrl,
    httpBaseUrl: null,
    maxGrpcMessageSizeInBytes: null,
    grpcHttpClientTimeout: null,
  };
}
