//! Containers and the part that each plays in a Flyte pod.

use super::{Items, Mount, items};
use crate::document::{Document, Flavour, Kind};
use crate::tree::{Field, Node};

/// The part that a container plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// It runs the task; Flyte fills in its image, command and resources.
    Primary,
    /// Nobody can tell whether it is the primary one: its name is dynamic, or it looks like a misspelt primary.
    Undecided,
    /// A template container (`default`, `primary-init`, …) that Flyte merges under the containers of a task.
    Base,
    /// It runs beside the primary.
    Sidecar,
    /// An init container with `restartPolicy: Always`: it starts first and runs on beside the primary.
    NativeSidecar,
    /// It runs and ends before the primary starts.
    Init,
    /// Added to a running pod for debugging; never part of a template.
    Ephemeral,
}

impl Role {
    /// Whether the rules about sidecars speak of it.
    #[must_use]
    pub const fn is_sidecar(self) -> bool {
        matches!(self, Self::Sidecar | Self::NativeSidecar | Self::Init)
    }

    /// The word for it in messages.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Primary => "primary container",
            Self::Undecided => "container",
            Self::Base => "template container",
            Self::Sidecar => "sidecar",
            Self::NativeSidecar => "native sidecar",
            Self::Init => "init container",
            Self::Ephemeral => "ephemeral container",
        }
    }
}

/// One container.
#[derive(Clone, Copy, Debug)]
pub struct Container<'a> {
    /// Its tree.
    pub node: &'a Node,
    /// Its part in the pod.
    pub role: Role,
    /// The list that it stands in: `containers`, `initContainers`, `ephemeralContainers`.
    pub list: &'static str,
    /// Its place in that list.
    pub index: usize,
    name: Field<&'a str>,
}

impl<'a> Container<'a> {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> Field<&'a str> {
        self.name
    }

    /// Where to speak of it: its name where written, else its first token.
    #[must_use]
    pub fn anchor(&self) -> &'a Node {
        super::name_or_whole(self.node)
    }

    /// How to call it in a message: sidecar `metrics`, or the second sidecar as `containers[1]`.
    #[must_use]
    pub fn title(&self) -> String {
        match self.name() {
            Field::Known(name) => format!("{} `{name}`", self.role.noun()),
            Field::Missing | Field::Dynamic => format!("{} {}[{}]", self.role.noun(), self.list, self.index),
        }
    }

    /// Whether it certainly has no image; an empty one counts as none, as in the API server.
    #[must_use]
    pub fn has_no_image(&self) -> bool {
        matches!(self.node.text("image"), Field::Missing | Field::Known(""))
    }

    /// The volumes that environment variables are read from: `valueFrom.fileKeyRef`.
    #[must_use]
    pub fn env_file_volumes(&self) -> Vec<Field<&'a str>> {
        let sources = items(Field::Known(self.node), "env").known.into_iter();
        let file = |variable: &'a Node| variable.get("valueFrom").known()?.get("fileKeyRef").known();
        sources.filter_map(file).map(|file| file.text("volumeName")).collect()
    }

    /// What it mounts: volume mounts and volume devices.
    #[must_use]
    pub fn mounts(&self) -> Items<Mount<'a>> {
        Mount::all(self.node)
    }
}

/// The containers of a pod spec with their roles.
pub(super) fn all<'a>(document: &Document, spec: Field<&'a Node>) -> Items<Container<'a>> {
    let regular = items(spec, "containers");
    let init = items(spec, "initContainers");
    let ephemeral = items(spec, "ephemeralContainers");
    let open = regular.open || init.open || ephemeral.open;
    let roles = regular_roles(document, &regular);
    let regular = regular.known.iter().zip(roles).enumerate();
    let container = |list, index, node: &'a Node, role| Container { node, role, list, index, name: node.text("name") };
    let regular = regular.map(|(index, (node, role))| container("containers", index, node, role));
    let init = init.known.iter().enumerate();
    let init = init.map(|(index, node)| container("initContainers", index, node, init_role(document, node)));
    let ephemeral = ephemeral.known.iter().enumerate();
    let ephemeral = ephemeral.map(|(index, node)| container("ephemeralContainers", index, node, Role::Ephemeral));
    Items { known: regular.chain(init).chain(ephemeral).collect(), open }
}

fn regular_roles(document: &Document, containers: &Items<&Node>) -> Vec<Role> {
    if document.flavour == Flavour::PluginRole {
        return vec![Role::Undecided; containers.known.len()];
    }
    let mut roles: Vec<Role> = containers.known.iter().map(|node| named_role(document, node)).collect();
    if let Some(index) = only_one_left(document, containers, &roles) {
        roles[index] = Role::Primary;
    }
    let settled = roles.iter().any(|role| match role {
        Role::Sidecar => false,
        // One whose name is not known may have the primary's, where there is such a name.
        Role::Undecided => !document.primary.name.is_missing(),
        _ => true,
    });
    if !settled
        && !containers.open
        && let Some(presumed) = presumed_primary(document, containers)
    {
        roles[presumed] = Role::Undecided;
    }
    roles
}

/// The one container whose name is not known where all others have another name than the primary's: flyte refuses a template
/// without a primary container, so that one is it.
fn only_one_left(document: &Document, containers: &Items<&Node>, roles: &[Role]) -> Option<usize> {
    let wanted = matches!(document.flavour, Flavour::V2Task) && !containers.open && !document.primary.name.is_missing();
    let mut undecided = roles.iter().enumerate().filter(|(_, role)| **role == Role::Undecided);
    let (index, _) = undecided.next()?;
    let others = roles.iter().enumerate().all(|(other, role)| other == index || *role == Role::Sidecar);
    // Where the primary's own name is not known, any of several may have it.
    let is_sure = !document.primary.name.is_dynamic() || roles.len() == 1;
    (wanted && others && is_sure && undecided.next().is_none()).then_some(index)
}

/// The role that a regular container has by its name.
fn named_role(document: &Document, node: &Node) -> Role {
    let Field::Known(name) = node.text("name") else {
        return if node.text("name").is_dynamic() { Role::Undecided } else { Role::Sidecar };
    };
    if is_cluster_template(document) && matches!(name, "default" | "primary") {
        return Role::Base;
    }
    match &document.primary.name {
        // An app's primary container is that one, whatever the template says.
        _ if document.flavour == Flavour::V2App && name == "app" => Role::Primary,
        Field::Known(primary) if primary == name => Role::Primary,
        Field::Dynamic => Role::Undecided,
        Field::Known(_) | Field::Missing => Role::Sidecar,
    }
}

/// Where no container carries the primary's name: the one that most likely is meant (a near miss, else the first).
fn presumed_primary(document: &Document, containers: &Items<&Node>) -> Option<usize> {
    if containers.known.is_empty() {
        return None;
    }
    let Field::Known(primary) = &document.primary.name else { return Some(0) };
    let names = containers.known.iter().map(|node| node.text("name").known().unwrap_or_default());
    Some(crate::text::nearest(primary, names).unwrap_or(0))
}

fn init_role(document: &Document, node: &Node) -> Role {
    let name = node.text("name").known();
    if is_cluster_template(document) && matches!(name, Some("default-init" | "primary-init")) {
        return Role::Base;
    }
    match node.text("restartPolicy") {
        Field::Known("Always") => Role::NativeSidecar,
        _ => Role::Init,
    }
}

fn is_cluster_template(document: &Document) -> bool {
    matches!(document.kind, Kind::PodTemplate | Kind::Embedded)
}
