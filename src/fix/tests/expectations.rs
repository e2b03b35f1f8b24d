//! What changes should lead to, and whether that is what was read.

use super::{POD, path, yaml};
use crate::config::Settings;
use crate::diagnostic::{Change, Literal};
use crate::document::Document;
use crate::fix::expected::{all_there, expected};
use crate::lint::lint;
use crate::source::{Language, SourceFile};

/// Whether changes of a text's first document lead to another text.
fn is_expected(before: &str, changes: &[Change], after: &str) -> bool {
    leads_to(&yaml(before), changes, &yaml(after))
}

fn python(text: &str) -> SourceFile {
    let head = "import flyte\nfrom kubernetes.client import *\n";
    SourceFile::new("a.py", Language::Python, format!("{head}{text}"))
}

/// The same, with all documents of the texts.
fn leads_to(before: &SourceFile, changes: &[Change], after: &SourceFile) -> bool {
    let (was, is) = (lint(before, &Settings::default()), lint(after, &Settings::default()));
    let lowered = crate::frontend::lower(before, &was.documents[0], changes).expect("the text allows it");
    let aims: Vec<_> = changes.iter().zip(lowered.targets).collect();
    let wanted: Vec<Document> = was.documents.iter().map(|document| expected(document, &aims)).collect();
    all_there(&wanted, &is.documents)
}

#[test]
fn what_a_change_leads_to_is_known() {
    let name = path("spec.volumes.0.name");
    let replace = [Change::Replace { at: name.clone(), with: "cache".into() }];
    assert!(is_expected(POD, &replace, &POD.replace("- name: data", "- name: cache")));
    assert!(!is_expected(POD, &replace, POD));
    assert!(!is_expected(POD, &replace, &POD.replace("data", "cache")));
    assert!(!is_expected(POD, &replace, &POD.replace("- name: data", "- name: cache\n      x: y")));
    let quote = [Change::Quote { at: name }];
    assert!(is_expected(POD, &quote, &POD.replace("- name: data", "- name: \"5\"")));
    let rename = [Change::RenameKey { at: path("spec.volumes.0.emptyDir"), to: "hostPath".to_owned() }];
    assert!(is_expected(POD, &rename, &POD.replace("emptyDir", "hostPath")));
    assert!(!is_expected(POD, &rename, &POD.replace("emptyDir: {}", "hostPath: {path: /}")));
    let remove = [Change::Remove { at: path("spec.containers.0.volumeMounts.0") }];
    let (head, tail) = POD.split_once("      volumeMounts").expect("mounts");
    let without = format!("{head}{}", tail.split_once("/data}\n").expect("mounts").1);
    assert!(is_expected(POD, &remove, &without));
    assert!(!is_expected(POD, &remove, POD));
    assert!(!is_expected(POD, &remove, &without.replace("      image: a:1\n", "")));
}

#[test]
fn what_is_added_stands_where_it_should() {
    let insert = [Change::Insert {
        at: path("spec.containers.0.resources"),
        key: "limits".to_owned(),
        value: Literal::Map(vec![]),
    }];
    assert!(is_expected(POD, &insert, POD), "what is empty is as good as absent");
    let value = Literal::Map(vec![("cpu".to_owned(), "1".into())]);
    let insert = [Change::Insert { at: path("spec.containers.0.resources"), key: "limits".to_owned(), value }];
    let with = |text: &str| POD.replace("      image: a:1\n", &format!("      image: a:1\n      {text}\n"));
    assert!(is_expected(POD, &insert, &with("resources: {limits: {cpu: '1'}}")));
    assert!(!is_expected(POD, &insert, &with("resources: {requests: {cpu: '1'}}")));
    assert!(!is_expected(POD, &insert, &with("resources: {limits: {cpu: '2'}}")));
    assert!(!is_expected(POD, &insert, POD));
    let append = [Change::Append { at: path("spec.containers.0.args"), value: "x".into() }];
    assert!(is_expected(POD, &append, &with("args: [x]")));
    assert!(!is_expected(POD, &append, &with("args: [x, y]")));
    let root = [Change::Insert { at: path("metadata"), key: "namespace".to_owned(), value: "ns".into() }];
    assert!(is_expected(POD, &root, &POD.replace("{name: a}", "{name: a, namespace: ns}")));
}

