"""A bucket as a folder, by GKE's Cloud Storage FUSE driver."""

import flyte
from kubernetes.client import V1Container, V1CSIVolumeSource, V1PodSpec, V1Volume, V1VolumeMount


def bucket(name: str, bucket_name: str) -> V1Volume:
    return V1Volume(
        name=name,
        csi=V1CSIVolumeSource(
            driver="gcsfuse.csi.storage.gke.io",
            volume_attributes={"bucketName": bucket_name, "mountOptions": "implicit-dirs"},
        ),
    )


pod_template = flyte.PodTemplate(
    annotations={
        "gke-gcsfuse/volumes": "true",
        "gke-gcsfuse/cpu-limit": "2",
        "gke-gcsfuse/memory-limit": "1Gi",
    },
    pod_spec=V1PodSpec(
        service_account_name="trainer",
        containers=[
            V1Container(name="primary", volume_mounts=[V1VolumeMount(name="models", mount_path="/mnt/models")]),
        ],
        volumes=[bucket("models", "acme-models")],
    ),
)
