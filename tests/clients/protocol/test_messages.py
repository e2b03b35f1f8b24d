"""Typed messages to and from the server, as several editors would exchange them. PODLINT names the binary."""

import asyncio
import os
import pathlib
import shutil

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

from clients import CLIENTS

WORKSPACE = pathlib.Path(__file__).parent.parent / "workspace"
PODLINT = os.environ["PODLINT"]
PATIENCE = 60


@pytest.fixture
def folder(tmp_path):
    return pathlib.Path(shutil.copytree(WORKSPACE, tmp_path / "workspace"))


@pytest_lsp.fixture(params=list(CLIENTS), config=ClientServerConfig(server_command=[PODLINT, "server"]))
async def client(request, folder, lsp_client: LanguageClient):
    lsp_client.set_configuration({"podlint": {"inlayHints": {"enable": True}}})
    listen(lsp_client)
    result = await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=CLIENTS[request.param],
            process_id=os.getpid(),
            root_uri=folder.as_uri(),
            workspace_folders=[types.WorkspaceFolder(folder.as_uri(), "workspace")],
            initialization_options={"podlint": {"inlayHints": {"enable": True}}},
        )
    )
    lsp_client.server = result.capabilities
    lsp_client.folder = folder
    yield
    await lsp_client.shutdown_session()


class File:
    """A file that the client has open."""

    def __init__(self, client: LanguageClient, name: str, text: str | None = None):
        self.client, self.version = client, 1
        self.path = client.folder / name
        self.uri = self.path.as_uri()
        self.text = self.path.read_text() if text is None else text
        language = {".py": "python", ".yaml": "yaml"}[self.path.suffix]
        client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(self.uri, language, self.version, self.text))
        )

    @property
    def name(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri)

    def at(self, part: str) -> types.Position:
        """The place of a text: the workspace's files are ASCII, so that all encodings agree."""
        before = self.text[: self.text.index(part)]
        return types.Position(before.count("\n"), len(before) - before.rfind("\n") - 1)

    def of(self, part: str) -> types.Range:
        start = self.at(part)
        return types.Range(start, types.Position(start.line, start.character + len(part)))

    def between(self, place: types.Range) -> str:
        assert place.start.line == place.end.line
        return self.text.splitlines()[place.start.line][place.start.character : place.end.character]

    def edited(self, edits: list[types.TextEdit]) -> str:
        """The text as these edits make it."""
        lines = self.text.splitlines(keepends=True)
        offset = lambda place: sum(len(line) for line in lines[: place.line]) + place.character
        text = self.text
        for edit in sorted(edits, key=lambda edit: offset(edit.range.start), reverse=True):
            text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
        return text

    def replace(self, old: str, new: str) -> None:
        """Edits as an editor does: one range."""
        place, self.version = self.of(old), self.version + 1
        self.text = self.text.replace(old, new, 1)
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.version, self.uri),
                [types.TextDocumentContentChangePartial(place, new)],
            )
        )

    async def findings(self) -> list[types.Diagnostic]:
        """What is found, pulled where both sides can and else pushed for this version."""
        if pulls(self.client):
            report = await self.client.text_document_diagnostic_async(types.DocumentDiagnosticParams(self.name))
            return sorted(report.items, key=lambda found: found.range.start.line)
        async with asyncio.timeout(PATIENCE):
            while self.client.seen.get(self.uri, (None, 0))[1] != self.version:
                await asyncio.sleep(0.01)
        return sorted(self.client.seen[self.uri][0], key=lambda found: found.range.start.line)

    async def codes(self) -> list[tuple[str, str]]:
        return [(found.code, self.between(found.range)) for found in await self.findings()]

    async def actions(self, part: str, only=None) -> list[types.CodeAction]:
        context = types.CodeActionContext(diagnostics=[], only=only)
        return await self.client.text_document_code_action_async(
            types.CodeActionParams(self.name, self.of(part), context)
        )

    async def edits_of(self, action: types.CodeAction) -> list[types.TextEdit]:
        if action.edit is None:
            action = await self.client.code_action_resolve_async(action)
        if action.edit.document_changes is not None:
            (change,) = action.edit.document_changes
            assert change.text_document.uri == self.uri
            assert change.text_document.version in (self.version, None)
            return change.edits
        return action.edit.changes[self.uri]


def pulls(client: LanguageClient) -> bool:
    asked = client.capabilities.text_document.diagnostic
    return asked is not None and client.server.diagnostic_provider is not None


def listen(client: LanguageClient) -> None:
    """Takes the server's requests, and keeps what is pushed with its version, which pytest-lsp itself forgets."""
    client.seen = {}
    client.protocol.fm.features.pop(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, None)

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def take(params: types.PublishDiagnosticsParams):
        client.seen[params.uri] = (params.diagnostics, params.version)

    for request in (
        types.CLIENT_REGISTER_CAPABILITY,
        types.WORKSPACE_CODE_LENS_REFRESH,
        types.WORKSPACE_INLAY_HINT_REFRESH,
    ):
        client.feature(request)(lambda *_: None)


