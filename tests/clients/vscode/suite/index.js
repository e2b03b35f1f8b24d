// What the extension does, asked through VS Code's own interface; VS Code calls `run` in its extension host.
const assert = require("node:assert/strict");
const { writeFile } = require("node:fs/promises");
const { join } = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const vscode = require("vscode");

const PATIENCE = 60_000;
const folder = vscode.workspace.workspaceFolders[0].uri.fsPath;
const at = (name) => vscode.Uri.file(join(folder, name));
const tests = [];
const test = (name, run) => tests.push([name, run]);

async function eventually(what, found) {
  const end = Date.now() + PATIENCE;
  let last;
  while (Date.now() < end) {
    last = await found();
    if (last) return last;
    await sleep(50);
  }
  throw new Error(`waited in vain for ${what}`);
}

const diagnostics = (uri) => vscode.languages.getDiagnostics(uri).filter((found) => found.source === "podlint");
const codes = (uri) => diagnostics(uri).map((found) => found.code.value);
const open = async (uri) => (await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri))).document;
const ask = (command, ...values) => vscode.commands.executeCommand(`vscode.execute${command}`, ...values);
const place = (document, part, offset = 0) => document.positionAt(document.getText().indexOf(part) + offset);
const set = (name, value) =>
  vscode.workspace.getConfiguration("podlint").update(name, value, vscode.ConfigurationTarget.Workspace);

async function training() {
  const document = await open(at("training.py"));
  await vscode.commands.executeCommand("workbench.action.files.revert");
  await eventually("the findings", () => codes(document.uri).includes("undefined-volume"));
  return document;
}

test("the extension is active with all its commands", async () => {
  const extension = vscode.extensions.getExtension("podlint.podlint");
  await eventually("the extension", () => extension.isActive);
  const known = await vscode.commands.getCommands(true);
  for (const { command } of extension.packageJSON.contributes.commands) {
    assert.ok(known.includes(command), command);
  }
});

test("a file that is not open has its findings", async () => {
  await open(at("training.py"));
  await eventually("them", () => codes(at("cluster_template.yaml")).length === 4);
});

test("a finding has place, severity, link and related places", async () => {
  const document = await training();
  const found = diagnostics(document.uri).find((one) => one.code.value === "undefined-volume");
  assert.equal(document.getText(found.range), '"dta"');
  assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
  assert.match(String(found.code.target), /undefined-volume/);
  assert.deepEqual(found.relatedInformation.map((other) => document.getText(other.location.range)), ['"data"']);
});

test("fixes are offered and applied", async () => {
  const document = await training();
  const found = diagnostics(document.uri).find((one) => one.code.value === "undefined-volume");
  const actions = await ask("CodeActionProvider", document.uri, found.range, "quickfix", 10);
  const fix = actions.find((action) => action.title.toLowerCase().includes("rename to `data`"));
  assert.ok(await vscode.workspace.applyEdit(fix.edit));
  await eventually("the finding to go", () => !codes(document.uri).includes("undefined-volume"));
});

test("the command fixes all", async () => {
  const document = await training();
  await vscode.commands.executeCommand("podlint.fixAll");
  await eventually("the fix", () => document.getText().includes('V1VolumeMount(name="data"'));
});

test("hover, completion, definition, references, rename, symbols, lenses", async () => {
  const document = await training();
  const { uri } = document;
  const hovers = await ask("HoverProvider", uri, place(document, "mount_path"));
  assert.match(hovers.flatMap((hover) => hover.contents).map((part) => part.value).join(), /Path within the container/);
  const offered = await ask("CompletionItemProvider", uri, place(document, 'dta"'));
  assert.ok(offered.items.some((item) => (item.label.label ?? item.label) === "data"));
  const [definition] = await ask("DefinitionProvider", uri, place(document, '"main"', 1));
  assert.equal((definition.range ?? definition.targetRange).start.line, place(document, ' name="main"').line);
  const references = await ask("ReferenceProvider", uri, place(document, 'name="proxy"', 7));
  assert.deepEqual(references.map((one) => document.getText(one.range)), ['"proxy"']);
  const edit = await ask("DocumentRenameProvider", uri, place(document, 'name="proxy"', 7), "envoy");
  assert.deepEqual(edit.get(uri).map((one) => one.newText), ["envoy"]);
  const symbols = await ask("DocumentSymbolProvider", uri);
  assert.ok(symbols.some((symbol) => symbol.name.includes("pod_template")), JSON.stringify(symbols));
  const lenses = await ask("CodeLensProvider", uri, 100);
  assert.ok(lenses.some((lens) => lens.command?.title.startsWith("effective pod")));
});

