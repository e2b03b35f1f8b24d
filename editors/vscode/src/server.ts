// The server's process and the client that speaks with it.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn, State, type DocumentFilter } from "vscode-languageclient/node";
import { candidates } from "./binary.ts";
import type { Pods } from "./pods.ts";
import { show } from "./status.ts";

/** What is checked; the server looks into the text before it says anything. */
export const SELECTOR: (DocumentFilter & vscode.DocumentFilter)[] = ["python", "yaml", "json", "jsonc"].flatMap((language) =>
  ["file", "untitled", "vscode-notebook-cell"].map((scheme) => ({ scheme, language })),
);

/** Starts the server, and starts it again. */
export class Server {
  /** The client, where there is one that could be started. */
  client: LanguageClient | undefined;
  readonly #extension: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #item: vscode.LanguageStatusItem;
  readonly #pods: Pods;
  #turn: Promise<void> = Promise.resolve();

  constructor(extension: string, log: vscode.LogOutputChannel, item: vscode.LanguageStatusItem, pods: Pods) {
    this.#extension = extension;
    this.#log = log;
    this.#item = item;
    this.#pods = pods;
  }

  /** Starts anew, after whatever is under way. */
  restart(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#stop()).then(() => this.#start());
    return this.#turn;
  }

  /** Stops for good. */
  stop(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#stop());
    return this.#turn;
  }

  async #stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    try {
      await client?.dispose();
    } catch (error) {
      this.#log.warn(`the server did not stop as asked: ${String(error)}`);
    }
  }

  async #start(): Promise<void> {
    const found = await this.#find();
    if (found === undefined) {
      show(this.#item, State.Stopped, "", "");
      void vscode.window.showErrorMessage("podlint: found no podlint to start. See the log, and the setting `podlint.path`.");
      return;
    }
    const { command, version } = found;
    this.#log.info(`starting podlint ${version}: ${command}`);
    const client = new LanguageClient(
      "podlint",
      "podlint",
      { command, args: ["server"] },
      {
        documentSelector: SELECTOR,
        outputChannel: this.#log,
        traceOutputChannel: this.#log,
        revealOutputChannelOn: RevealOutputChannelOn.Never,
        initializationOptions: { settings: vscode.workspace.getConfiguration("podlint") },
        middleware: {
          executeCommand: (name, args, next): unknown =>
            name === "podlint.showEffectivePod" ? this.#pods.show(client, args[0] as { uri: string }) : next(name, args),
        },
      },
    );
    client.onDidChangeState((change) => {
      show(this.#item, change.newState, version, command);
    });
    this.client = client;
    try {
      await client.start();
      await this.#pods.attach(client);
    } catch (error) {
      this.#log.error(`the server did not start: ${String(error)}`);
    }
  }

  async #find(): Promise<{ command: string; version: string } | undefined> {
    const settings = vscode.workspace.getConfiguration("podlint");
    const all = candidates({
      path: settings.get("path", ""),
      importStrategy: settings.get("importStrategy", ""),
      isTrusted: vscode.workspace.isTrusted,
      folders: (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath),
      extension: this.#extension,
      searchPath: process.env.PATH ?? "",
      isWindows: process.platform === "win32",
    });
    for (const command of all) {
      try {
        const { stdout } = await promisify(execFile)(command, ["--version"], { timeout: 10_000 });
        return { command, version: stdout.trim().replace(/^podlint /, "") };
      } catch (error) {
        this.#log.debug(`not ${command}: ${String(error)}`);
      }
    }
    this.#log.error(`none of these is a podlint that runs:\n${all.join("\n")}`);
    return undefined;
  }
}
