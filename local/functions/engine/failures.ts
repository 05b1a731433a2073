import type { Json } from './json';

/** The Node worker process ended while a function ran; the host does not run it again. */
export class WorkerExitError extends Error {
  constructor() {
    super('node exited with code 137 (0x89)');
  }
}

/** A function ran longer than `functionTimeout`. */
export class FunctionTimeoutError extends Error {
  constructor(
    functionName: string,
    readonly timeout: string,
  ) {
    super(`Timeout value of ${timeout} was exceeded by function: Functions.${functionName}`);
  }
}

/** What TaskFailed carries of a failed activity. */
export type ActivityFailure = { Reason: string; Details: Json; FailureDetails: Json };

// Sanitizer.cs of Azure/azure-functions-host: what follows such a mark is hidden, up to a quote
// or an angle bracket.
const marks = [
  'Token=',
  'DefaultEndpointsProtocol=http',
  'AccountKey=',
  'Data Source=',
  'Server=',
  'Password=',
  'pwd=',
  '&amp;sig=',
  '&sig=',
  'SharedAccessKey=',
];
const secret = new RegExp(`(?:${marks.join('|')})[^<"']*`, 'gi');

/** Hides what looks like a credential, as the host does in messages of errors. */
export function hideCredentials(text: string): string {
  return text.replace(secret, '[Hidden Credential]');
}

const hresult = -2146233088;
const emptyData = { $type: 'System.Collections.ListDictionaryInternal, System.Private.CoreLib' };
const invokerFrame =
  '   at Microsoft.Azure.WebJobs.Script.Description.WorkerFunctionInvoker.InvokeCore(Object[] ' +
  'parameters, FunctionInvocationContext context)';

function systemException(message: string, inner: Json): Json {
  return {
    $type: 'System.Exception, System.Private.CoreLib',
    ClassName: 'System.Exception',
    Message: message,
    Data: null,
    InnerException: inner,
    HelpURL: null,
    StackTraceString: null,
    RemoteStackTraceString: null,
    RemoteStackIndex: 0,
    ExceptionMethod: null,
    HResult: hresult,
    Source: null,
    WatsonBuckets: null,
  };
}

function thrownByFunction(message: string, stack: string): Json {
  return systemException(message, {
    $type:
      'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, ' +
      'Microsoft.Azure.WebJobs.Script.WebHost',
    IsUserException: false,
    RemoteStackTrace: stack,
    RemoteMessage: message,
    RemoteTypeName: null,
    Message: `Result: Failure\nException: ${message}\nStack: ${stack}`,
    Data: emptyData,
    InnerException: null,
    HelpLink: null,
    Source: 'System.Private.CoreLib',
    HResult: hresult,
    StackTrace: invokerFrame,
  });
}

function workerExit(message: string): Json {
  return {
    $type:
      'Microsoft.Azure.WebJobs.Script.Workers.WorkerProcessExitException, ' +
      'Microsoft.Azure.WebJobs.Script.WebHost',
    Message: message,
    Data: emptyData,
    InnerException: systemException('', null),
    HelpLink: null,
    Source: 'System.Private.CoreLib',
    HResult: hresult,
    StackTrace: invokerFrame,
  };
}

function timedOut(error: FunctionTimeoutError, functionName: string, invocationId: string): Json {
  const type = 'Microsoft.Azure.WebJobs.Host.FunctionTimeoutException';
  return {
    $type: `${type}, Microsoft.Azure.WebJobs.Host`,
    Timeout: error.timeout,
    InstanceId: invocationId,
    MethodName: `Functions.${functionName}`,
    Handled: false,
    ClassName: type,
    Message: error.message,
    Data: null,
    InnerException: null,
    HelpURL: null,
    StackTraceString: '   at Microsoft.Azure.WebJobs.Host.Executors.FunctionExecutor',
    RemoteStackTraceString: null,
    RemoteStackIndex: 0,
    ExceptionMethod: null,
    HResult: hresult,
    Source: 'Microsoft.Azure.WebJobs.Host',
    WatsonBuckets: null,
  };
}

/** TaskFailed for an activity that threw `error`, with the texts the real host writes. */
export function activityFailure(
  functionName: string,
  error: unknown,
  invocationId: string,
): ActivityFailure {
  const message = hideCredentials(error instanceof Error ? error.message : String(error));
  const typed = failureDetails(message);
  if (typed !== undefined) {
    const Reason = `Activity function '${functionName}' failed with an unhandled exception.`;
    return { Reason, Details: null, FailureDetails: typed };
  }
  let details: Json;
  if (error instanceof WorkerExitError) details = workerExit(message);
  else if (error instanceof FunctionTimeoutError) {
    details = timedOut(error, functionName, invocationId);
  } else {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    details = thrownByFunction(message, hideCredentials(stack));
  }
  return {
    Reason: `Activity function '${functionName}' failed: ${message}`,
    Details: JSON.stringify(details),
    FailureDetails: null,
  };
}

/**
 * With `setExceptionPropertiesProvider` the SDK throws an error whose message is JSON; the
 * extension turns that into FailureDetails.
 */
function failureDetails(message: string): Json | undefined {
  if (!message.startsWith('{')) return undefined;
  let parsed: Json;
  try {
    parsed = JSON.parse(message) as Json;
  } catch {
    return undefined;
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed)) return undefined;
  if (typeof parsed['errorType'] !== 'string' || typeof parsed['errorMessage'] !== 'string') {
    return undefined;
  }
  return wireFailure(parsed);
}

function wireFailure(failure: { [key: string]: Json }): Json {
  const inner = failure['innerFailure'];
  const isObject = inner !== null && typeof inner === 'object' && !Array.isArray(inner);
  return {
    ErrorType: failure['errorType'] ?? null,
    ErrorMessage: failure['errorMessage'] ?? null,
    StackTrace: failure['stackTrace'] ?? null,
    InnerFailure: isObject ? wireFailure(inner) : null,
    IsNonRetriable: failure['isNonRetriable'] ?? false,
    Properties: failure['properties'] ?? null,
  };
}
