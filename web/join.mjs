// Joins the style sheets, in this order, into the one file index.html links to. Trunk runs it before each build.
import { readFileSync, writeFileSync } from "node:fs";

const ORDER = [
  "tokens", "base", "shell", "parts", "tables", "charts", "overlays",
  "dashboard", "welcome", "agents", "tasks", "approvals", "analytics", "transcript", "logs", "settings",
];
const styles = new URL("styles/", import.meta.url);
const joined = ORDER.map((name) => readFileSync(new URL(`${name}.css`, styles), "utf8")).join("\n");
writeFileSync(new URL("page.css", import.meta.url), joined);
