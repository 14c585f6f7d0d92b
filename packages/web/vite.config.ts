// Console and portal: two entries, one build. Files carry their hash in the name, so that browsers keep them for ever; the
// pages themselves are drawn by the server, which puts its nonce where `__NONCE__` stands.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: '/assets/web/',
  plugins: [react()],
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsDir: '.',
    manifest: 'manifest.json',
    // An inlined file would be a data: address, which the content policy refuses.
    assetsInlineLimit: 0,
    target: 'es2024',
    // From here on browsers know `light-dark()`; for older ones it would be taken apart into variables that nobody sets.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    reportCompressedSize: false,
    rolldownOptions: { input: ['console/index.html', 'my/index.html'] },
  },
});
