import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { type HttpApp, sendProblem } from '@feiqian/http';

const yearSeconds = 365 * 24 * 3600;
const apps = ['wallet', 'till', 'console'] as const;

/** The repository's root, from wherever this file was bundled to. */
function rootDirectory(): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, 'package-lock.json')) && dirname(dir) !== dir) dir = dirname(dir);
  return dir;
}

/** Serves the built front ends: hashed assets for a year, everything else fresh, and each app's own routes by its page. */
export async function serveFrontEnds(app: HttpApp): Promise<void> {
  const root = rootDirectory();
  const setHeaders = (raw: { setHeader(name: string, value: string): unknown }, path: string) => {
    const hashed = /[/\\]assets[/\\]/.test(path);
    raw.setHeader('cache-control', hashed ? `public, max-age=${yearSeconds}, immutable` : 'no-cache');
  };
  const built = apps.filter((name) => existsSync(join(root, 'apps', name, 'dist', 'index.html')));
  const landing = join(root, 'apps', 'landing', 'dist');
  let decorated = false;
  const serve = async (dir: string, prefix: string): Promise<void> => {
    await app.register(fastifyStatic, {
      root: dir,
      prefix,
      decorateReply: !decorated,
      cacheControl: false,
      preCompressed: true,
      setHeaders: setHeaders as never,
    });
    decorated = true;
  };
  for (const name of built) await serve(join(root, 'apps', name, 'dist'), `/${name}/`);
  if (existsSync(join(landing, 'index.html'))) await serve(landing, '/');
  // A trailing slash makes no other route, so the page and the way to it are one handler.
  for (const name of built) {
    app.get(`/${name}`, { schema: { hide: true } }, (request, reply) =>
      new URL(request.url, 'http://localhost').pathname.endsWith('/')
        ? reply.header('cache-control', 'no-cache').sendFile('index.html', join(root, 'apps', name, 'dist'))
        : reply.redirect(`/${name}/`),
    );
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const name = built.find((n) => path.startsWith(`/${n}/`));
    const page = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (name !== undefined && page) {
      return reply
        .header('cache-control', 'no-cache')
        .sendFile('index.html', join(root, 'apps', name, 'dist'));
    }
    return sendProblem(reply, 'not_found', request.id);
  });
}
