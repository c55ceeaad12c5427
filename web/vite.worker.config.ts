import { defineConfig } from "vite";

/** The service worker is one file of a fixed name at the root, so that its scope may be `/field`. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../dashboard_api/static",
    emptyOutDir: false,
    target: "es2022",
    lib: { entry: "src/field/worker.ts", formats: ["iife"], name: "fieldWorker", fileName: () => "field-sw.js" },
  },
});
