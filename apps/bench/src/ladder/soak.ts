import { residentBytes } from '../machine.ts';
import { laterHalf, linearTrend, type Sample } from '../measure/trend.ts';
import { type Rung, runRung, type Stand } from './rung.ts';

/** Memory over a long run. Bytes; times in seconds from its beginning. */
export interface Soak {
  seconds: number;
  rung: Rung;
  network: Sample[];
  generator: Sample[];
  verdict: SoakVerdict;
}

export interface SoakVerdict {
  /** Growth of the network's memory over the later half by the fitted line, as a share of its mean. */
  growth: number;
  bytesPerHour: number;
  /** Null when the run was too short to say. */
  stable: boolean | null;
}

/** Growth over the later half that is called stable; garbage comes and goes by more from one second to the next. */
export const growthMax = 0.05;
/** Below this a heap is still warming up, and a line through it says nothing. */
export const judgedSecondsMin = 300;
const samplesMax = 900;
const linesMax = 30;

/** Judges memory by the line through the later half of its samples. */
export function judgeSoak(samples: readonly Sample[], seconds: number): SoakVerdict {
  const trend = linearTrend(laterHalf(samples));
  if (trend === null) return { growth: 0, bytesPerHour: 0, stable: null };
  return {
    growth: trend.growth,
    bytesPerHour: trend.slope * 3600,
    stable: seconds < judgedSecondsMin ? null : trend.growth <= growthMax,
  };
}

/** Offers customers at one rate for a long time and looks at the memory of the processes. */
export async function runSoak(
  stand: Stand,
  o: { rate: number; seconds: number; write: (line: string) => void },
): Promise<Soak> {
  const begin = performance.now();
  const network: Sample[] = [];
  const generator: Sample[] = [];
  const everyMs = Math.max(500, (o.seconds * 1000) / samplesMax);
  const saidEvery = Math.max(1, Math.ceil((o.seconds * 1000) / everyMs / linesMax));
  const look = () => {
    const at = (performance.now() - begin) / 1000;
    network.push({ at, value: residentBytes(stand.running.pid) });
    generator.push({ at, value: process.memoryUsage.rss() });
    if (network.length % saidEvery === 0) o.write(soakLine(network, generator));
  };
  look();
  const timer = setInterval(look, everyMs);
  try {
    const rung = await runRung(stand, { name: 'soak', rate: o.rate, percent: null, seconds: o.seconds });
    return { seconds: o.seconds, rung, network, generator, verdict: judgeSoak(network, o.seconds) };
  } finally {
    clearInterval(timer);
  }
}

const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

function soakLine(network: readonly Sample[], generator: readonly Sample[]): string {
  const now = network.at(-1) as Sample;
  const minutes = `${Math.floor(now.at / 60)}:${String(Math.floor(now.at % 60)).padStart(2, '0')}`;
  return `${minutes.padStart(6)}    memory: network ${mib(now.value)}, generator and stubs ${mib(generator.at(-1)?.value ?? 0)}`;
}
