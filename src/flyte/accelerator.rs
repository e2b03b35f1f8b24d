//! The device that a task asks for, as the SDKs send it.

use super::build;
use crate::document::{Flavour, Use};
use crate::tree::{Field, Node, Value};

/// Which part of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Nothing is said.
    Any,
    /// The whole device.
    Whole,
    /// A part of this size.
    Size(String),
}

/// A device.
#[derive(Clone, Debug, PartialEq)]
pub struct Accelerator {
    /// Its name; empty where only a class is asked for, `None` where it is not known.
    pub device: Option<String>,
    /// Which part of it.
    pub part: Part,
    /// Its class, by Flyte's name.
    pub class: &'static str,
    /// Where it is asked for.
    pub node: Node,
}

/// The classes of flyte's devices, by the names that the SDK and the backend have for them.
const CLASSES: &[(&str, &str)] = &[
    ("GPU", "NVIDIA_GPU"),
    ("TPU", "GOOGLE_TPU"),
    ("NEURON", "AMAZON_NEURON"),
    ("AMD_GPU", "AMD_GPU"),
    ("HABANA_GAUDI", "HABANA_GAUDI"),
];

/// What flyte sends for a device that users know by a short name.
const V2_DEVICES: &[(&str, &str)] = &[
    ("A10", "nvidia-a10"),
    ("A100", "nvidia-tesla-a100"),
    ("A100 80G", "nvidia-a100-80gb"),
    ("A100_80G", "nvidia-a100-80gb"),
    ("A100G", "nvidia-a100g"),
    ("A10G", "nvidia-a10g"),
    ("H100", "nvidia-tesla-h100"),
    ("K80", "nvidia-tesla-k80"),
    ("L4", "nvidia-l4"),
    ("L40s", "nvidia-l40s"),
    ("L4_VWS", "nvidia-l4-vws"),
    ("M60", "nvidia-tesla-m60"),
    ("P100", "nvidia-tesla-p100"),
    ("P4", "nvidia-tesla-p4"),
    ("RTX PRO 6000", "nvidia-rtx-pro-6000"),
    ("RTX_PRO_4500", "nvidia-rtx-pro-4500"),
    ("RTX_PRO_6000", "nvidia-rtx-pro-6000"),
    ("T4", "nvidia-tesla-t4"),
    ("V100", "nvidia-tesla-v100"),
    ("V5E", "tpu-v5-lite-podslice"),
    ("V5P", "tpu-v5p-slice"),
    ("V6E", "tpu-v6e-slice"),
];

/// The same of flytekit's constants.
const V1_DEVICES: &[(&str, &str)] = &[
    ("A100", "nvidia-tesla-a100"),
    ("A100_80GB", "nvidia-a100-80gb"),
    ("A10G", "nvidia-a10g"),
    ("H100", "nvidia-h100"),
    ("H200", "nvidia-h200"),
    ("K80", "nvidia-tesla-k80"),
    ("L4", "nvidia-l4"),
    ("L40S", "nvidia-l40s"),
    ("L4_VWS", "nvidia-l4-vws"),
    ("M60", "nvidia-tesla-m60"),
    ("P100", "nvidia-tesla-p100"),
    ("P4", "nvidia-tesla-p4"),
    ("RTX_PRO_6000", "nvidia-rtx-pro-6000"),
    ("T4", "nvidia-tesla-t4"),
    ("V100", "nvidia-tesla-v100"),
    ("V5E", "tpu-v5-lite-podslice"),
    ("V5P", "tpu-v5p-slice"),
    ("V6E", "tpu-v6e-slice"),
];

/// What the backend calls devices that users know by a short name; names are found without regard to case, and only those in
/// capitals are found at all.
const BACKEND_DEVICES: &[(&str, &str)] = &[
    ("A10", "nvidia-a10"),
    ("A100", "nvidia-tesla-a100"),
    ("A100 80G", "nvidia-a100-80gb"),
    ("A100G", "nvidia-a100g"),
    ("A10G", "nvidia-a10g"),
    ("B200", "nvidia-b200"),
    ("GAUDI1", "habana-gaudi-dl1"),
    ("GB200", "nvidia-gb200"),
    ("H100", "nvidia-h100"),
    ("H100 80G", "nvidia-h100-80gb"),
    ("H100 MEGA 80G", "nvidia-h100-mega-80gb"),
    ("H200", "nvidia-h200"),
    ("INF1", "aws-neuron-inf1"),
    ("INF2", "aws-neuron-inf2"),
    ("K80", "nvidia-tesla-k80"),
    ("L4", "nvidia-l4"),
    ("L4_VWS", "nvidia-l4-vws"),
    ("M60", "nvidia-tesla-m60"),
    ("MI100", "amd-mi100"),
    ("MI210", "amd-mi210"),
    ("MI250", "amd-mi250"),
    ("MI250X", "amd-mi250x"),
    ("MI300A", "amd-mi300a"),
    ("MI300X", "amd-mi300x"),
    ("MI325X", "amd-mi325x"),
    ("MI350X", "amd-mi350x"),
    ("MI355X", "amd-mi355x"),
    ("P100", "nvidia-tesla-p100"),
    ("P4", "nvidia-tesla-p4"),
    ("RTX PRO 6000", "nvidia-rtx-pro-6000"),
    ("T4", "nvidia-tesla-t4"),
    ("TRN1", "aws-neuron-trn1"),
    ("TRN1N", "aws-neuron-trn1n"),
    ("TRN2", "aws-neuron-trn2"),
    ("TRN2U", "aws-neuron-trn2u"),
    ("V100", "nvidia-tesla-v100"),
    ("V5E", "tpu-v5-lite-podslice"),
    ("V5P", "tpu-v5p-slice"),
    ("V6E", "tpu-v6e-slice"),
];

