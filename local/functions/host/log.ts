/** One line of a host's log. `functionName` and `invocationId` are empty for the host's own. */
export type LogRecord = {
  level: string;
  category: string;
  message: string;
  functionName: string;
  invocationId: string;
};

/** A record of the host itself. */
export function hostLog(level: string, message: string): LogRecord {
  return { level, category: 'host', message, functionName: '', invocationId: '' };
}