#[test]
fn another_name_for_the_primary_container_is_a_change_of_its_template_alone() {
    let text = "a = flyte.PodTemplate(primary_container_name=\"x\", pod_spec=V1PodSpec(containers=[V1Container(name=\"main\")]))\n\
                b = flyte.PodTemplate(primary_container_name=\"y\", pod_spec=V1PodSpec(containers=[V1Container(name=\"main\")]))\n";
    let set = [Change::SetPrimary { name: "main".to_owned() }];
    assert!(leads_to(&python(text), &set, &python(&text.replace("\"x\"", "\"main\""))));
    for wrong in [text.to_owned(), text.replace("\"y\"", "\"main\""), text.replace("\"x\"", "\"z\"")] {
        assert!(!leads_to(&python(text), &set, &python(&wrong)), "{wrong}");
    }
    let both = text.replace("\"x\"", "\"main\"").replace("\"y\"", "\"main\"");
    assert!(!leads_to(&python(text), &set, &python(&both)), "the other template keeps its own");
}

#[test]
fn what_is_copied_has_one_more_entry_elsewhere() {
    let side = "V1Container(name=\"side\", image=\"a:1\")";
    let before =
        format!("t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name=\"primary\"), {side}]))\n");
    let copy = Change::AppendCopy {
        of: path("spec.containers.1"),
        at: path("spec.initContainers"),
        with: ("restartPolicy".to_owned(), "Always".into()),
    };
    let copied = side.replace(')', ", restart_policy=\"Always\")");
    let after = |containers: &str, moved: &str| {
        python(&format!(
            "t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name=\"primary\"){containers}], init_containers=[{moved}]))\n"
        ))
    };
    let moved = [copy.clone(), Change::Remove { at: path("spec.containers.1") }];
    let before = python(&before);
    assert!(leads_to(&before, &moved, &after("", &copied)));
    assert!(!leads_to(&before, &moved, &after("", side)));
    assert!(!leads_to(&before, &moved, &after("", &copied.replace("side", "other"))));
    assert!(!leads_to(&before, &moved, &after("", "")));
    assert!(!leads_to(&before, &moved, &after(&format!(", {side}"), &copied)));
    assert!(leads_to(&before, &[copy], &after(&format!(", {side}"), &copied)));
}

#[test]
fn what_is_shared_changes_everywhere_and_an_alias_only_there() {
    let shared = POD.replace(
        "      volumeMounts:\n        - {name: data, mountPath: /data}\n",
        "      volumeMounts: &m\n        - {name: data, mountPath: /data}\n    - name: two\n      image: &i b:1\n      volumeMounts: *m\n    \
         - name: three\n      image: *i\n",
    );
    let mount = [Change::Replace { at: path("spec.containers.0.volumeMounts.0.name"), with: "x".into() }];
    assert!(is_expected(&shared, &mount, &shared.replace("{name: data", "{name: x")));
    let parted = shared.replace("{name: data", "{name: x").replace("*m", "[{name: data, mountPath: /data}]");
    assert!(!is_expected(&shared, &mount, &parted), "the second container has what the first has");
    let image = [Change::Replace { at: path("spec.containers.2.image"), with: "c:1".into() }];
    assert!(is_expected(&shared, &image, &shared.replace("*i", "c:1")));
    assert!(!is_expected(&shared, &image, &shared.replace("b:1", "c:1")), "what others use as well stays");
    let quote = [Change::Quote { at: path("spec.containers.2.image") }];
    assert!(is_expected(&shared, &quote, &shared.replace("*i", "\"5\"")));
    assert!(!is_expected(&shared, &quote, &shared.replace("b:1", "\"5\"")));
}

