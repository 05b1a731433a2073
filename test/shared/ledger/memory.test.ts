import { createLedgerMemory } from '../../../shared/ledgerMemory';
import { describeLedger } from './ledgerContract';

const ledger = createLedgerMemory();

describeLedger('memory', () => ledger);
