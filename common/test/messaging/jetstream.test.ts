import { describe } from '@jest/globals';
import { startRealBroker } from './broker.ts';
import { keepsItsPromises } from './conformance.ts';

describe('JetStream', () => keepsItsPromises('jetstream', () => startRealBroker('jetstream')));
