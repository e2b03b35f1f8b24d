// The pods that Flyte submits, as read-only documents beside the source.
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

/** The scheme of these documents. */
export const SCHEME = "podlint-pod";

interface Which {
  uri: string;
  name?: string;
  line?: number;
}

interface Answer {
  uri: string;
  languageId: string;
  text: string | null;
}

/** Shows pods, and keeps what is shown as the server tells. */
export class Pods implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #asked = new Map<string, Which>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? "# open this pod again from its template\n";
  }

  /** Listens to a server; to a new one, the pods on screen are made known again. */
  async attach(client: LanguageClient): Promise<void> {
    client.onNotification("podlint/effectivePodChanged", (answer: Answer) => {
      this.#take(answer);
    });
    const shown = new Set(vscode.workspace.textDocuments.map((document) => document.uri.toString()));
    for (const [uri, which] of this.#asked) {
      if (shown.has(uri)) {
        const answer = await ask(client, which);
        if (answer !== null) this.#take(answer);
      }
    }
  }

  /** Opens a pod beside its source. */
  async show(client: LanguageClient, which: Which): Promise<void> {
    const answer = await ask(client, which);
    if (answer === null) {
      void vscode.window.showInformationMessage("podlint: there is no pod template here.");
      return;
    }
    this.#asked.set(vscode.Uri.parse(answer.uri).toString(), which);
    const uri = this.#take(answer);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, answer.languageId);
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: true,
    });
  }

  #take(answer: Answer): vscode.Uri {
    const uri = vscode.Uri.parse(answer.uri);
    // While a template cannot be read, as in the middle of a word, the last pod stays.
    if (answer.text !== null) {
      this.#texts.set(uri.toString(), answer.text);
      this.#changed.fire(uri);
    }
    return uri;
  }
}

function ask(client: LanguageClient, which: Which): Promise<Answer | null> {
  const { uri, name, line } = which;
  return client.sendRequest("podlint/effectivePod", { textDocument: { uri }, name, line });
}
