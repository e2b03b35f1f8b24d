//! Volumes, and the mounts and devices that refer to them.

use super::{Items, items};
use crate::tree::{Entry, Field, Node};

/// A volume of the pod.
#[derive(Clone, Copy, Debug)]
pub struct Volume<'a> {
    /// Its tree.
    pub node: &'a Node,
}

impl<'a> Volume<'a> {
    /// A view over a volume's tree.
    #[must_use]
    pub const fn new(node: &'a Node) -> Self {
        Self { node }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> Field<&'a str> {
        self.node.text("name")
    }

    /// Where to speak of it: its name where written, else its first token.
    #[must_use]
    pub fn anchor(&self) -> &'a Node {
        super::name_or_whole(self.node)
    }

    /// What backs it: `emptyDir`, `csi`, …; `None` where none is known to be given.
    #[must_use]
    pub fn source(&self) -> Option<&'a Entry> {
        let map = self.node.as_map()?;
        map.entries.iter().find(|entry| &*entry.key.wire != "name" && entry.value.value != crate::tree::Value::Null)
    }
}

impl<'a> Volume<'a> {
    /// The node's path that it is, and where that is written.
    #[must_use]
    pub fn host_path(&self) -> Option<(&'a Node, &'a str)> {
        let node = self.node.get("hostPath").then(|source| source.get("path")).known()?;
        Some((node, node.as_str()?))
    }
}

/// The container runtime that listens on a socket of the node.
#[must_use]
pub fn runtime_of_socket(path: &str) -> Option<&'static str> {
    let name = path.trim_end_matches('/').rsplit('/').next()?;
    match name {
        "docker.sock" | "dockershim.sock" | "cri-dockerd.sock" => Some("Docker"),
        "containerd.sock" => Some("containerd"),
        "crio.sock" => Some("CRI-O"),
        "podman.sock" => Some("Podman"),
        _ => None,
    }
}

/// How a container uses a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MountKind {
    /// As files: `volumeMounts`.
    Files,
    /// As a raw block device: `volumeDevices`.
    Device,
}

/// One entry of `volumeMounts` or `volumeDevices`.
#[derive(Clone, Copy, Debug)]
pub struct Mount<'a> {
    /// Its tree.
    pub node: &'a Node,
    /// As files or as a device.
    pub kind: MountKind,
}

impl<'a> Mount<'a> {
    /// All mounts and devices of a container.
    pub(super) fn all(container: &'a Node) -> Items<Self> {
        let files = items(Field::Known(container), "volumeMounts");
        let devices = items(Field::Known(container), "volumeDevices");
        let files_open = files.open;
        let files = files.known.into_iter().map(|node| Self { node, kind: MountKind::Files });
        let devices_open = devices.open;
        let devices = devices.known.into_iter().map(|node| Self { node, kind: MountKind::Device });
        Items { known: files.chain(devices).collect(), open: files_open || devices_open }
    }

    /// The name of the volume.
    #[must_use]
    pub fn volume(&self) -> Field<&'a str> {
        self.node.text("name")
    }

    /// Where it appears in the container: `mountPath` or `devicePath`.
    #[must_use]
    pub fn path(&self) -> Field<&'a str> {
        self.node.text(self.path_field())
    }

    /// Where to speak of its path.
    #[must_use]
    pub fn path_node(&self) -> &'a Node {
        self.node.get(self.path_field()).known().unwrap_or(self.node)
    }

    /// The name of the field that holds the path.
    #[must_use]
    pub const fn path_field(&self) -> &'static str {
        match self.kind {
            MountKind::Files => "mountPath",
            MountKind::Device => "devicePath",
        }
    }
}
