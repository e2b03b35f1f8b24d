// What a user sees and does in VS Code.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Workbench } from "./workbench.mjs";

let workbench;
before(async () => (workbench = await Workbench.start()));
after(() => workbench?.stop());

/** Runs a test, and keeps a picture of what was on the screen when it failed. */
function shown(name, run) {
  test(name, async () => {
    try {
      await run(workbench.page);
    } catch (error) {
      await workbench.picture(`failed: ${name}`.replaceAll(/[^a-z0-9]+/gi, "-"));
      throw error;
    }
  });
}

shown("a squiggle lies under the wrong token", async () => {
  await workbench.open("training.py");
  await workbench.squiggles("error").first().waitFor({ state: "attached" });
  await workbench.picture("squiggle-editor", ".part.editor");
  const [token, line] = [await workbench.box('"dta"'), await workbench.squiggles("error").first().boundingBox()];
  assert.equal(await workbench.squiggles("error").count(), 1);
  for (const [edge, wanted, got] of [["left", token.x, line.x], ["width", token.width, line.width], ["top", token.y, line.y]]) {
    assert.ok(Math.abs(wanted - got) < 4, `${edge}: ${wanted} of the token, ${got} of the squiggle`);
  }
});

shown("the Problems panel lists the findings, also those of a file that is not open", async (page) => {
  await workbench.press("Control+Shift+M");
  const rows = page.locator(".markers-panel-container .monaco-list-row");
  await rows.filter({ hasText: "the pod defines no volume `dta`" }).waitFor();
  await rows.filter({ hasText: "the pod defines no volume `scrach`" }).waitFor();
  await workbench.picture("problems");
  await workbench.press("Control+Shift+M");
  await page.locator(".markers-panel-container").waitFor({ state: "hidden" });
});

shown("hovering explains the finding and the field", async (page) => {
  const { x, y, width, height } = await workbench.box('"dta"');
  await page.mouse.move(x + width / 2, y + height / 2);
  const hover = page.locator(".monaco-hover:visible");
  await hover.filter({ hasText: "the pod defines no volume" }).waitFor();
  await hover.getByRole("link", { name: "undefined-volume" }).first().waitFor();
  await workbench.picture("hover");
  await page.mouse.move(5, 5);
});

shown("a quick fix renames the mount", async (page) => {
  await workbench.click('dta"');
  await workbench.press("Control+.");
  const fix = page.locator(".action-widget .monaco-list-row", { hasText: "rename to `data`" });
  await fix.waitFor();
  await workbench.picture("quick-fix");
  await workbench.picture("quick-fix-editor", ".part.editor");
  await fix.click();
  await workbench.shows('V1VolumeMount(name="data"');
  await workbench.squiggles("error").waitFor({ state: "detached" });
  await workbench.picture("fixed");
});

shown("a rename changes every place", async (page) => {
  await workbench.click('data", empty_dir');
  await workbench.press("F2");
  const input = page.locator(".rename-box input");
  await input.waitFor();
  await input.fill("scratch");
  await workbench.press("Enter");
  await workbench.shows('V1VolumeMount(name="scratch"');
  await workbench.shows('V1Volume(name="scratch"');
  await workbench.press("Control+S");
  await workbench.saved("training.py", 'V1VolumeMount(name="scratch"');
});

shown("the effective pod opens beside its source, and follows edits", async (page) => {
  await page.locator(".codelens-decoration a", { hasText: "effective pod" }).first().click();
  const pod = page.locator(".editor-group-container").nth(1).locator(".view-line");
  await pod.filter({ hasText: /kind:\s+Pod/ }).first().waitFor();
  await pod.filter({ hasText: "scratch" }).first().waitFor();
  await workbench.picture("effective-pod");
  await workbench.picture("effective-pod-editor", ".part.editor");
  await workbench.click('envoyproxy/envoy"');
  await page.keyboard.type("acme-");
  await pod.filter({ hasText: "acme-envoyproxy/envoy" }).first().waitFor();
  await workbench.command("File: Revert File");
  await page.locator(".editor-group-container").nth(1).click();
  await workbench.press("Control+F4");
});

shown("saving makes all safe fixes", async (page) => {
  await workbench.open("cluster_template.yaml");
  await workbench.squiggles("error").first().waitFor({ state: "attached" });
  await workbench.click("# Everything");
  await workbench.press("Home");
  await page.keyboard.type("# ");
  await workbench.press("Control+S");
  const text = await workbench.saved("cluster_template.yaml", "- name: primary\n");
  assert.match(text, /- name: scratch\n +mountPath/);
  await workbench.squiggles("error").first().waitFor({ state: "detached" });
});

shown("a finding is ignored with a comment", async (page) => {
  await workbench.click("prom/pushgateway");
  await workbench.press("Control+.");
  await page.locator(".action-widget .monaco-list-row", { hasText: /gnore.*sidecar-image-unpinned/ }).first().click();
  await workbench.shows("# podlint: ignore[sidecar-image-unpinned]");
});