/// The label that the backend gives to a device of that name.
#[must_use]
pub fn backend_device(name: &str) -> Option<&'static str> {
    let upper = name.to_ascii_uppercase();
    find(BACKEND_DEVICES, &upper)
}

impl Accelerator {
    /// The device that a task asks for where its template is used.
    #[must_use]
    pub fn of(flavour: Flavour, used: &Use) -> Option<Self> {
        match flavour {
            Flavour::V1Task | Flavour::V1Pod => Self::of_v1(used),
            _ => Self::of_v2(used),
        }
    }

    fn unknown(node: &Node) -> Self {
        Self { device: None, part: Part::Any, class: "NVIDIA_GPU", node: node.clone() }
    }

    /// `accelerator=T4`, `accelerator=A100.partition_1g_5gb`.
    fn of_v1(used: &Use) -> Option<Self> {
        let node = build::field(&used.settings, "accelerator")?;
        if let Some(device) = build::text(node, "device") {
            return Some(Self { device: Some(device.to_owned()), ..Self::unknown(node) });
        }
        let Value::Dynamic(dynamic) = &node.value else { return Some(Self::unknown(node)) };
        let mut parts = dynamic.reason.split('.').skip_while(|part| *part != "accelerators").skip(1);
        let (name, part) = (parts.next(), parts.next());
        let Some(device) = name.and_then(|name| find(V1_DEVICES, name)) else { return Some(Self::unknown(node)) };
        let size = |text: &str, from: &str, to: &str| text.replacen(from, to, 1);
        let part = match part {
            None => Part::Any,
            Some("unpartitioned") => Part::Whole,
            Some(part) => match part.strip_prefix("partition_").map(|rest| size(rest, "_", ".")) {
                Some(size) => Part::Size(size),
                None => Part::Size(part.trim_start_matches("slice_").to_owned()),
            },
        };
        Some(Self { device: Some(device.to_owned()), part, class: "NVIDIA_GPU", node: node.clone() })
    }

    /// `Resources(gpu="A100:2")`, `Resources(gpu=flyte.GPU("A100", 1))`; a number asks for no certain device.
    fn of_v2(used: &Use) -> Option<Self> {
        let resources = match used.settings.get("resources") {
            Field::Known(resources) => resources,
            _ => return None,
        };
        Self::in_resources(resources)
    }

    /// The device in `Resources` of flyte.
    pub fn in_resources(resources: &Node) -> Option<Self> {
        let node = build::field(resources, "gpu")?;
        match &node.value {
            Value::Number(_) => None,
            Value::String(text) => {
                let name = text.split_once(':')?.0;
                Some(Self::of_device(name, class_of_device(name), Part::Any, node))
            }
            Value::Map(map) => {
                let device = build::text(node, "device");
                let class = match map.class {
                    Some("flyte.AMD_GPU") => "AMD_GPU",
                    Some("flyte.GPU") => "NVIDIA_GPU",
                    Some("flyte.HABANA_GAUDI") => "HABANA_GAUDI",
                    Some("flyte.Neuron") => "AMAZON_NEURON",
                    Some("flyte.TPU") => "GOOGLE_TPU",
                    _ => build::text(node, "device_class").and_then(|name| find(CLASSES, name)).unwrap_or("NVIDIA_GPU"),
                };
                let part = match build::field(node, "partition") {
                    None => Part::Any,
                    Some(size) => size.as_str().map_or(Part::Any, |size| Part::Size(size.to_owned())),
                };
                match device {
                    Some(device) => Some(Self::of_device(device, class, part, node)),
                    None => Some(Self { class, ..Self::unknown(node) }),
                }
            }
            Value::Dynamic(dynamic) => Some(of_constructor(&dynamic.reason, node)),
            _ => Some(Self::unknown(node)),
        }
    }

    fn of_device(name: &str, class: &'static str, part: Part, node: &Node) -> Self {
        let device = find(V2_DEVICES, name).unwrap_or(name).to_owned();
        Self { device: Some(device), part, class, node: node.clone() }
    }
}

/// `flyte.AMD_GPU(…)`, of which only the class is known.
fn of_constructor(reason: &str, node: &Node) -> Accelerator {
    let class = match reason.split('(').next().unwrap_or_default() {
        "flyte.AMD_GPU" => "AMD_GPU",
        "flyte.Neuron" => "AMAZON_NEURON",
        "flyte.HABANA_GAUDI" => "HABANA_GAUDI",
        "flyte.TPU" => "GOOGLE_TPU",
        _ => "NVIDIA_GPU",
    };
    Accelerator { class, ..Accelerator::unknown(node) }
}

fn class_of_device(name: &str) -> &'static str {
    match name {
        "V5E" | "V5P" | "V6E" => "GOOGLE_TPU",
        "Inf1" | "Inf2" | "Trn1" | "Trn1n" | "Trn2" | "Trn2u" => "AMAZON_NEURON",
        "Gaudi1" => "HABANA_GAUDI",
        name if name.starts_with("MI") => "AMD_GPU",
        _ => "NVIDIA_GPU",
    }
}

fn find(table: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}
