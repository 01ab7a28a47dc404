// What can be asked over HTTP? Health, readiness, status and metrics of one bot.
import type { HttpRoutes } from '../adapters/http/loopback-server.ts';
import { createPrometheusText } from '../adapters/metrics/prometheus-text.ts';
import { statusMetrics } from '../live/status/metrics-of-status.ts';
import type { StatusView } from '../live/status/read-status.ts';
import { statusRoutes } from './status-routes.ts';

export function watchRoutes(view: () => StatusView): HttpRoutes {
  const prometheus = createPrometheusText();
  return {
    ...statusRoutes(view),
    '/metrics': async () => ({
      status: 200,
      type: prometheus.type,
      body: await prometheus.render(statusMetrics(view(), Date.now())),
    }),
  };
}
