//! Values that Kubernetes, clouds and Flyte know: what completion has to offer where a list is closed or usual.

use crate::tree::Step;

/// The values of fields that take one of a few words, by the name of the object and the field.
const ENUMS: &[(&str, &str, &[&str])] = &[
    ("AppArmorProfile", "type", &["RuntimeDefault", "Localhost", "Unconfined"]),
    ("AzureDiskVolumeSource", "cachingMode", &["None", "ReadOnly", "ReadWrite"]),
    ("AzureDiskVolumeSource", "kind", &["Shared", "Dedicated", "Managed"]),
    ("Container", "imagePullPolicy", &["Always", "IfNotPresent", "Never"]),
    ("Container", "restartPolicy", &["Always"]),
    ("Container", "terminationMessagePolicy", &["File", "FallbackToLogsOnError"]),
    ("ContainerPort", "protocol", &["TCP", "UDP", "SCTP"]),
    ("ContainerResizePolicy", "restartPolicy", &["NotRequired", "RestartContainer"]),
    ("EmptyDirVolumeSource", "medium", &["Memory"]),
    ("HTTPGetAction", "scheme", &["HTTP", "HTTPS"]),
    (
        "HostPathVolumeSource",
        "type",
        &["Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket", "CharDevice", "BlockDevice"],
    ),
    ("LabelSelectorRequirement", "operator", &["In", "NotIn", "Exists", "DoesNotExist"]),
    ("NodeSelectorRequirement", "operator", &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]),
    (
        "PersistentVolumeClaimSpec",
        "accessModes",
        &["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"],
    ),
    ("PersistentVolumeClaimSpec", "volumeMode", &["Filesystem", "Block"]),
    ("PodOS", "name", &["linux", "windows"]),
    ("PodSecurityContext", "fsGroupChangePolicy", &["OnRootMismatch", "Always"]),
    ("PodSecurityContext", "supplementalGroupsPolicy", &["Merge", "Strict"]),
    ("PodSpec", "dnsPolicy", &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]),
    ("PodSpec", "preemptionPolicy", &["PreemptLowerPriority", "Never"]),
    ("PodSpec", "restartPolicy", &["Never", "OnFailure", "Always"]),
    (
        "ResourceFieldSelector",
        "resource",
        &[
            "limits.cpu",
            "limits.memory",
            "limits.ephemeral-storage",
            "requests.cpu",
            "requests.memory",
            "requests.ephemeral-storage",
        ],
    ),
    (
        "ObjectFieldSelector",
        "fieldPath",
        &[
            "metadata.name",
            "metadata.namespace",
            "metadata.uid",
            "spec.nodeName",
            "spec.serviceAccountName",
            "status.hostIP",
            "status.podIP",
        ],
    ),
    ("SeccompProfile", "type", &["RuntimeDefault", "Localhost", "Unconfined"]),
    ("SecurityContext", "procMount", &["Default", "Unmasked"]),
    ("Toleration", "effect", &["NoSchedule", "PreferNoSchedule", "NoExecute"]),
    ("Toleration", "operator", &["Exists", "Equal"]),
    ("TopologySpreadConstraint", "nodeAffinityPolicy", &["Honor", "Ignore"]),
    ("TopologySpreadConstraint", "nodeTaintsPolicy", &["Honor", "Ignore"]),
    ("TopologySpreadConstraint", "topologyKey", TOPOLOGY),
    ("TopologySpreadConstraint", "whenUnsatisfiable", &["DoNotSchedule", "ScheduleAnyway"]),
    ("PodAffinityTerm", "topologyKey", TOPOLOGY),
    ("VolumeMount", "mountPropagation", &["None", "HostToContainer", "Bidirectional"]),
    ("VolumeMount", "recursiveReadOnly", &["Disabled", "IfPossible", "Enabled"]),
    (
        "CSIVolumeSource",
        "driver",
        &[
            "gcsfuse.csi.storage.gke.io",
            "secrets-store.csi.k8s.io",
            "s3.csi.aws.com",
            "efs.csi.aws.com",
            "file.csi.azure.com",
            "blob.csi.azure.com",
        ],
    ),
    ("Capabilities", "add", CAPABILITIES),
    ("Capabilities", "drop", &["ALL"]),
];

