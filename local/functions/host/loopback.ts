export type LoopbackAnswer = { status: number; headers: Record<string, string>; body: string };
export type LoopbackHandler = (request: {
  method: string;
  url: string;
  body: string;
  headers: Record<string, string>;
}) => LoopbackAnswer;

/** Base URLs that are answered in this process. */
export const loopbackHandlers = new Map<string, LoopbackHandler>();

/** Makes a base URL answered in this process; the returned function takes it back. */
export function answerInProcess(baseUrl: string, handler: LoopbackHandler): () => void {
  loopbackHandlers.set(baseUrl, handler);
  return () => {
    if (loopbackHandlers.get(baseUrl) === handler) loopbackHandlers.delete(baseUrl);
  };
}
