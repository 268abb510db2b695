// Every page loads this. All pages work without it; it only makes them quicker and kinder.
import htmx from "htmx.org";
import "./autosave.js";
import "./behaviour.js";
import "./desk.js";
import "./keeping.js";
import "./ticking.js";
import "./proof.js";

window.htmx = htmx;
