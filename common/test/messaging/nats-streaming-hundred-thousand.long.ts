import { describe } from '@jest/globals';
import { takeEffectOnce } from './hundred-thousand.ts';

describe('NATS Streaming', () => takeEffectOnce('nats-streaming'));
