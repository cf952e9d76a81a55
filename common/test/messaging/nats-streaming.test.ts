import { describe } from '@jest/globals';
import { startRealBroker } from './broker.ts';
import { keepsItsPromises } from './conformance.ts';

describe('NATS Streaming', () => keepsItsPromises('nats-streaming', () => startRealBroker('nats-streaming')));
