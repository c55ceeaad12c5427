import { mount } from "svelte";
import "../shared/base.css";
import "./field.css";
import Field from "./Field.svelte";

mount(Field, { target: document.body });

if ("serviceWorker" in navigator) {
  // Without it (plain http, a private window) the page works as long as it is open.
  navigator.serviceWorker.register("/field-sw.js", { scope: "/field" }).catch(() => undefined);
}
