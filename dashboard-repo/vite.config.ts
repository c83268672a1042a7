import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { firstPaintWeight } from './src/build/first-paint-weight.ts';

export default defineConfig({
  plugins: [react(), firstPaintWeight()],
  build: {
    target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    // The content security policy lets no data: fonts or styles in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
  },
});
