// How do gauges look to Prometheus? As text in its format, with those of this process beside them.
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface GaugeValues {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

export interface PrometheusText {
  readonly type: string;
  render(gauges: readonly GaugeValues[]): Promise<string>;
}

export function createPrometheusText(): PrometheusText {
  const own = new Registry();
  collectDefaultMetrics({ register: own, prefix: 'perpilot_process_' });
  return {
    type: own.contentType,
    async render(gauges) {
      const registry = new Registry();
      for (const { name, help, samples } of gauges) {
        const labelNames = Object.keys(samples[0]?.labels ?? {});
        const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
        // Without labels a gauge would say 0 where nothing is known.
        if (samples.length === 0) registry.removeSingleMetric(name);
        for (const { labels, value } of samples) gauge.set(labels, value);
      }
      return `${await registry.metrics()}${await own.metrics()}`;
    },
  };
}
