"""The clients that the server is spoken to as, by what they say that they can do."""

from lsprotocol import types
from pytest_lsp import client_capabilities


def helix() -> types.ClientCapabilities:
    """Helix 25, as its `helix-lsp` initializes a server: positions in UTF-8 first, pushed diagnostics."""
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=["utf-8", "utf-32", "utf-16"]),
        window=types.WindowClientCapabilities(work_done_progress=True),
        workspace=types.WorkspaceClientCapabilities(
            apply_edit=True,
            configuration=True,
            workspace_folders=True,
            did_change_configuration=types.DidChangeConfigurationClientCapabilities(dynamic_registration=False),
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
            execute_command=types.ExecuteCommandClientCapabilities(dynamic_registration=False),
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
        ),
        text_document=types.TextDocumentClientCapabilities(
            completion=types.CompletionClientCapabilities(
                completion_item=types.ClientCompletionItemOptions(snippet_support=True, insert_replace_support=True)
            ),
            hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
            rename=types.RenameClientCapabilities(prepare_support=True),
            code_action=types.CodeActionClientCapabilities(
                code_action_literal_support=types.ClientCodeActionLiteralOptions(
                    types.ClientCodeActionKindOptions(["", "quickfix", "refactor", "source"])
                ),
                data_support=True,
                resolve_support=types.ClientCodeActionResolveOptions(["edit", "command"]),
            ),
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(version_support=True),
        ),
    )


CLIENTS = {
    "Visual Studio Code": client_capabilities("visual_studio_code"),
    "Neovim": client_capabilities("neovim@v0.11.0"),
    "Emacs": client_capabilities("emacs"),
    "Helix": helix(),
}
