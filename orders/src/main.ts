import { runService } from '@ticketing/common/service';
import { orders } from './app.ts';
import { readOrdersConfig } from './config.ts';

await runService('orders', readOrdersConfig, orders);