const TOPOLOGY: &[&str] = &["kubernetes.io/hostname", "topology.kubernetes.io/zone", "topology.kubernetes.io/region"];
const CAPABILITIES: &[&str] = &["IPC_LOCK", "NET_ADMIN", "NET_BIND_SERVICE", "SYS_ADMIN", "SYS_NICE", "SYS_PTRACE"];

/// Names of resources, with what they are.
pub const RESOURCES: &[(&str, &str)] = &[
    ("cpu", "cores, such as 2 or 500m"),
    ("memory", "bytes, such as 4Gi"),
    ("ephemeral-storage", "bytes on the node's disk"),
    ("nvidia.com/gpu", "whole GPUs"),
    ("amd.com/gpu", "whole GPUs"),
    ("google.com/tpu", "TPU chips"),
    ("aws.amazon.com/neuron", "Neuron devices"),
    ("habana.ai/gaudi", "Gaudi accelerators"),
    ("hugepages-2Mi", "bytes in huge pages"),
    ("rdma/hca", "RDMA devices"),
    ("vpc.amazonaws.com/efa", "EFA interfaces"),
];

/// Annotations that Flyte, clouds and service meshes read, with what they do.
pub const ANNOTATIONS: &[(&str, &str)] = &[
    ("gke-gcsfuse/volumes", "\"true\" has GKE mount the pod's GCS FUSE volumes"),
    ("gke-gcsfuse/cpu-limit", "limit of the GCS FUSE sidecar"),
    ("gke-gcsfuse/memory-limit", "limit of the GCS FUSE sidecar"),
    ("gke-gcsfuse/ephemeral-storage-limit", "limit of the GCS FUSE sidecar"),
    ("cluster-autoscaler.kubernetes.io/safe-to-evict", "\"false\" keeps the autoscaler from ending the pod"),
    ("karpenter.sh/do-not-disrupt", "\"true\" keeps Karpenter from ending the pod"),
    ("iam.amazonaws.com/role", "the AWS role, by kube2iam or kiam"),
    ("sidecar.istio.io/inject", "\"false\" keeps Istio's proxy out, which would not end with the task"),
    ("proxy.istio.io/config", "configuration of Istio's proxy"),
    ("linkerd.io/inject", "\"disabled\" keeps Linkerd's proxy out"),
    ("primary_container_name", "the name of the primary container"),
    ("kubectl.kubernetes.io/default-container", "the container that kubectl means"),
    ("prometheus.io/scrape", "\"true\" has Prometheus read metrics"),
    ("prometheus.io/port", "the port of the metrics"),
    ("prometheus.io/path", "the path of the metrics"),
];

/// The words that a field takes.
pub fn of_field(definition: &str, wire: &str) -> &'static [&'static str] {
    let found = ENUMS.iter().find(|(object, field, _)| *object == definition && *field == wire);
    found.map_or(&[], |(_, _, words)| words)
}

/// What the key at the end of a path means, where it is a resource or an annotation that is known.
pub fn meaning(path: &[Step]) -> Option<String> {
    let [.., Step::Key(list), Step::Key(key)] = path else { return None };
    let known = match &**list {
        "limits" | "requests" => RESOURCES,
        "annotations" => ANNOTATIONS,
        _ => return None,
    };
    let (name, words) = known.iter().find(|(name, _)| *name == &**key)?;
    Some(format!("**{name}**: {words}"))
}

/// Usual amounts of a resource.
pub fn amounts(resource: &str) -> &'static [&'static str] {
    match resource {
        "cpu" => &["100m", "250m", "500m", "1", "2", "4", "8"],
        "memory" => &["128Mi", "256Mi", "512Mi", "1Gi", "2Gi", "4Gi", "8Gi", "16Gi"],
        "ephemeral-storage" => &["1Gi", "10Gi", "50Gi", "100Gi"],
        name if name.starts_with("hugepages-") => &["128Mi", "1Gi"],
        _ => &["1", "2", "4", "8"],
    }
}

#[cfg(test)]
mod tests {
    use super::ENUMS;
    use crate::schema::kubernetes::definition;

    #[test]
    fn every_list_belongs_to_a_field() {
        for (object, field, words) in ENUMS {
            assert!(definition(object).is_some_and(|object| object.field(field).is_some()), "{object}.{field}");
            assert!(!words.is_empty());
        }
    }
}
