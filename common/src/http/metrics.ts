import { Histogram, type Registry } from 'prom-client';

export interface HttpMetrics {
  observe(labels: { method: string; route: string; status: number }, seconds: number): void;
}

/** `http_request_duration_seconds` by method, route (the table's path, never the URL) and status. */
export const httpMetrics = (registry: Registry): HttpMetrics => {
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return { observe: (labels, seconds) => duration.observe(labels, seconds) };
};
