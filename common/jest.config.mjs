import { preset } from '../infra/jest/preset.mjs';

export default preset({ name: 'common', engines: ['mongo', 'nats-streaming', 'jetstream', 'redis'] });
