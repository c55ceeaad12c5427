import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: "../dashboard_api/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500, // MapLibre is one chunk of about 1 MB, loaded by the wall only
    rolldownOptions: { input: ["wall.html", "field.html"] },
  },
  test: { include: ["src/**/*.test.ts"] },
});
