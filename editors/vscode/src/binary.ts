// Which podlint is started.
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

/** What the choice depends on. */
export interface Situation {
  /** The setting `podlint.path`. */
  readonly path: string;
  /** The setting `podlint.importStrategy`. */
  readonly importStrategy: string;
  /** Whether the user trusts the workspace: programs of one that is not trusted are never run. */
  readonly isTrusted: boolean;
  /** The folders of the workspace. */
  readonly folders: readonly string[];
  /** Where the extension is installed. */
  readonly extension: string;
  /** The search path of the editor. */
  readonly searchPath: string;
  readonly isWindows: boolean;
}

/** The programs to try, the best one first. */
export function candidates(situation: Situation): string[] {
  const name = situation.isWindows ? "podlint.exe" : "podlint";
  const bundled = join(situation.extension, "bundled", name);
  if (!situation.isTrusted) {
    return [bundled];
  }
  const chosen = situation.path === "" ? [] : [expand(situation.path, situation.folders[0])];
  if (situation.importStrategy === "useBundled") {
    return [...chosen, bundled];
  }
  const scripts = situation.isWindows ? "Scripts" : "bin";
  const environments = situation.folders.flatMap((folder) =>
    [".venv", "venv"].map((environment) => join(folder, environment, scripts, name)),
  );
  const found = situation.searchPath.split(delimiter).filter((folder) => folder !== "");
  return [...chosen, ...environments, ...found.map((folder) => join(folder, name)), bundled];
}

/** A path as the user may write it. */
export function expand(path: string, folder: string | undefined): string {
  const home = path === "~" || path.startsWith("~/") ? homedir() + path.slice(1) : path;
  return home.replaceAll("${workspaceFolder}", folder ?? ".");
}