#[test]
fn what_is_added_is_added_to_the_objects_on_the_way() {
    let bare = POD.replace("metadata: {name: a}\n", "");
    let insert = |at: &str, key: &str, value: Literal| [Change::Insert { at: path(at), key: key.to_owned(), value }];
    let name = insert("metadata", "name", "b".into());
    assert!(is_expected(&bare, &name, &POD.replace("{name: a}", "{name: b}")));
    assert!(!is_expected(&bare, &name, POD) && !is_expected(&bare, &name, &bare));
    let empty = bare.replace("kind: Pod\n", "kind: Pod\nmetadata:\n");
    assert!(is_expected(&empty, &name, &POD.replace("{name: a}", "{name: b}")), "what is null becomes an object");
    let root = [Change::Insert { at: Vec::new(), key: "kind2".to_owned(), value: Literal::Bool(true) }];
    assert!(is_expected(POD, &root, &POD.replace("kind: Pod\n", "kind: Pod\nkind2: true\n")));
    assert!(!is_expected(POD, &root, &POD.replace("kind: Pod\n", "kind: Pod\nkind2: false\n")));
    // A second entry for the same object does not displace the first one.
    let with = |text: &str| POD.replace("      image: a:1\n", &format!("      image: a:1\n      {text}\n"));
    let before = with("resources: {limits: {cpu: '1'}}");
    let memory = insert("spec.containers.0.resources.limits", "memory", "1Gi".into());
    assert!(is_expected(&before, &memory, &with("resources: {limits: {cpu: '1', memory: 1Gi}}")));
    assert!(!is_expected(&before, &memory, &with("resources: {limits: {memory: 1Gi}}")));
    let port = Literal::Map(vec![("containerPort".to_owned(), Literal::Integer(80))]);
    let append = [Change::Append { at: path("spec.containers.0.ports"), value: port }];
    assert!(is_expected(POD, &append, &with("ports: [{containerPort: 80}]")));
    assert!(!is_expected(POD, &append, &with("ports: [{containerPort: 81}]")));
    assert!(is_expected(&with("ports:"), &append, &with("ports: [{containerPort: 80}]")), "null becomes a list");
    let first = with("ports: [{containerPort: 79}]");
    assert!(is_expected(&first, &append, &with("ports: [{containerPort: 79}, {containerPort: 80}]")));
    assert!(!is_expected(&first, &append, &with("ports: [{containerPort: 80}]")));
    let list = insert("spec.containers.0", "args", Literal::List(vec!["a".into(), "b".into()]));
    assert!(is_expected(POD, &list, &with("args: [a, b]")) && !is_expected(POD, &list, &with("args: [a, c]")));
}

#[test]
fn additions_to_the_metadata_of_a_template_are_expected_in_its_place() {
    let before = "t = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name=\"primary\")]))\n";
    let insert = [Change::Insert { at: path("metadata.annotations"), key: "a".to_owned(), value: "b".into() }];
    let after = before.replace(
        "containers=[V1Container(name=\"primary\")])",
        "containers=[V1Container(name=\"primary\")]), annotations={\"a\": \"b\"}",
    );
    assert!(leads_to(&python(before), &insert, &python(&after)));
    assert!(!leads_to(&python(before), &insert, &python(before)));
    assert!(!leads_to(&python(before), &insert, &python(&after.replace("\"b\"", "\"c\""))));
    assert!(!leads_to(&python(before), &insert, &python(&after.replace("annotations", "labels"))));
}

