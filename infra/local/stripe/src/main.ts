import { runService } from '@ticketing/common/service';
import { readStandInConfig } from './config.ts';
import { standIn } from './stand-in.ts';

await runService('stripe-stand-in', readStandInConfig, standIn);
