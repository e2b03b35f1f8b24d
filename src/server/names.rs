//! Names within a pod, and who refers to them: volumes, containers, ports, claims.

use crate::document::Document;
use crate::pod::{Container, Pod};
use crate::tree::{Field, FileId, Location, Node};

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    /// A volume of the pod.
    Volume,
    /// A container.
    Container,
    /// A port of the container of that number.
    Port(usize),
    /// A resource claim.
    Claim,
}

impl Sort {
    /// The word for it.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::Container => "container",
            Self::Port(_) => "port",
            Self::Claim => "claim",
        }
    }
}

/// One place where a name is written.
#[derive(Clone, Debug)]
pub struct Mention {
    /// Of what.
    pub sort: Sort,
    /// The name.
    pub name: String,
    /// The string itself.
    pub written: Location,
    /// Where the string enters the template: the same place, unless it comes from a constant.
    pub used: Location,
    /// Whether this gives the name, as opposed to referring to it.
    pub is_definition: bool,
}

impl Mention {
    /// Whether the cursor is in it.
    pub fn is_at(&self, file: FileId, offset: u32) -> bool {
        let covers = |place: Location| place.file == file && place.span.start <= offset && offset <= place.span.end;
        covers(self.used) || covers(self.written)
    }
}

/// All names of a document's pod and what refers to them.
pub fn mentions(document: &Document) -> Vec<Mention> {
    let mut found = Collector::default();
    let pod = Pod::new(document);
    if let Field::Known(spec) = pod.spec {
        for volume in items(spec, "volumes") {
            found.add(Sort::Volume, volume.get("name"), true);
            found.container_names(volume);
        }
        for claim in items(spec, "resourceClaims") {
            found.add(Sort::Claim, claim.get("name"), true);
        }
    }
    for (number, container) in pod.containers.known.iter().enumerate() {
        found.container(number, container);
    }
    if let (Field::Known(name), Some(location)) = (&document.primary.name, document.primary.location) {
        found.push(Sort::Container, name, location, location, false);
    }
    for key in ["primary_container_name", "kubectl.kubernetes.io/default-container"] {
        found.add(Sort::Container, pod.annotations().then(|annotations| annotations.get(key)), false);
    }
    found.0
}

/// The items of a list field.
pub fn items<'a>(node: &'a Node, wire: &str) -> &'a [Node] {
    node.get(wire).known().and_then(Node::as_list).map(|list| list.items.as_slice()).unwrap_or_default()
}

#[derive(Default)]
struct Collector(Vec<Mention>);

impl Collector {
    fn add(&mut self, sort: Sort, field: Field<&Node>, is_definition: bool) {
        if let Field::Known(node) = field
            && let Some(name) = node.as_str()
        {
            let used = node.used_at.as_deref().copied().unwrap_or(node.location);
            self.push(sort, name, node.location, used, is_definition);
        }
    }

    fn push(&mut self, sort: Sort, name: &str, written: Location, used: Location, is_definition: bool) {
        self.0.push(Mention { sort, name: name.to_owned(), written, used, is_definition });
    }

    fn container(&mut self, number: usize, container: &Container<'_>) {
        let node = container.node;
        self.add(Sort::Container, node.get("name"), true);
        self.add(Sort::Container, node.get("targetContainerName"), false);
        for list in ["volumeMounts", "volumeDevices"] {
            items(node, list).iter().for_each(|mount| self.add(Sort::Volume, mount.get("name"), false));
        }
        for variable in items(node, "env") {
            let file = variable.get("valueFrom").then(|source| source.get("fileKeyRef"));
            self.add(Sort::Volume, file.then(|file| file.get("volumeName")), false);
            self.container_names(variable);
        }
        for claim in node.get("resources").known().map_or(&[][..], |resources| items(resources, "claims")) {
            self.add(Sort::Claim, claim.get("name"), false);
        }
        items(node, "ports").iter().for_each(|port| self.add(Sort::Port(number), port.get("name"), true));
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            self.ports_of(number, node.get(probe));
        }
        for hook in ["postStart", "preStop"] {
            self.ports_of(number, node.get("lifecycle").then(|lifecycle| lifecycle.get(hook)));
        }
    }

    fn ports_of(&mut self, number: usize, handler: Field<&Node>) {
        for way in ["httpGet", "tcpSocket"] {
            self.add(Sort::Port(number), handler.then(|handler| handler.get(way)).then(|way| way.get("port")), false);
        }
    }

    /// References to containers anywhere below: `resourceFieldRef.containerName`.
    fn container_names(&mut self, node: &Node) {
        let mut pending = vec![node];
        while let Some(node) = pending.pop() {
            if let Field::Known(reference) = node.get("resourceFieldRef") {
                self.add(Sort::Container, reference.get("containerName"), false);
            }
            pending.extend(node.children());
        }
    }
}
