//! Sessions with the language server: the real binary, over its standard input and output.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod actions;
mod agreement;
mod client;
mod clusters;
mod completion;
mod consistency;
mod documents;
mod folders;
mod hostile;
mod hover;
mod lifecycle;
mod manners;
mod names;
mod notebooks;
mod patches;
mod pods;
mod superseded;
mod workspace;

/// A manifest that mounts a volume which is not there.
const MANIFEST: &str = "apiVersion: v1
kind: PodTemplate
metadata:
  name: t
template:
  spec:
    containers:
      - name: primary
        image: a:1
        volumeMounts:
          - name: dta
            mountPath: /d
    volumes:
      - name: data
        emptyDir: {}
";

/// A template whose container comes from another module.
const TEMPLATE: &str = "import flyte
from kubernetes.client import V1PodSpec

from parts import sidecar

template = flyte.PodTemplate(primary_container_name=\"primary\", pod_spec=V1PodSpec(containers=[sidecar]))
env = flyte.TaskEnvironment(name=\"e\", pod_template=template)
";

/// The module that it imports from.
const PARTS: &str = "from kubernetes.client import V1Container

sidecar = V1Container(name=\"primary\")
";
