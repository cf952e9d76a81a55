import { preset } from '../infra/jest/preset.mjs';

export default preset({ name: 'tickets', engines: ['mongo'], compiled: true });
