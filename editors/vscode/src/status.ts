// The language status item: which podlint runs, and whether it does.
import * as vscode from "vscode";
import { State } from "vscode-languageclient/node";
import { SELECTOR } from "./server.ts";

/** Makes the item. */
export function statusItem(): vscode.LanguageStatusItem {
  const item = vscode.languages.createLanguageStatusItem("podlint", SELECTOR);
  item.name = "podlint";
  item.text = "podlint";
  item.command = { command: "podlint.showLogs", title: "Show logs" };
  return item;
}

/** Says in the item what the server does. */
export function show(item: vscode.LanguageStatusItem, state: State, version: string, path: string): void {
  item.busy = state === State.Starting;
  item.severity = state === State.Stopped ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
  item.text = state === State.Stopped ? "podlint is not running" : `podlint ${version}`;
  item.detail = path;
}
