"""The bucket never mounts: the annotation is missing."""

import flyte
from kubernetes.client import V1Container, V1CSIVolumeSource, V1PodSpec, V1Volume, V1VolumeMount

pod_template = flyte.PodTemplate(
    labels={"team": "ranking"},
    pod_spec=V1PodSpec(
        containers=[
            V1Container(name="primary", volume_mounts=[V1VolumeMount(name="models", mount_path="/mnt/models")]),
        ],
        volumes=[
            V1Volume(
                name="models",
                csi=V1CSIVolumeSource(
                    driver="gcsfuse.csi.storage.gke.io",
                    volume_attributes={"bucketName": "acme-models"},
                ),
            ),
        ],
    ),
)
