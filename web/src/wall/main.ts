import { mount } from "svelte";
import "../shared/base.css";
import "./wall.css";
import Wall from "./Wall.svelte";

mount(Wall, { target: document.body });
