//! Prints one JSON schema with the definitions of every object that holds a pod template, for one Kubernetes version.

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{Pod, PodTemplate, ReplicationController};

fn main() {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    let mut generator = settings.into_generator();
    generator.subschema_for::<PodTemplate>();
    generator.subschema_for::<Pod>();
    generator.subschema_for::<Deployment>();
    generator.subschema_for::<StatefulSet>();
    generator.subschema_for::<DaemonSet>();
    generator.subschema_for::<ReplicaSet>();
    generator.subschema_for::<ReplicationController>();
    generator.subschema_for::<Job>();
    generator.subschema_for::<CronJob>();
    let definitions = generator.take_definitions(true);
    let schema = serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "x-source": "k8s-openapi 0.29.0",
        "$defs": definitions,
    });
    println!("{}", serde_json::to_string_pretty(&schema).expect("a schema is JSON"));
}
