import assert from "node:assert/strict";
import { homedir } from "node:os";
import { test } from "node:test";
import { candidates, expand, type Situation } from "../src/binary.ts";

const situation: Situation = {
  path: "",
  importStrategy: "fromEnvironment",
  isTrusted: true,
  folders: ["/work"],
  extension: "/ext",
  searchPath: "/usr/bin::/bin",
  isWindows: false,
};

test("the project's own podlint comes before the one on the search path and the bundled one", () => {
  assert.deepEqual(candidates(situation), [
    "/work/.venv/bin/podlint",
    "/work/venv/bin/podlint",
    "/usr/bin/podlint",
    "/bin/podlint",
    "/ext/bundled/podlint",
  ]);
});

test("a chosen path comes first", () => {
  const chosen = { ...situation, path: "${workspaceFolder}/tools/podlint", importStrategy: "useBundled" };
  assert.deepEqual(candidates(chosen), ["/work/tools/podlint", "/ext/bundled/podlint"]);
});

test("nothing of an untrusted workspace is run", () => {
  const untrusted = { ...situation, path: "/work/evil", isTrusted: false };
  assert.deepEqual(candidates(untrusted), ["/ext/bundled/podlint"]);
});

test("the home directory is understood", () => {
  assert.equal(expand("~/bin/podlint", undefined), `${homedir()}/bin/podlint`);
  assert.equal(expand("/a~/podlint", undefined), "/a~/podlint");
});
