//! Writes projects like those that people have: many modules, of which one in twenty makes a pod template; many manifests, of
//! which one in five holds a pod. The same number gives the same text on every machine.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Every so many Python files make a template.
pub const PYTHON_SHARE: usize = 20;
/// Every so many YAML files hold a pod.
pub const YAML_SHARE: usize = 5;

/// What a project is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Python, templates in their usual share.
    Python,
    /// Only Python that makes templates.
    PythonTemplates,
    /// Only Python that makes none.
    PythonPlain,
    /// YAML, pods in their usual share.
    Yaml,
    /// Only manifests with pods.
    YamlTemplates,
    /// One Python file of so many thousand lines.
    LongPython,
    /// One stream of manifests of so many thousand lines.
    LongYaml,
}

/// Writes a project of `count` files (or thousands of lines) below `root`; its folder.
pub fn project(root: &Path, content: Content, count: usize) -> PathBuf {
    let folder = root.join(format!("{content:?}-{count}"));
    let _ = std::fs::remove_dir_all(&folder);
    let write = |name: String, text: String| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("space on the disk");
    };
    match content {
        Content::LongPython => write("long.py".to_owned(), long(count, python_template)),
        Content::LongYaml => write("long.yaml".to_owned(), long(count, |number| format!("---\n{}", workload(number)))),
        _ => {
            for number in 0..count {
                let (extension, text) = file(content, number);
                write(format!("part{}/file{number}.{extension}", number / 50), text);
            }
        }
    }
    folder
}

fn file(content: Content, number: usize) -> (&'static str, String) {
    match content {
        Content::PythonTemplates => ("py", python_template(number)),
        Content::Python if number.is_multiple_of(PYTHON_SHARE) => ("py", python_template(number)),
        Content::YamlTemplates => ("yaml", workload(number)),
        Content::Yaml if number.is_multiple_of(YAML_SHARE) => ("yaml", workload(number)),
        Content::Yaml | Content::LongYaml => ("yaml", config_map(number)),
        _ => ("py", plain_module(number)),
    }
}

/// At least so many thousand lines of what `part` gives.
fn long(thousands: usize, part: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut lines = 0;
    for number in 0.. {
        let more = part(number);
        lines += more.lines().count();
        text.push_str(&more);
        if lines >= thousands * 1000 {
            break;
        }
    }
    text
}

/// Functions and a class as most modules have them.
fn code(number: usize) -> String {
    let mut text = String::new();
    for part in 0..8 + number % 9 {
        let _ = write!(
            text,
            "def load_{part}(path: str, limit: int = {part}) -> list[dict]:\n    \"\"\"Reads rows of part {part}.\"\"\"\n    \
             rows = []\n    with open(path) as lines:\n        for index, line in enumerate(lines):\n            \
             if index >= limit and limit > {number}:\n                break\n            \
             rows.append({{\"index\": index, \"text\": line.strip(), \"part\": \"{part}\"}})\n    \
             return sorted(rows, key=lambda row: (row[\"part\"], -row[\"index\"]))\n\n\n"
        );
    }
    let _ = write!(
        text,
        "class Model{number}:\n    def __init__(self, rate=0.{number}):\n        self.rate = rate\n\n    \
         def fit(self, rows):\n        return [row[\"index\"] * self.rate for row in rows if row]\n"
    );
    text
}

fn plain_module(number: usize) -> String {
    format!(
        "\"\"\"Module {number}.\"\"\"\n\nimport logging\nimport os\n\nlogger = logging.getLogger(__name__)\n\n\n{}",
        code(number)
    )
}

/// A module that makes a template among much else.
fn python_template(number: usize) -> String {
    format!(
        "\"\"\"Tasks {number}.\"\"\"\n\nimport flyte\nfrom kubernetes.client import (\n    V1Container,\n    V1EnvVar,\n    \
         V1PodSpec,\n    V1ResourceRequirements,\n    V1Volume,\n    V1VolumeMount,\n)\n\nSCRATCH = \"scratch-{number}\"\n\n\
         pod_template_{number} = flyte.PodTemplate(\n    primary_container_name=\"primary\",\n    labels={{\"team\": \"ranking\"}},\n    \
         pod_spec=V1PodSpec(\n        containers=[\n            V1Container(\n                name=\"primary\",\n                \
         env=[V1EnvVar(name=\"LEVEL\", value=\"info\")],\n                \
         volume_mounts=[V1VolumeMount(name=SCRATCH, mount_path=\"/scratch\")],\n            ),\n            V1Container(\n                \
         name=\"metrics\",\n                image=\"prom/pushgateway:v1.{number}\",\n                \
         resources=V1ResourceRequirements(\n                    requests={{\"cpu\": \"100m\", \"memory\": \"64Mi\"}},\n                    \
         limits={{\"cpu\": \"1\", \"memory\": \"128Mi\"}},\n                ),\n            ),\n        ],\n        \
         volumes=[V1Volume(name=SCRATCH, empty_dir={{}})],\n    ),\n)\n\nenv_{number} = flyte.TaskEnvironment(name=\"e{number}\", \
         pod_template=pod_template_{number})\n\n\n@env_{number}.task\nasync def run_{number}(path: str) -> int:\n    \
         return len(load_0(path))\n\n\n{}\n\n",
        code(number)
    )
}

/// A manifest without a pod.
fn config_map(number: usize) -> String {
    let mut text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings-{number}\n  labels:\n    team: ranking\ndata:\n"
    );
    for key in 0..40 + number % 40 {
        let _ = writeln!(text, "  service.{key}.url: \"https://service-{key}.example.com/v1?part={number}\"");
    }
    text
}

/// A deployment and its service in one file.
fn workload(number: usize) -> String {
    let mut containers = String::new();
    for part in 0..1 + number % 3 {
        let _ = write!(
            containers,
            "        - name: part-{part}\n          image: ghcr.io/acme/part-{part}:1.{number}\n          env:\n            \
             - name: LEVEL\n              value: info\n            - name: PART\n              value: \"{part}\"\n          \
             resources:\n            requests:\n              cpu: 100m\n              memory: 64Mi\n            limits:\n              \
             cpu: \"1\"\n              memory: 128Mi\n          volumeMounts:\n            - name: data\n              \
             mountPath: /data\n"
        );
    }
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-{number}\n  labels:\n    app: app-{number}\nspec:\n  \
         replicas: 2\n  selector:\n    matchLabels:\n      app: app-{number}\n  template:\n    metadata:\n      labels:\n        \
         app: app-{number}\n    spec:\n      serviceAccountName: app\n      containers:\n{containers}      volumes:\n        \
         - name: data\n          emptyDir:\n            sizeLimit: 1Gi\n---\napiVersion: v1\nkind: Service\nmetadata:\n  \
         name: app-{number}\nspec:\n  selector:\n    app: app-{number}\n  ports:\n    - name: http\n      port: 80\n      targetPort: 8080\n"
    )
}
