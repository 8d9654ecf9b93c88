// The display dialog of pages without keys of their own, and logging out.

import { ROOT, post } from "./api.js";
import { byId } from "./build.js";
import { setUpDisplay } from "./display.js";

if (byId("settings") && !document.body.dataset.keys) setUpDisplay(null);

byId("log-out")?.addEventListener("click", async () => {
  await post("/api/logout");
  location.assign(`${ROOT}/`);
});
