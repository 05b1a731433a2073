import { createChainStoreMemory } from '../../../shared/auditMemory';
import { describeChainStore } from './auditContract';

describeChainStore('memory', createChainStoreMemory);
