import { describe } from '@jest/globals';
import { takeEffectOnce } from './hundred-thousand.ts';

describe('JetStream', () => takeEffectOnce('jetstream'));
