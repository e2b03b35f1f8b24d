// A VS Code to drive: code-server on loopback with the packaged extension, and a browser without a head that shows it.
import { spawn, execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";

/** How long anything may take, also on a busy machine. */
export const PATIENCE = 90_000;

const SETTINGS = {
  "chat.disableAIFeatures": true,
  "editor.fontSize": 14,
  "editor.lightbulb.enabled": "on",
  "editor.minimap.enabled": false,
  "editor.codeActionsOnSave": { "source.fixAll.podlint": "explicit" },
  "explorer.autoReveal": false,
  "extensions.ignoreRecommendations": true,
  "files.simpleDialog.enable": true,
  "git.enabled": false,
  "podlint.importStrategy": "useBundled",
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "workbench.colorTheme": "Default Light Modern",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/** A port that nothing listens at. */
export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Waits until something answers there. */
export async function answers(url, process) {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    if (process.exitCode !== null) throw new Error(`the server ended with ${process.exitCode}`);
    try {
      if ((await fetch(url)).status < 500) return;
    } catch {
      // Not yet.
    }
    await sleep(200);
  }
  throw new Error(`nothing answers at ${url}`);
}

/** Starts the browser. */
export function browse() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--font-render-hinting=none"],
  });
}

/** Copies of the workspace's files, in a folder with a name that looks well in pictures. */
export async function workspace(home) {
  const folder = join(home, "flyte-project");
  await cp(process.env.PODLINT_WORKSPACE, folder, { recursive: true });
  return folder;
}

/** An editor that is open at a copy of the workspace. */
export class Workbench {
  static async start() {
    const self = new Workbench();
    self.home = await mkdtemp(join(tmpdir(), "podlint-vscode-"));
    self.folder = await workspace(self.home);
    const settings = join(self.home, "data", "User");
    await mkdir(settings, { recursive: true });
    await writeFile(join(settings, "settings.json"), JSON.stringify(SETTINGS));
    const folders = ["--user-data-dir", join(self.home, "data"), "--extensions-dir", join(self.home, "extensions")];
    const entry = "node_modules/code-server/out/node/entry.js";
    execFileSync(process.execPath, [entry, ...folders, "--install-extension", process.env.PODLINT_VSIX], { stdio: "pipe" });
    const port = await freePort();
    const options = ["--auth", "none", "--bind-addr", `127.0.0.1:${port}`, "--disable-telemetry", "--disable-update-check"];
    self.server = spawn(process.execPath, [entry, ...folders, ...options, "--disable-workspace-trust"], { stdio: "ignore" });
    await answers(`http://127.0.0.1:${port}/healthz`, self.server);
    self.browser = await browse();
    self.page = await self.browser.newPage({ viewport: { width: 1280, height: 760 }, deviceScaleFactor: 1.5 });
    self.page.setDefaultTimeout(PATIENCE);
    await self.page.goto(`http://127.0.0.1:${port}/?folder=${self.folder}`);
    await self.page.locator(".monaco-workbench .explorer-folders-view").waitFor();
    return self;
  }

  async stop() {
    await this.browser?.close();
    this.server?.kill();
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Opens a file of the workspace as it is on disk. */
  async open(file) {
    await this.press("Control+P");
    const input = this.page.locator(".quick-input-widget input.input");
    await input.fill(file);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: file }).first().waitFor();
    await this.press("Enter");
    await this.page.locator(`.tab.active[data-resource-name="${file}"]`).first().waitFor();
    await this.page.locator(".editor-instance .view-line").first().waitFor();
  }

  /** Runs a command of the palette. */
  async command(title) {
    await this.press("F1");
    await this.page.locator(".quick-input-widget input.input").fill(`>${title}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click();
  }

  press(keys) {
    return this.page.keyboard.press(keys);
  }

  /** Where a text is on the screen: its first occurrence in the active editor. */
  async box(part) {
    const found = await this.page.waitForFunction((part) => {
      const editor = document.querySelector(".editor-group-container.active .editor-instance");
      for (const line of editor?.querySelectorAll(".view-line") ?? []) {
        const pieces = [];
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) pieces.push(node);
        const text = pieces.map((node) => node.data.replaceAll("\u00a0", " ")).join("");
        const start = text.indexOf(part);
        if (start < 0) continue;
        const range = document.createRange();
        let at = 0;
        for (const node of pieces) {
          const [from, to] = [start - at, start + part.length - at];
          if (from >= 0 && from < node.length) range.setStart(node, from);
          if (to > 0 && to <= node.length) range.setEnd(node, to);
          at += node.length;
        }
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x, y, width, height };
      }
      return null;
    }, part);
    return found.jsonValue();
  }

  /** Clicks at the start of a text. */
  async click(part) {
    const { x, y, height } = await this.box(part);
    await this.page.mouse.click(x + 2, y + height / 2);
  }

  /** The squiggles of the active editor. */
  squiggles(severity) {
    return this.page.locator(`.editor-group-container.active .editor-instance .squiggly-${severity}`);
  }

  /** Waits for a text of the active editor to hold something. */
  async shows(part) {
    await this.box(part);
  }

  /** Waits for a file on disk. */
  async saved(file, part) {
    const end = Date.now() + PATIENCE;
    while (Date.now() < end) {
      const text = await readFile(join(this.folder, file), "utf8");
      if (text.includes(part)) return text;
      await sleep(100);
    }
    throw new Error(`${file} never held ${part}`);
  }

  /** A picture of the window, kept; with `part` of that part alone. */
  async picture(name, part) {
    // Pictures are for reading: no blinking cursor, no tooltip under a mouse that rests.
    const shot = { path: join(process.env.PODLINT_PICTURES, `${name}.png`), caret: "hide", animations: "disabled" };
    await (part === undefined ? this.page.screenshot(shot) : this.page.locator(part).screenshot(shot));
  }
}