test("the effective pod is a document of its own that follows edits", async () => {
  const document = await training();
  await vscode.commands.executeCommand("podlint.showPod");
  const pod = await eventually("the pod", () => vscode.workspace.textDocuments.find((one) => one.uri.scheme === "podlint-pod"));
  assert.equal(pod.languageId, "yaml");
  assert.match(pod.getText(), /kind: Pod/);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(place(document, "envoyproxy/envoy"), place(document, '/envoy"')), "acme");
  await vscode.workspace.applyEdit(edit);
  await eventually("the new image", () => pod.getText().includes("acme/envoy"));
});

test("a text that was never saved is checked", async () => {
  const content = "apiVersion: v1\nkind: PodTemplate\nmetadata: {name: a}\ntemplate:\n  spec:\n    contaners: []\n";
  const document = await vscode.workspace.openTextDocument({ language: "yaml", content });
  await vscode.window.showTextDocument(document);
  await eventually("the misspelt field", () => codes(document.uri).includes("unknown-field"));
});

test("the cells of a notebook are checked", async () => {
  const notebook = await vscode.workspace.openNotebookDocument(at("notebook.ipynb"));
  await vscode.window.showNotebookDocument(notebook);
  const cell = notebook.cellAt(1).document;
  await eventually("the finding", () => codes(cell.uri).includes("undefined-volume"));
  const found = diagnostics(cell.uri).find((one) => one.code.value === "undefined-volume");
  assert.equal(cell.getText(found.range), '"dta"');
});

test("settings take effect at once", async () => {
  const { uri } = await training();
  await set("lint.ignore", ["undefined-volume"]);
  await eventually("the finding to go", () => !codes(uri).includes("undefined-volume"));
  await set("lint.ignore", undefined);
  await eventually("the finding to come back", () => codes(uri).includes("undefined-volume"));
  await set("enable", false);
  await eventually("all to go", () => codes(uri).length === 0);
  await set("enable", undefined);
  await eventually("all to come back", () => codes(uri).includes("undefined-volume"));
});

test("the project's configuration takes effect at once", async () => {
  const { uri } = await training();
  const kept = (await vscode.workspace.fs.readFile(at("podlint.toml"))).toString();
  await writeFile(at("podlint.toml").fsPath, `${kept}[rules]\nundefined-volume = "off"\n`);
  await eventually("the finding to go", () => !codes(uri).includes("undefined-volume"));
  await writeFile(at("podlint.toml").fsPath, kept);
  await eventually("the finding to come back", () => codes(uri).includes("undefined-volume"));
});

test("the server is started again", async () => {
  const { uri } = await training();
  await vscode.commands.executeCommand("podlint.restart");
  await eventually("the findings", () => codes(uri).includes("undefined-volume"));
});

test("debug information opens", async () => {
  await training();
  await vscode.commands.executeCommand("podlint.printDebugInformation");
  const text = vscode.window.activeTextEditor.document.getText();
  assert.match(text, /editor: /);
  assert.match(text, /podlint \d/);
});

exports.run = async () => {
  const failed = [];
  for (const [name, run] of tests) {
    try {
      await run();
      console.log(`ok ${name}`);
    } catch (error) {
      failed.push(name);
      console.log(`FAILED ${name}: ${error.stack}`);
    }
  }
  console.log(`${tests.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0) throw new Error(`failed: ${failed.join("; ")}`);
};
