//! Notebooks that are not open, and those that are opened as text.

use serde_json::{Value, json};

use crate::client::{Session, abilities, folder};
use crate::workspace::published;

const CODE: &str = "import flyte\nfrom kubernetes.client import *\nt = flyte.PodTemplate(primary_container_name='a', pod_spec=V1PodSpec(containers=[V1Container(name='b')]))\nenv = flyte.TaskEnvironment(name='e', pod_template=t)\n";

/// A notebook of a note and a cell of code, as Jupyter writes it.
fn notebook() -> String {
    let lines: Vec<&str> = CODE.split_inclusive('\n').collect();
    let cells = json!([
        {"cell_type": "markdown", "metadata": {}, "source": ["# PodTemplate"]},
        {"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": lines},
    ]);
    let whole = json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
    serde_json::to_string_pretty(&whole).expect("JSON")
}

/// What stands in the range of a diagnostic.
fn shown(text: &str, diagnostic: &Value) -> String {
    let range = &diagnostic["range"];
    assert_eq!(range["start"]["line"], range["end"]["line"], "{range}");
    let at = |side: &str, of: &str| usize::try_from(range[side][of].as_u64().expect("a number")).expect("a size");
    let line = text.lines().nth(at("start", "line")).expect("a line");
    line[at("start", "character")..at("end", "character")].to_owned()
}

#[test]
fn a_closed_notebook_shows_its_findings_in_its_own_lines_until_it_is_opened() {
    let text = notebook();
    let mut session = Session::with(&[("n.ipynb", &text)], &abilities());
    let uri = session.uri("n.ipynb");
    let found = session.wait("the closed notebook", |session| published(session, &uri));
    let finding = &found[0];
    assert_eq!(finding["code"], "missing-primary-container", "{found}");
    assert!(shown(&text, finding).starts_with("\"t = flyte.PodTemplate("), "{finding}");
    for related in finding["relatedInformation"].as_array().into_iter().flatten() {
        assert!(shown(&text, &related["location"]).starts_with('"'), "{related}");
    }
    assert_eq!(finding["data"]["fixes"], json!([]), "edits of cells cannot be said yet");
    let cell = "vscode-notebook-cell:/n.ipynb#c1";
    let document = json!({
        "uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": [{"kind": 2, "document": cell}],
    });
    let texts = json!([{"uri": cell, "languageId": "python", "version": 1, "text": CODE}]);
    session.notify("notebookDocument/didOpen", json!({"notebookDocument": document, "cellTextDocuments": texts}));
    assert_eq!(session.diagnostics_of(cell, 1)[0]["range"]["start"]["line"], 2);
    assert_eq!(published(&session, &uri), Some(json!([])), "the lines of the file are not shown any more");
    session.notify(
        "notebookDocument/didClose",
        json!({"notebookDocument": {"uri": uri}, "cellTextDocuments": [{"uri": cell}]}),
    );
    session.wait("the closed one again", |session| published(session, &uri).filter(|found| *found != json!([])));
    assert_eq!(published(&session, cell), Some(json!([])));
}

#[test]
fn a_notebook_that_is_opened_as_text_is_shown_by_line_and_left_as_it_is() {
    let text = notebook();
    for language in ["json", "jupyter", "plaintext"] {
        let mut session = Session::raw(folder(&[("o.yaml", "a: 1\n")]));
        session.initialize(&abilities());
        let uri = session.uri("n.ipynb");
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        session.notify("textDocument/didOpen", json!({"textDocument": document}));
        let found = session.diagnostics("n.ipynb", 1);
        assert!(shown(&text, &found[0]).starts_with("\"t = flyte.PodTemplate("), "{language}: {found:?}");
        let (document, position) = (json!({"uri": uri}), found[0]["range"]["start"].clone());
        let range = found[0]["range"].clone();
        let at = json!({"textDocument": document, "position": position});
        assert_eq!(session.request("textDocument/hover", at.clone()), Value::Null);
        assert_eq!(session.request("textDocument/completion", at.clone())["items"], json!([]));
        assert_eq!(session.request("textDocument/prepareRename", at), Value::Null);
        let asked = json!({"textDocument": document, "range": range, "context": {"diagnostics": []}});
        assert_eq!(session.request("textDocument/codeAction", asked), json!([]));
        session.request("workspace/executeCommand", json!({"command": "podlint.applyFixAll", "arguments": [uri]}));
        assert!(session.notified("workspace/applyEdit").is_empty());
        assert!(session.end().success());
    }
}

