import { describe } from '@jest/globals';
import { startMemoryBroker } from './broker.ts';
import { keepsItsPromises } from './conformance.ts';

describe('the broker in memory', () => keepsItsPromises('memory', startMemoryBroker));
