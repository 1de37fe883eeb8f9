import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The server that a development console speaks to. */
const server = process.env.ITECHSMART_URL ?? 'http://localhost:8000';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  server: {
    port: 3000,
    proxy: { '/api': { target: server }, '/.well-known': { target: server } },
  },
  build: {
    target: 'es2022',
    manifest: true,
    // A style or an image inside JavaScript would need a laxer content security policy.
    assetsInlineLimit: 0,
  },
});
