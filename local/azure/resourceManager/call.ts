import type { ArmContext, ArmResponse, WriteRecord } from '../contract';
import type { AccessControl } from './accessControl';
import type { ArmPath } from './armPath';
import type { EstateStore } from './estateStore';
import type { MachineOperations } from './machineOperations';
import type { OperationTable } from './operations';
import type { Settings } from './settings';

/** How an accepted operation is to end other than well; set by a fault. */
export type OperationEnd = {
  status: 'Failed' | 'Canceled';
  error: { code: string; message: string; details?: { code: string; message: string }[] };
  /** True: the change takes effect although the client is told that it failed. */
  lands?: boolean;
};

/** A request on its way through Resource Manager: parsed, its caller known. */
export type Call = ArmContext & {
  route: ArmPath;
  method: string;
  /** `https://host:port`, to build absolute URLs that the client can follow. */
  origin: string;
  apiVersion: string;
  /** Writes only: where the handler notes before, after and the end. */
  record?: WriteRecord;
  operationEnd?: OperationEnd;
  /** Id of the operation to come, where a message had to name it before it began. */
  operationId?: string;
};

/** What handlers may touch. */
export type World = {
  store: EstateStore;
  settings: Settings;
  access: AccessControl;
  operations: OperationTable;
  /** Operations on VMs and their extensions. */
  machines: MachineOperations;
  chance: () => number;
  guid: () => string;
};

/** Answers one method of one route. */
export type Handler = (call: Call, world: World) => ArmResponse | Promise<ArmResponse>;

/** The methods of a route, and those that Azure has there but this imitation has not. */
export type Route = {
  methods: Partial<Record<string, Handler>>;
  alsoInAzure?: string[];
};

/** Routes by the path's template, in lower case. */
export type RouteTable = Map<string, Route>;
