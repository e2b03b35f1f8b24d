//! Whole containers and volumes to start from.

use super::completion::{Icon, Offer};
use crate::source::Language;

/// Texts with places to fill in: the list that they are items of, a label, what they are, and how they look in YAML and Python.
const SNIPPETS: &[(&[&str], &str, &str, &str, &str)] = &[
    (
        &["containers"],
        "sidecar",
        "a container with what Flyte wants of a sidecar",
        "name: ${1:sidecar}\nimage: ${2:registry/image:1.0}\nresources:\n  requests:\n    cpu: ${3:100m}\n    memory: ${4:128Mi}\n  limits:\n    cpu: ${3:100m}\n    memory: ${4:128Mi}\n",
        "V1Container(\n    name=\"${1:sidecar}\",\n    image=\"${2:registry/image:1.0}\",\n    resources=V1ResourceRequirements(\n        requests={\"cpu\": \"${3:100m}\", \"memory\": \"${4:128Mi}\"},\n        limits={\"cpu\": \"${3:100m}\", \"memory\": \"${4:128Mi}\"},\n    ),\n)",
    ),
    (
        &["initContainers"],
        "native sidecar",
        "starts before the primary container and ends after it",
        "name: ${1:sidecar}\nimage: ${2:registry/image:1.0}\nrestartPolicy: Always\nresources:\n  requests:\n    cpu: ${3:100m}\n    memory: ${4:128Mi}\n  limits:\n    cpu: ${3:100m}\n    memory: ${4:128Mi}\n",
        "V1Container(\n    name=\"${1:sidecar}\",\n    image=\"${2:registry/image:1.0}\",\n    restart_policy=\"Always\",\n    resources=V1ResourceRequirements(\n        requests={\"cpu\": \"${3:100m}\", \"memory\": \"${4:128Mi}\"},\n        limits={\"cpu\": \"${3:100m}\", \"memory\": \"${4:128Mi}\"},\n    ),\n)",
    ),
    (
        &["volumes"],
        "volume",
        "an empty folder for the pod's containers",
        "name: ${1:scratch}\nemptyDir:\n  sizeLimit: ${2:10Gi}\n",
        "V1Volume(name=\"${1:scratch}\", empty_dir=V1EmptyDirVolumeSource(size_limit=\"${2:10Gi}\"))",
    ),
    (
        &["volumes"],
        "gcsfuse",
        "a bucket of Google Cloud Storage; the pod also needs the annotation gke-gcsfuse/volumes: \"true\"",
        "name: ${1:bucket}\ncsi:\n  driver: gcsfuse.csi.storage.gke.io\n  readOnly: ${2:true}\n  volumeAttributes:\n    bucketName: ${3:my-bucket}\n    mountOptions: ${4:implicit-dirs}\n",
        "V1Volume(\n    name=\"${1:bucket}\",\n    csi=V1CSIVolumeSource(\n        driver=\"gcsfuse.csi.storage.gke.io\",\n        read_only=${2:True},\n        volume_attributes={\"bucketName\": \"${3:my-bucket}\", \"mountOptions\": \"${4:implicit-dirs}\"},\n    ),\n)",
    ),
    (
        &["volumeMounts"],
        "mount",
        "a volume of the pod at a path",
        "name: ${1:scratch}\nmountPath: ${2:/scratch}\n",
        "V1VolumeMount(name=\"${1:scratch}\", mount_path=\"${2:/scratch}\")",
    ),
];

/// The snippets for an item of a list.
pub fn of_item(list: &str, language: Language) -> Vec<Offer> {
    let fitting = SNIPPETS.iter().filter(|snippet| snippet.0.contains(&list) && language != Language::Json);
    fitting
        .map(|(_, label, detail, yaml, python)| {
            let is_yaml = language == Language::Yaml;
            // Editors indent the lines of a snippet as the line that it is put into; the item's own dash is two more.
            let text = if is_yaml { yaml.trim_end().replace('\n', "\n  ") } else { (*python).to_owned() };
            Offer {
                label: (*label).to_owned(),
                detail: (*detail).to_owned(),
                text: Some(text),
                is_snippet: true,
                icon: Icon::Snippet,
                documentation: None,
            }
        })
        .collect()
}