PYTHON = [
    ("undefined-volume", '"dta"'),
    ("sidecar-never-finishes", '"proxy"'),
    ("sidecar-image-unpinned", '"envoyproxy/envoy"'),
    ("sidecar-missing-requests", "limits"),
]


async def test_findings_stand_at_their_tokens(client):
    assert await File(client, "training.py").codes() == PYTHON
    assert [code for code, _ in await File(client, "cluster_template.yaml").codes()] == [
        "missing-primary-container",
        "undefined-volume",
        "sidecar-missing-limits",
        "sidecar-image-unpinned",
    ]


async def test_a_finding_tells_all(client):
    file = File(client, "training.py")
    found = (await file.findings())[0]
    assert found.source == "podlint"
    assert found.severity == types.DiagnosticSeverity.Error
    assert found.message.splitlines()[0] == "the pod defines no volume `dta`"
    assert found.code_description.href.endswith("undefined-volume/") or "undefined-volume" in found.code_description.href
    told = client.capabilities.text_document.publish_diagnostics
    if told is not None and told.related_information:
        assert [file.between(other.location.range) for other in found.related_information] == ['"data"']


async def test_findings_follow_edits(client):
    file = File(client, "training.py")
    await file.findings()
    file.replace('"dta"', '"data"')
    assert await file.codes() == PYTHON[1:]
    file.replace("import flyte", "import flyte  # ünïcödé 🚀")
    file.replace('V1VolumeMount(name="data"', 'V1VolumeMount(name="dta"')
    assert await file.codes() == PYTHON


async def test_a_closed_file_keeps_no_findings_of_its_unsaved_text(client):
    file = File(client, "new.py", "x = 1\n")
    assert await file.findings() == []
    client.text_document_did_close(types.DidCloseTextDocumentParams(file.name))


async def test_a_quick_fix(client):
    file = File(client, "training.py")
    await file.findings()
    fix = next(action for action in await file.actions('"dta"') if "rename to `data`" in action.title.lower())
    assert fix.kind == types.CodeActionKind.QuickFix
    assert file.edited(await file.edits_of(fix)) == file.text.replace('"dta"', '"data"')


async def test_ignoring_here(client):
    file = File(client, "training.py")
    await file.findings()
    titles = [action.title for action in await file.actions('"proxy"')]
    assert any("gnore" in title and "sidecar-never-finishes" in title for title in titles), titles


async def test_fixing_all(client):
    file = File(client, "cluster_template.yaml")
    await file.findings()
    (action,) = await file.actions("pirmary", only=["source.fixAll.podlint"])
    fixed = file.edited(await file.edits_of(action))
    assert fixed == file.text.replace("pirmary", "primary").replace("scrach", "scratch")


async def test_hover(client):
    file = File(client, "training.py")
    hover = await client.text_document_hover_async(types.HoverParams(file.name, file.at("mount_path")))
    assert "Path within the container" in hover.contents.value
    assert file.between(hover.range) == "mount_path"


async def test_completion(client):
    file = File(client, "training.py")
    place = file.at('dta"')
    found = await client.text_document_completion_async(types.CompletionParams(file.name, place))
    items = found.items if isinstance(found, types.CompletionList) else found
    assert "data" in [item.label for item in items]


async def test_names(client):
    file = File(client, "cluster_template.yaml")
    place = file.at("metrics")
    (defined,) = as_list(await client.text_document_definition_async(types.DefinitionParams(file.name, place)))
    assert file.between(defined.range) == "metrics"
    ready = await client.text_document_prepare_rename_async(types.PrepareRenameParams(file.name, place))
    assert ready is not None
    edit = await client.text_document_rename_async(types.RenameParams(file.name, place, new_name="pushgateway"))
    edits = edit.document_changes[0].edits if edit.document_changes else edit.changes[file.uri]
    assert file.edited(edits) == file.text.replace("metrics", "pushgateway")


def as_list(answer):
    return answer if isinstance(answer, list) else [answer]


async def test_symbols_and_lenses(client):
    file = File(client, "training.py")
    await file.findings()
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(file.name))
    assert symbols
    lenses = await client.text_document_code_lens_async(types.CodeLensParams(file.name))
    assert {lens.range.start.line for lens in lenses} >= {file.at("flyte.PodTemplate(").line}
    hints = await client.text_document_inlay_hint_async(
        types.InlayHintParams(file.name, types.Range(types.Position(0, 0), types.Position(99, 0)))
    )
    assert hints, "they were switched on"


async def test_the_effective_pod(client):
    file = File(client, "training.py")
    await file.findings()
    answer = await client.protocol.send_request_async("podlint/effectivePod", {"textDocument": {"uri": file.uri}})
    assert "kind: Pod" in answer.text


async def test_the_workspace(client):
    if client.capabilities.workspace.diagnostics is None or not pulls(client):
        async with asyncio.timeout(PATIENCE):
            while len(client.seen) < 2:
                await asyncio.sleep(0.01)
        assert sorted(pathlib.PurePosixPath(uri).name for uri in client.seen) == ["cluster_template.yaml", "training.py"]
        return
    report = await client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams(previous_result_ids=[]))
    assert {pathlib.PurePosixPath(item.uri).name for item in report.items if item.items} == {
        "cluster_template.yaml",
        "training.py",
    }
