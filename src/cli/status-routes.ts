// What do /health and /ready say? The status as its file stands now, its age included.
import { jsonAnswer, type HttpRoutes } from '../adapters/http/loopback-server.ts';
import { isReady, type StatusView } from '../live/status/read-status.ts';

/** `view` is asked anew for every request. */
export function statusRoutes(view: () => StatusView): HttpRoutes {
  return {
    '/health': () => {
      const now = view();
      if (now.kind !== 'status') return jsonAnswer(503, { health: 'UNHEALTHY', issues: [now.finding], warnings: [] });
      const { health, issues, warnings } = now.document;
      return jsonAnswer(health === 'UNHEALTHY' ? 503 : 200, { health, issues, warnings, ageMs: now.ageMs });
    },
    '/ready': () => {
      const ready = isReady(view());
      return jsonAnswer(ready ? 200 : 503, { ready });
    },
    '/status': () => {
      const now = view();
      return now.kind === 'status' ? jsonAnswer(200, now.document) : jsonAnswer(503, { issues: [now.finding] });
    },
  };
}
