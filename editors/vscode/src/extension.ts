// What the editor calls: starting, stopping, and the commands.
import * as vscode from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";
import { Pods, SCHEME } from "./pods.ts";
import { Server } from "./server.ts";
import { statusItem } from "./status.ts";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("podlint", { log: true });
  const item = statusItem();
  const pods = new Pods();
  const running = new Server(context.extensionPath, log, item, pods);
  server = running;
  const withDocument = (run: (client: LanguageClient, document: vscode.TextDocument) => Promise<unknown>) => async () => {
    const document = vscode.window.activeTextEditor?.document;
    if (running.client !== undefined && document !== undefined) await run(running.client, document);
  };
  context.subscriptions.push(
    log,
    item,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, pods),
    vscode.commands.registerCommand("podlint.restart", () => running.restart()),
    vscode.commands.registerCommand("podlint.showLogs", () => {
      log.show();
    }),
    vscode.commands.registerCommand(
      "podlint.fixAll",
      withDocument((client, document) => execute(client, "podlint.applyFixAll", [uriOf(client, document)])),
    ),
    vscode.commands.registerCommand(
      "podlint.showPod",
      withDocument((client, document) => pods.show(client, { uri: uriOf(client, document) })),
    ),
    vscode.commands.registerCommand("podlint.printDebugInformation", async () => {
      const told = running.client && (await execute(running.client, "podlint.debugInformation", []));
      const content = `editor: ${vscode.version} on ${process.platform}\n${typeof told === "string" ? told : "no server is running"}`;
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content }));
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (["podlint.path", "podlint.importStrategy"].some((setting) => change.affectsConfiguration(setting))) {
        void running.restart();
      }
    }),
  );
  await running.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

function execute(client: LanguageClient, command: string, args: unknown[]): Promise<unknown> {
  return client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args });
}

function uriOf(client: LanguageClient, document: vscode.TextDocument): string {
  return client.code2ProtocolConverter.asUri(document.uri);
}
