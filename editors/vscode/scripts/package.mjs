// Makes the package of one platform: node scripts/package.mjs TARGET BINARY [OUTPUT], such as linux-x64 ../../target/release/podlint
import { execFileSync } from "node:child_process";
import { chmod, copyFile, mkdir, rm } from "node:fs/promises";
import { createVSIX } from "@vscode/vsce";

const [target, binary, output] = process.argv.slice(2);
if (target === undefined || binary === undefined) {
  console.error("usage: node scripts/package.mjs TARGET BINARY [OUTPUT]");
  process.exit(2);
}

const bundled = `bundled/${target.startsWith("win32") ? "podlint.exe" : "podlint"}`;
await rm("bundled", { recursive: true, force: true });
await mkdir("bundled");
await copyFile(binary, bundled);
await chmod(bundled, 0o755);
await copyFile("../../LICENSE-MIT", "LICENSE.txt");
await copyFile("../../CHANGELOG.md", "CHANGELOG.md");
execFileSync(process.execPath, ["scripts/build.mjs", "--minify"], { stdio: "inherit" });
const packagePath = output ?? `podlint-${target}.vsix`;
await createVSIX({ target, packagePath, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false });
console.log(`wrote ${packagePath}`);
