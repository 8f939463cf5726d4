import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { VitePWA } from 'vite-plugin-pwa';

/** Libraries that hold state in module scope or React context: two copies would not see each other. */
const single = ['react', 'react-dom', 'i18next', 'react-i18next', '@tanstack/react-query', 'idb'];

/** What every screen needs, in one file: fewer requests, and it compresses better than many small ones. */
const frame = {
  name: 'frame',
  test: /node_modules\/(react|react-dom|scheduler|i18next|react-i18next|use-sync-external-store|@tanstack\/(history|store|react-store|router-core|react-router|query-core|react-query))\//,
};

/** The parts of the design system on nearly every screen, for the same reason; the rest loads where it is used. */
const kit = {
  name: 'kit',
  test: /packages\/ui\/src\/(amount|api|button|card-face|catalogue\/zh|cx|feedback|i18n|list-row|mark|money-text|nav-bar|page-shell|preference-store|spinner|status-badge|stream|theme|time-text|toast)\.tsx?$/,
};

/** The small modules of the wallet that its first route needs, in one file as well. */
const small = {
  name: 'small',
  test: /apps\/wallet\/src\/(asking|client|keep|queries|request-queries|record|session|install|live|parts\/(balance|bank-name|hidden-balance|links|notice-bell|online|payment-row|seconds|tab-page))\.tsx?$/,
};

/** A script of the app's own that its service worker brings in, as it stands. */
function workerScript(root, name) {
  return {
    name: 'worker-script',
    apply: 'build',
    generateBundle() {
      const source = readFileSync(join(root, 'src', name), 'utf8');
      this.emitFile({ type: 'asset', fileName: name, source });
    },
  };
}

/** Beside each text file its compressed forms, which the network hands to browsers that take them. */
function compressed() {
  let folder = '';
  return {
    name: 'compressed',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle: {
      sequential: true,
      order: 'post',
      handler() {
        for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
          if (!entry.isFile() || !/\.(js|css|html|svg|json|webmanifest)$/.test(entry.name)) continue;
          const file = join(entry.parentPath, entry.name);
          const bytes = readFileSync(file);
          if (bytes.length < compressedBytesMin) continue;
          const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
          writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
          writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
        }
      },
    },
  };
}

/** What is smaller fits into one packet anyway. */
const compressedBytesMin = 1_024;

const icons = [
  { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
  { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
  { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
  { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
];

function pwa({ base, name, shortName, description, colour, shortcuts, worker }) {
  return VitePWA({
    registerType: 'autoUpdate',
    injectRegister: false,
    includeAssets: ['icon.svg', 'apple-touch-icon.png'],
    manifest: {
      id: base,
      name,
      short_name: shortName,
      description,
      lang: 'zh-CN',
      start_url: base,
      scope: base,
      display: 'standalone',
      orientation: 'portrait',
      background_color: '#ffffff',
      theme_color: colour,
      icons,
      shortcuts,
    },
    workbox: {
      globPatterns: ['**/*.{js,css,html,svg,png,wasm,webmanifest}'],
      maximumFileSizeToCacheInBytes: 3_000_000,
      navigateFallback: `${base}index.html`,
      navigateFallbackDenylist: [/^\/v1\//],
      cleanupOutdatedCaches: true,
      ...(worker ? { importScripts: [worker], globIgnores: [worker] } : {}),
    },
  });
}

/**
 * The build of a browser app: served under `base`, written to `dist/` beside its index.html,
 * installable and offline unless `pwa` is false.
 * @param {{ root: string, app: string, base: string, name: string, shortName?: string,
 *   description?: string, colour?: string, pwa?: boolean, shortcuts?: object[], worker?: string }} options
 *   `worker`: a script in `src/` that the service worker brings in
 */
export function appConfig(options) {
  const { root, app, base, pwa: installable = true, colour = '#ffffff' } = options;
  const assets = resolve(import.meta.dirname, '../packages/ui/assets', app);
  const target = process.env.FEIQIAN_API ?? 'http://localhost:8080';
  return {
    root,
    base,
    publicDir: existsSync(assets) ? assets : join(root, 'public'),
    plugins: [
      react(),
      tailwindcss(),
      ...(options.worker ? [workerScript(root, options.worker)] : []),
      ...(installable ? [pwa({ ...options, colour })] : []),
      compressed(),
    ],
    resolve: { dedupe: single },
    build: {
      outDir: join(root, 'dist'),
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 2048,
      rolldownOptions: { output: { codeSplitting: { groups: [frame, kit, small] } } },
    },
    server: { proxy: { '/v1': { target } } },
  };
}
