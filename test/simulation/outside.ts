import { Socket } from 'node:net';

/** Waits that only the outside can end; none may be open while the clock moves. */
const outsideForm = /^(?:TCP|Pipe|UDP)?(?:Connect|GetAddrInfo|QueryReq|FSReq|HTTPCLIENT|TLSWrap)/;

/** Makes sockets and `fetch` throw; the returned function allows them again. */
export function refuseOutside(): () => void {
  const { connect } = Socket.prototype;
  const { fetch } = globalThis;
  const refuse = (): never => {
    throw new Error('Nothing leaves the process in a simulation: a socket was asked for.');
  };
  Socket.prototype.connect = refuse;
  globalThis.fetch = refuse;
  return () => {
    Socket.prototype.connect = connect;
    globalThis.fetch = fetch;
  };
}

/** What the process waits for that no scheduler of ours can end. */
export function outsideWaits(): string[] {
  return process.getActiveResourcesInfo().filter((name) => outsideForm.test(name));
}
