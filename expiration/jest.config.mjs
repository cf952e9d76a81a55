import { preset } from '../infra/jest/preset.mjs';

export default preset({ name: 'expiration', engines: ['nats-streaming'], compiled: true });
