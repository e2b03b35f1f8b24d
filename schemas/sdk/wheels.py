"""Brings the wheels of the SDKs and their plugins from the package index, without installing anything.

Of the SDKs every release is taken, so that the tables know in which patch something came or went. Of the plugins it is the
first and the last patch of every minor version, and whatever the tables have told about before.
"""

import re
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

V2_PLUGINS = ["spark", "ray", "dask", "pytorch", "databricks", "hydra", "papermill", "vllm", "sglang"]
V1_PLUGINS = ["pod", "spark", "ray", "dask", "kfpytorch", "kfmpi", "kftensorflow", "inference", "papermill"]

# A distribution, and the oldest version that the tables tell about.
DISTRIBUTIONS = {
    "flyte": (2, 0),
    "flytekit": (1, 13),
    **{f"flyteplugins-{name}": (2, 0) for name in V2_PLUGINS},
    **{f"flytekitplugins-{name}": (1, 13) for name in V1_PLUGINS},
    # These count their own versions.
    "flyteplugins-union": (0, 0),
    "union": (0, 1),
}
EVERY_PATCH = {"flyte", "flytekit"}
# Its hundreds of releases are patches of one minor version, and it mostly hands on what flytekit has.
NEWEST_ONLY = {"union"}


def number(version):
    return tuple(int(part) for part in version.split("."))


def released(distribution):
    """The released versions, oldest first; pre-releases and the like are left out."""
    command = [sys.executable, "-m", "pip", "index", "versions", distribution]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    listed = re.search(r"Available versions: (.*)", text).group(1).split(", ")
    return sorted((version for version in listed if re.fullmatch(r"\d+\.\d+\.\d+", version)), key=number)


def chosen(distribution, versions, known):
    """The versions to read, oldest first."""
    versions = [version for version in versions if number(version)[:2] >= DISTRIBUTIONS[distribution]]
    if distribution in EVERY_PATCH:
        return versions
    if distribution in NEWEST_ONLY:
        return versions[-1:]
    minors = {}
    for version in versions:
        minors.setdefault(number(version)[:2], []).append(version)
    edges = {version for patches in minors.values() for version in (patches[0], patches[-1])}
    return [version for version in versions if version in edges or version in known]


def unpacked(distribution, version, folder):
    """The folder with the files of a wheel, which is downloaded unless it is there."""
    target = folder / f"{distribution}-{version}"
    if target.is_dir():
        return target
    wheels = folder / "wheels" / distribution
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*command, "--dest", wheels, f"{distribution}=={version}"], check=True)
    name = distribution.replace("-", "_")
    [wheel] = wheels.glob(f"{name}-{version}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target, [name for name in archive.namelist() if name.endswith((".py", "/METADATA"))])
    wheel.unlink()
    return target


def every(folder, known):
    """For each distribution its versions, oldest first, each with the folder of its files.

    `known` has the versions that the tables tell about already.
    """
    with ThreadPoolExecutor(4) as pool:
        listed = dict(zip(DISTRIBUTIONS, pool.map(released, DISTRIBUTIONS)))
        wanted = [
            (distribution, version)
            for distribution in DISTRIBUTIONS
            for version in chosen(distribution, listed[distribution], known.get(distribution, ()))
        ]
        folders = list(pool.map(lambda pair: unpacked(*pair, folder), wanted))
    found = {distribution: {} for distribution in DISTRIBUTIONS}
    for (distribution, version), place in zip(wanted, folders):
        found[distribution][version] = place
    return found
