"""Holds podlint's judgement of Python sources to the installed Kubernetes client.

Every expression is evaluated for real. Where the client raises, podlint must say so with an error of the authority
`client`; where it does not, podlint must not. podlint is told which generation is installed, and also asked without
knowing it: then nothing that works in one generation may be an error.
"""

import json
import pathlib
import subprocess
import tempfile

import kubernetes
from kubernetes.client import *  # noqa: F403

EXPRESSIONS = """
V1Container()
V1Container(name="a")
V1Container(name=None)
V1PodSpec()
V1PodSpec(containers=[])
V1Volume(empty_dir={})
V1Volume(name="v", empty_dir={"size_limit": "1Gi"})
V1Volume(name="v", empty_dir={"sizeLimit": "1Gi"})
V1Volume(name="v", empty_dir=V1EmptyDirVolumeSource(size_limit=1))
V1EnvVar(name="A")
V1EnvVar(value="A")
V1EnvVar("A", "b")
V1EnvVar(name="A", value=1)
V1EnvVar(name="A", value=True)
V1EnvVar(name=5)
V1Container(name="a", imagee="x")
V1Container(name="a", imagePullPolicy="Always")
V1Container(name="a", image_pull_policy="Sometimes")
V1Container(name="a", command="echo hi")
V1Container(name="a", command=["echo", 1])
V1Container(name="a", command=("echo", "hi"))
V1Container(name="a", args=[])
V1Container(name="a", ports=[{"containerPort": 9091}])
V1Container(name="a", ports=[{"container_port": 9091}])
V1Container(name="a", ports=[V1ContainerPort(container_port="80")])
V1Container(name="a", ports=[V1ContainerPort(container_port=80.0)])
V1Container(name="a", ports=[V1ContainerPort()])
V1Container(name="a", ports=V1ContainerPort(container_port=1))
V1Container(name="a", env={"A": "b"})
V1Container(name="a", env=[V1VolumeMount(name="x", mount_path="/x")])
V1Container(name="a", tty="true")
V1Container(name="a", tty=True)
V1Container(name="a", resources=V1ResourceRequirements(limits={"cpu": "1"}))
V1Container(name="a", resources=V1ResourceRequirements(limits={"cpu": 1}))
V1Container(name="a", resources={"limits": {"cpu": "1"}})
V1Container(name="a", security_context=V1SecurityContext(privileged="true"))
V1Container(name="a", security_context=V1SecurityContext(run_as_user="1000"))
V1Container(name="a", security_context=V1SecurityContext(run_as_user=1000))
V1Container(name="a", liveness_probe=V1Probe(_exec=V1ExecAction(command=["x"])))
V1Container(name="a", liveness_probe=V1Probe(exec=V1ExecAction(command=["x"])))
V1Container(name="a", liveness_probe=V1Probe(http_get=V1HTTPGetAction(port="http")))
V1Container(name="a", liveness_probe=V1Probe(http_get=V1HTTPGetAction(port=80)))
V1Container(name="a", liveness_probe=V1Probe(http_get=V1HTTPGetAction()))
V1Container(name="a", volume_mounts=[V1VolumeMount(name="x")])
V1Container(name="a", volume_mounts=[V1VolumeMount(mount_path="/x")])
V1Container(name="a", volume_mounts=[V1VolumeMount(name="x", mount_path="/x", read_only=None)])
V1PodSpec(containers=[V1Container(name="a", volume_mounts=[V1VolumeMount(name="x", mount_path="/x", bind_mount_options=["ro"])])])
V1PodSpec(containers=[V1Container(name="a")], volumes=[V1Volume(name="v", empty_dir=V1EmptyDirVolumeSource(mode=511))])
V1PodSpec(containers=[V1Container(name="a")], volumes=[V1Volume(name="v", fc=V1FCVolumeSource(target_wwns=["x"], lun=1))])
V1PodSpec(containers=[V1Container(name="a")], volumes=[V1Volume(name="v", image=V1ImageVolumeSource(reference="x"))])
V1PodSpec(containers=[V1Container(name="a")], host_pid=True, set_hostname_as_fqdn=False)
V1PodSpec(containers=[V1Container(name="a")], node_selector={"a": "b"})
V1PodSpec(containers=[V1Container(name="a")], node_selector={"a": 1})
V1PodSpec(containers=[V1Container(name="a")], image_pull_secrets=["x"])
V1PodSpec(containers=[V1Container(name="a")], image_pull_secrets=[V1LocalObjectReference(name="x")])
V1PodSpec(containers=[V1Container(name="a")], tolerations=[V1Toleration(toleration_seconds="5")])
V1PodSpec(containers=V1Container(name="a"))
V1PodSpec(containers=[V1Container(name="a")], nodeSelector={"a": "b"})
V1PodSpec(containers=[V1Container(name="a")], volumes=[V1Volume(name="v", secret=V1SecretVolumeSource(name="x"))])
V1PodSpec(containers=[V1Container(name="a")], volumes=[V1Volume(name="v", csi=V1CSIVolumeSource())])
""".strip().splitlines()

HERE = pathlib.Path(__file__).resolve().parent
PODLINT = HERE.parent.parent / "target" / "debug" / "podlint"


def raises(expression):
    try:
        eval(expression)  # these are our own expressions
        return False
    except Exception:
        return True


def template(expression):
    """A module with the expression at a place where it belongs."""
    wrap = {
        "V1PodSpec": "{}",
        "V1Container": "V1PodSpec(containers=[{}])",
        "V1Volume": "V1PodSpec(containers=[V1Container(name='a')], volumes=[{}])",
        "V1EnvVar": "V1PodSpec(containers=[V1Container(name='a', env=[{}])])",
    }
    spec = wrap[expression.split("(")[0]].format(expression)
    return f"import flyte\nfrom kubernetes.client import *\n\nt = flyte.PodTemplate(pod_spec={spec})\n"


def errors(folder, *options):
    """The errors of podlint: the expression's number and the rule."""
    command = [PODLINT, "check", "--format", "json", "--fail-on", "never", *options, folder]
    report = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    found = [finding for finding in report["findings"] if finding["severity"] == "error"]
    return [(int(pathlib.Path(finding["file"]).stem), finding["authority"], finding["rule"]) for finding in found]


def main():
    generation = kubernetes.__version__.split(".")[0]
    with tempfile.TemporaryDirectory() as folder:
        for number, expression in enumerate(EXPRESSIONS):
            pathlib.Path(folder, f"{number}.py").write_text(template(expression))
        known = errors(folder, "--authority", "client,kubernetes", "--kubernetes-client", generation)
        unknown = errors(folder, "--authority", "client,kubernetes")
    # A lost key raises nothing: that is what is bad about it.
    raising = {number for number, authority, rule in known if authority == "client" and rule != "snake-case-dict-key"}
    wrong = [
        f"{expression}: raises={raises(expression)}, podlint={number in raising}"
        for number, expression in enumerate(EXPRESSIONS)
        if raises(expression) != (number in raising)
    ]
    assert not wrong, "\n".join(wrong)
    # Without knowing the version, an error is what fails in this one too, in the client or in the API server.
    doubtful = {number for number, *_ in unknown} - {number for number, *_ in known}
    assert not doubtful, [EXPRESSIONS[number] for number in doubtful]
    print(f"kubernetes {kubernetes.__version__}: {len(EXPRESSIONS)} expressions judged as the client does")


main()
