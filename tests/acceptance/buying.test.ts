import { describeBuying } from '../support/buying.ts';
import { systemOfFile } from '../support/system-of-file.ts';

describeBuying(systemOfFile());