#[test]
fn a_notebook_that_is_saved_is_shown_where_saving_is_waited_for() {
    let mut session = Session::raw(folder(&[]));
    session.settings = json!({"lint": {"run": "onSave"}});
    session.initialize(&abilities());
    let (uri, cell) = (session.uri("n.ipynb"), "vscode-notebook-cell:/n.ipynb#c1");
    let document = json!({
        "uri": uri, "notebookType": "jupyter-notebook", "version": 1, "cells": [{"kind": 2, "document": cell}],
    });
    let texts = json!([{"uri": cell, "languageId": "python", "version": 1, "text": "x = 1\n"}]);
    session.notify("notebookDocument/didOpen", json!({"notebookDocument": document, "cellTextDocuments": texts}));
    assert!(session.diagnostics_of(cell, 1).is_empty());
    let edit = json!([{"document": {"uri": cell, "version": 2}, "changes": [{"text": CODE}]}]);
    let change = json!({"notebookDocument": {"uri": uri, "version": 2}, "change": {"cells": {"textContent": edit}}});
    session.notify("notebookDocument/didChange", change);
    session.request("textDocument/documentSymbol", json!({"textDocument": {"uri": cell}}));
    assert_eq!(published(&session, cell), Some(json!([])));
    session.notify("notebookDocument/didSave", json!({"notebookDocument": {"uri": uri}}));
    assert_eq!(session.diagnostics_of(cell, 2).len(), 1);
}

#[test]
fn fixes_stay_within_their_cells() {
    let mut session = Session::start(&[]);
    let uri = session.uri("n.ipynb");
    let cells = ["cell:a", "cell:b"];
    let mount = "m = V1VolumeMount(name='dta', mount_path='/d')";
    let use_ = "t = flyte.PodTemplate(primary_container_name='a', pod_spec=V1PodSpec(containers=[V1Container(name='a', volume_mounts=[m])], volumes=[V1Volume(name='data')]))";
    let first = format!("import flyte\nfrom kubernetes.client import *\n{mount}");
    let document = json!({
        "uri": uri, "notebookType": "jupyter-notebook", "version": 1,
        "cells": cells.map(|cell| json!({"kind": 2, "document": cell})),
    });
    let texts = json!([
        {"uri": cells[0], "languageId": "python", "version": 1, "text": first},
        {"uri": cells[1], "languageId": "python", "version": 1, "text": use_},
    ]);
    session.notify("notebookDocument/didOpen", json!({"notebookDocument": document, "cellTextDocuments": texts}));
    let run = json!({"command": "podlint.applyFixAll", "arguments": [cells[1]]});
    session.request("workspace/executeCommand", run);
    let edit = session.wait("the fixes", |session| {
        session.notified("workspace/applyEdit").first().map(|params| params["edit"]["documentChanges"].clone())
    });
    let edits: Vec<&Value> = edit
        .as_array()
        .expect("cells")
        .iter()
        .flat_map(|cell| cell["edits"].as_array().into_iter().flatten())
        .collect();
    assert_eq!(edits.len(), 1, "{edit}");
    assert_eq!((&edit[0]["textDocument"]["uri"], &edits[0]["newText"]), (&json!(cells[0]), &json!("a")), "{edit}");
}

#[test]
fn a_comment_for_the_notebook_is_put_in_the_first_cell_that_bears_one() {
    let mut session = Session::start(&[]);
    let uri = session.uri("n.ipynb");
    let cells = ["cell:a", "cell:b"];
    let document = json!({
        "uri": uri, "notebookType": "jupyter-notebook", "version": 1,
        "cells": cells.map(|cell| json!({"kind": 2, "document": cell})),
    });
    let texts = json!([
        {"uri": cells[0], "languageId": "python", "version": 1, "text": "%%bash\necho"},
        {"uri": cells[1], "languageId": "python", "version": 1, "text": CODE},
    ]);
    session.notify("notebookDocument/didOpen", json!({"notebookDocument": document, "cellTextDocuments": texts}));
    let range = session.diagnostics_of(cells[1], 1)[0]["range"].clone();
    let asked = json!({"textDocument": {"uri": cells[1]}, "range": range, "context": {"diagnostics": []}});
    let offered = session.request("textDocument/codeAction", asked);
    let in_file =
        offered.as_array().expect("actions").iter().find(|action| action["title"].to_string().contains("file"));
    let action = session.request("codeAction/resolve", in_file.expect("an action").clone());
    let change = &action["edit"]["documentChanges"][0];
    assert_eq!(
        (&change["textDocument"]["uri"], &change["edits"][0]["range"]["start"]["line"]),
        (&json!(cells[1]), &json!(0))
    );
    let text = change["edits"][0]["newText"].as_str().expect("a text");
    let edit = json!([{"document": {"uri": cells[1], "version": 2}, "changes": [{"text": format!("{text}{CODE}")}]}]);
    let change = json!({"notebookDocument": {"uri": uri, "version": 2}, "change": {"cells": {"textContent": edit}}});
    session.notify("notebookDocument/didChange", change);
    assert_eq!(session.diagnostics_of(cells[1], 2), Vec::<Value>::new());
}