#[test]
fn numbers_and_unknown_values_are_compared_as_what_they_are() {
    let with = |text: &str| POD.replace("      image: a:1\n", &format!("      image: a:1\n      {text}\n"));
    let name = [Change::Replace { at: path("metadata.name"), with: "b".into() }];
    let after = |text: &str| with(text).replace("{name: a}", "{name: b}");
    let port = |port: &str| format!("ports: [{{containerPort: {port}}}]");
    assert!(is_expected(&with(&port("80")), &name, &after(&port("80.0"))));
    assert!(!is_expected(&with(&port("80")), &name, &after(&port("81"))));
    assert!(!is_expected(&with(&port("80")), &name, &after(&port("x"))));
    assert!(is_expected(&with("args: []"), &name, &after("command: []")), "what is empty is as good as absent");
    assert!(!is_expected(&with("args: [a]"), &name, &after("args: []")));
    assert!(!is_expected(&with("args: []"), &name, &after("args: [a]")));
    assert!(!is_expected(&with("args: [a]"), &name, &after("command: []")), "what is lost is not empty");
    assert!(!is_expected(&with("command: []"), &name, &after("args: [a]")));
    assert!(!is_expected(&with("tty: true"), &name, &after("tty: false")));
    assert!(!is_expected(&with("tty: true"), &name, &after("tty:")));
    assert!(!is_expected(&with("tty:"), &name, &after("tty: true")));
    assert!(is_expected(&with("tty:"), &name, &after("tty:")));
    // What is not known may become anything; what is known of an open list stays.
    let open = "import os\nt = flyte.PodTemplate(pod_spec=V1PodSpec(containers=[V1Container(name=\"primary\", args=[\"a\", *os.argv()], image=os.x)]))\n";
    let image = [Change::Replace { at: path("spec.containers.0.name"), with: "main".into() }];
    let named = open.replace("\"primary\"", "\"main\"");
    assert!(leads_to(&python(open), &image, &python(&named)));
    assert!(leads_to(&python(open), &image, &python(&named.replace("image=os.x", "image=\"a:1\""))));
    assert!(!leads_to(&python(open), &image, &python(&named.replace("[\"a\", ", "[\"b\", "))));
    assert!(!leads_to(&python(open), &image, &python(&named.replace("[\"a\", *os.argv()]", "[]"))));
    assert!(leads_to(&python(open), &image, &python(&named.replace("*os.argv()", "\"b\""))));
}

#[test]
fn the_primary_container_and_the_kind_stay() {
    let name = [Change::Replace { at: path("metadata.name"), with: "b".into() }];
    assert!(!is_expected(POD, &name, &POD.replace("{name: a}", "{name: b}").replace("kind: Pod", "kind: PodTemplate")));
    let before = "t = flyte.PodTemplate(primary_container_name=\"main\", pod_spec=V1PodSpec(containers=[V1Container(name=\"main\"), V1Container(name=\"x\", image=\"a\")]))\n";
    let image = [Change::Replace { at: path("spec.containers.1.image"), with: "b".into() }];
    let after = before.replace("\"a\"", "\"b\"");
    assert!(leads_to(&python(before), &image, &python(&after)));
    let primary =
        |name: &str| after.replace("primary_container_name=\"main\"", &format!("primary_container_name={name}"));
    assert!(!leads_to(&python(before), &image, &python(&primary("\"x\""))));
    assert!(!leads_to(&python(before), &image, &python(&primary("unknown()"))));
    let unknown = python(&primary("unknown()").replace("\"b\"", "\"a\""));
    assert!(leads_to(&unknown, &image, &python(&after)), "what was not known may be anything");
}

#[test]
fn templates_may_be_added_and_none_lost() {
    let documents = |text: &str| lint(&yaml(text), &Settings::default()).documents;
    let (one, other) = (documents(POD), documents(&POD.replace("name: a", "name: b")));
    let both: Vec<Document> = one.iter().chain(&other).cloned().collect();
    assert!(all_there(&one, &both) && all_there(&other, &both) && all_there(&both, &both));
    assert!(!all_there(&both, &one) && !all_there(&one, &other) && !all_there(&one, &[]));
}
