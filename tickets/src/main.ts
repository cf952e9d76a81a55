import { runService } from '@ticketing/common/service';
import { tickets } from './app.ts';
import { readTicketsConfig } from './config.ts';

await runService('tickets', readTicketsConfig, tickets);
