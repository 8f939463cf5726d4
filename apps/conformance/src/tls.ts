import { readFileSync } from 'node:fs';
import type { TlsFiles } from './subject.ts';

/** The files of a TLS set-up as Node takes them. */
export function tlsOptions(files: TlsFiles): Record<string, unknown> {
  const read = (path: string) => readFileSync(path, 'utf8');
  return {
    ca: read(files.caFile),
    ...(files.certFile ? { cert: read(files.certFile) } : {}),
    ...(files.keyFile ? { key: read(files.keyFile) } : {}),
    ...(files.serverName ? { servername: files.serverName } : {}),
  };
}
