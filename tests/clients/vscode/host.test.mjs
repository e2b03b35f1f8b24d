// Runs suite/ inside of VS Code: in its extension host, with the extension from its folder.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { answers, browse, freePort, PATIENCE, workspace } from "./workbench.mjs";

const CELL = `import flyte
from kubernetes.client import V1Container, V1PodSpec, V1VolumeMount
template = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[
    V1Container(name="primary", volume_mounts=[V1VolumeMount(name="dta", mount_path="/data")])]))
`;
const cell = (cell_type, text) => ({
  cell_type,
  metadata: {},
  source: text.split(/(?<=\n)/),
  ...(cell_type === "code" ? { execution_count: null, outputs: [] } : {}),
});
const NOTEBOOK = {
  cells: [cell("markdown", "# A template"), cell("code", CELL)],
  metadata: { language_info: { name: "python" } },
  nbformat: 4,
  nbformat_minor: 5,
};

test("the extension inside of VS Code", { timeout: 240_000 }, async () => {
  const home = await mkdtemp(join(tmpdir(), "podlint-host-"));
  let server, browser;
  try {
    const folder = await workspace(home);
    await writeFile(join(folder, "notebook.ipynb"), JSON.stringify(NOTEBOOK));
    const port = await freePort();
    const options = ["--without-connection-token", "--accept-server-license-terms", "--enable-smoke-test-driver"];
    const places = ["--host", "127.0.0.1", "--port", `${port}`, "--server-data-dir", join(home, "data")];
    const entry = "node_modules/code-server/lib/vscode/out/server-main.js";
    server = spawn(process.execPath, [entry, ...options, "--disable-workspace-trust", ...places], { stdio: "ignore" });
    await answers(`http://127.0.0.1:${port}/version`, server);
    browser = await browse();
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    const ended = new Promise((done, fail) => {
      // VS Code itself has much to say, too.
      const ours = (values) => /^(ok|FAILED|\d+ passed) /.test(String(values[0])) && console.log(...values);
      page.exposeFunction("codeAutomationLog", (_, values) => ours(values));
      page.exposeFunction("codeAutomationExit", (code) => (code === 0 ? done() : fail(new Error(`ended with ${code}`))));
    });
    const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
    const payload = [
      ["extensionDevelopmentPath", remote(join(process.env.PODLINT_ROOT, "editors/vscode"))],
      ["extensionTestsPath", remote(join(process.cwd(), "suite/index.js"))],
      ["enableProposedApi", ""],
    ];
    const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
    await page.goto(`http://127.0.0.1:${port}/?${query}`);
    await ended;
  } finally {
    await browser?.close();
    server?.kill();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
});
