import { preset } from '../../jest/preset.mjs';

export default preset({ name: 'stripe-stand-in' });
