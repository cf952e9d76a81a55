export { MemoryBroker, type MemoryBrokerSettings } from './memory-broker.ts';
export { connectMemory, type MemoryBusSettings } from './memory-bus.ts';
