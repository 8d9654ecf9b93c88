// What all pages do: the display dialog, where a page has no keys of its own, and logging out.

import { byId } from "./build.js";
import { setUpDisplay } from "./display.js";
import { setUpSessions } from "./sessions.js";

if (byId("settings") && !document.body.dataset.keys) setUpDisplay(null);
setUpSessions();
