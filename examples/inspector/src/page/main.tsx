import { render } from "preact";
import { App } from "../views/app.tsx";
import { listenForKeys } from "./keys.ts";
import { listenForDrops } from "./drops.ts";
import { start } from "./refresh.ts";

const place = document.getElementById("app")!;
place.textContent = "";
render(<App />, place);
listenForKeys();
listenForDrops();
void start();
