import type {
  ArmRequest,
  ArmResponse,
  Caller,
  Provider,
  RoleDefinition,
  WriteRecord,
} from '../contract';
import type { Handler, World } from './call';
import { createAccessControl } from './accessControl';
import { machinePlaces } from './computeThrottle';
import { EstateStore } from './estateStore';
import type { Faults } from './faults';
import { createFaults } from './faults';
import { serve } from './frontDoor';
import { guidMaker } from './guids';
import { createMachineOperations, watchMachines } from './machineOperations';
import { createOperationTable } from './operations';
import type { OutOfBand } from './outOfBand';
import { createOutOfBand } from './outOfBand';
import type { ResourceGraph } from './resourceGraph';
import { createResourceGraph } from './resourceGraph';
import { builtInRoles, roleDefinitionFromJson } from './roleDefinitions';
import type { ResourceManagerOptions, Settings } from './settings';
import { settingsFrom } from './settings';
import { createThrottle } from './throttling';
import type { WriteLog } from './writeLog';
import { createWriteLog } from './writeLog';

/** How a further provider is taken in. */
type ProviderOptions = {
  /**
   * True for a request that its provider judges by itself: no role is asked for. PIM lets anybody
   * ask for and see what is his own.
   */
  isSelfService?: (request: ArmRequest, caller: Caller) => boolean;
};

/** The local Resource Manager. */
export type ResourceManager = {
  /** Answers one request. Throws an error with code ECONNRESET where a fault drops it. */
  handle(request: ArmRequest): Promise<ArmResponse>;
  /** What stands in Azure now; tests look here for the truth and change VMs and NICs here. */
  estate: EstateStore;
  writeLog: WriteLog;
  faults: Faults;
  /** Takes in another provider (PIM, authorization): asked in order for paths not known here. */
  addProvider(provider: Provider, options?: ProviderOptions): void;
  /** Adds or replaces a role definition, as an object of the contract or as JSON. */
  defineRole(definition: RoleDefinition | Record<string, unknown>): void;
  /** Knobs; may be changed at any time. */
  settings: Settings;
  resourceGraph: ResourceGraph;
  /** What administrators and other tools do behind the app's back: at once, and logged. */
  outOfBand: OutOfBand;
  /** Stops every timer of operations under way. */
  close(): void;
};

/** All that the front door needs; not for callers. */
export type Inside = {
  world: World;
  options: ResourceManagerOptions;
  faults: Faults;
  throttle: ReturnType<typeof createThrottle>;
  writeLog: ReturnType<typeof createWriteLog>;
  providers: { provider: Provider; isSelfService: NonNullable<ProviderOptions['isSelfService']> }[];
  query: Handler;
};

/** Builds a Resource Manager over an estate. Nothing runs until it is called. */
export function createResourceManager(options: ResourceManagerOptions): ResourceManager {
  const settings = settingsFrom(options);
  const store = new EstateStore(options.estate);
  const definitions = (options.roleDefinitions ?? []).map((json) => roleDefinitionFromJson(json));
  const access = createAccessControl(options.roleSource, store, [...builtInRoles, ...definitions]);
  const writeLog = createWriteLog(options.writeLogPath);
  const ended = (record: WriteRecord): void => {
    writeLog.settled(record);
    options.onWrite?.(record);
  };
  const operations = createOperationTable(ended);
  const { chance } = options;
  const guid = guidMaker(chance);
  const machines = createMachineOperations();
  const world: World = { store, settings, access, operations, machines, chance, guid };
  watchMachines(world);
  const faults = createFaults(chance);
  const resourceGraph = createResourceGraph(world);
  const providers: Inside['providers'] = [];
  const throttle = createThrottle(settings, machinePlaces(world));
  const { answerQuery: query } = resourceGraph;
  const inside: Inside = { world, options, faults, throttle, writeLog, providers, query };
  return {
    handle: (request) => serve(request, inside),
    estate: store,
    writeLog,
    faults,
    addProvider: (provider, { isSelfService = () => false } = {}) => {
      providers.push({ provider, isSelfService });
    },
    defineRole: (definition) => {
      access.define(
        'guid' in definition && 'actions' in definition && 'notActions' in definition
          ? (definition as RoleDefinition)
          : roleDefinitionFromJson(definition),
      );
    },
    settings,
    resourceGraph,
    outOfBand: createOutOfBand(world, writeLog, (record) => options.onWrite?.(record)),
    close: () => {
      for (const timer of operations.timers) clearTimeout(timer);
      operations.timers.clear();
    },
  };
}
