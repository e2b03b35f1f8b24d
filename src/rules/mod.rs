//! All rules, one file each. This file is generated: `UPDATE=1 cargo test` rewrites it.

use crate::diagnostic::Applicability;
use crate::rule::{Facts, Languages, Rule};

pub mod abstract_instance;
pub mod accelerator_without_gpu;
pub mod added_capability;
pub mod admission_conflict;
pub mod always_raises;
pub mod app_primary_name;
pub mod autoscaler_annotation;
pub mod base_conflict;
pub mod conflicting_arguments;
pub mod conflicting_capability;
pub mod container_restart_policy;
pub mod contradicting_node_selection;
pub mod csi_driver_incomplete;
pub mod default_service_account;
pub mod deprecated_field;
pub mod dev_shm_not_memory;
pub mod discarded_template_copy;
pub mod docker_socket;
pub mod duplicate_env_name;
pub mod duplicate_key;
pub mod duplicate_mount_path;
pub mod duplicate_name;
pub mod duplicate_volume;
pub mod early_env_reference;
pub mod flyte_image_in_sidecar;
pub mod forbidden_combination;
pub mod frozen_assignment;
pub mod frozen_registry;
pub mod gcsfuse_annotation;
pub mod gpu_request_mismatch;
pub mod host_namespace;
pub mod host_path;
pub mod host_port_on_task;
pub mod iam_annotation;
pub mod identical_probes;
pub mod ignored_by_backend;
pub mod ignored_field;
pub mod image_pull_secret_missing;
pub mod image_registry_not_allowed;
pub mod impossible_claim_name;
pub mod init_container_never_exits;
pub mod internal_error;
pub mod invalid_affinity;
pub mod invalid_class_definition;
pub mod invalid_configuration;
pub mod invalid_dns;
pub mod invalid_env_name;
pub mod invalid_host_alias;
pub mod invalid_label;
pub mod invalid_name;
pub mod invalid_policy;
pub mod invalid_port;
pub mod invalid_probe;
pub mod invalid_quantity;
pub mod invalid_reference;
pub mod invalid_schedule;
pub mod invalid_security_context;
pub mod invalid_selector;
pub mod invalid_toleration;
pub mod invalid_topology_spread;
pub mod invalid_value;
pub mod invalid_volume_source;
pub mod kubernetes_not_installed;
pub mod limit_exceeded;
pub mod limit_range;
pub mod lost_by_plugin;
pub mod lost_change;
pub mod memory_volume_exceeds_limit;
pub mod mesh_annotation;
pub mod mesh_injection_on_task;
pub mod misplaced_app_variables;
pub mod missing_argument;
pub mod missing_attribute;
pub mod missing_cluster_object;
pub mod missing_field;
pub mod missing_item;
pub mod missing_primary_container;
pub mod monitoring_annotation;
pub mod nested_mount_path;
pub mod non_integer_comparison;
pub mod non_string_label;
pub mod overridden_merge_key;
pub mod plain_secret;
pub mod plugin_container_name;
pub mod plugin_name_conflict;
pub mod plugin_template_dropped;
pub mod pod_security_baseline;
pub mod pod_security_restricted;
pub mod pod_template_on_reusable;
pub mod pod_template_without_pod_spec;
pub mod policy_audit;
pub mod policy_violation;
pub mod port_clash;
pub mod positional_argument;
pub mod primary_command_ignored;
pub mod primary_image_override;
pub mod primary_is_init_container;
pub mod primary_resources_conflict;
pub mod privileged_container;
pub mod pull_policy_conflict;
pub mod quota_exceeded;
pub mod quota_used_up;
pub mod read_only_conflict;
pub mod refused_value;
pub mod rejected_data;
pub mod relative_mount_path;
pub mod request_exceeds_limit;
pub mod reserved_name;
pub mod restart_policy;
pub mod run_as_user_conflict;
pub mod runs_as_root;
pub mod safe_to_evict_value;
pub mod service_account_token;
pub mod shm_conflict;
pub mod sidecar_image_unpinned;
pub mod sidecar_missing_image;
pub mod sidecar_missing_limits;
pub mod sidecar_missing_requests;
pub mod sidecar_never_finishes;
pub mod sidecar_outlives_nothing;
pub mod snake_case_dict_key;
pub mod suspicious_node_selection;
pub mod suspicious_quantity;
pub mod syntax_error;
pub mod template_container_dropped;
pub mod template_placeholder_image;
pub mod templated_file;
pub mod termination_message_policy;
pub mod undeclared_port;
pub mod undefined_name;
pub mod undefined_volume;
pub mod unknown_argument;
pub mod unknown_capability;
pub mod unknown_client_class;
pub mod unknown_field;
pub mod unknown_medium;
pub mod unknown_suppression;
pub mod unknown_template_name;
pub mod unreadable_text;
pub mod unresolvable_reference;
pub mod unschedulable;
pub mod unsupported_by_knative;
pub mod unsupported_operation;
pub mod unsupported_policy_expression;
pub mod unused_pod_template;
pub mod unused_suppression;
pub mod unused_volume;
pub mod use_of_none;
pub mod version_mismatch;
pub mod wrong_argument_type;
pub mod wrong_call;
pub mod wrong_template_type;
pub mod wrong_type;
pub mod wrong_unpacking;

/// Every rule, by name.
pub static RULES: &[&Rule] = &[
    &abstract_instance::RULE,
    &accelerator_without_gpu::RULE,
    &added_capability::RULE,
    &admission_conflict::RULE,
    &always_raises::RULE,
    &app_primary_name::RULE,
    &autoscaler_annotation::RULE,
    &base_conflict::RULE,
    &conflicting_arguments::RULE,
    &conflicting_capability::RULE,
    &container_restart_policy::RULE,
    &contradicting_node_selection::RULE,
    &csi_driver_incomplete::RULE,
    &default_service_account::RULE,
    &deprecated_field::RULE,
    &dev_shm_not_memory::RULE,
    &discarded_template_copy::RULE,
    &docker_socket::RULE,
    &duplicate_env_name::RULE,
    &duplicate_key::RULE,
    &duplicate_mount_path::RULE,
    &duplicate_name::RULE,
    &duplicate_volume::RULE,
    &early_env_reference::RULE,
    &flyte_image_in_sidecar::RULE,
    &forbidden_combination::RULE,
    &frozen_assignment::RULE,
    &frozen_registry::RULE,
    &gcsfuse_annotation::RULE,
    &gpu_request_mismatch::RULE,
    &host_namespace::RULE,
    &host_path::RULE,
    &host_port_on_task::RULE,
    &iam_annotation::RULE,
    &identical_probes::RULE,
    &ignored_by_backend::RULE,
    &ignored_field::RULE,
    &image_pull_secret_missing::RULE,
    &image_registry_not_allowed::RULE,
    &impossible_claim_name::RULE,
    &init_container_never_exits::RULE,
    &internal_error::RULE,
    &invalid_affinity::RULE,
    &invalid_class_definition::RULE,
    &invalid_configuration::RULE,
    &invalid_dns::RULE,
    &invalid_env_name::RULE,
    &invalid_host_alias::RULE,
    &invalid_label::RULE,
    &invalid_name::RULE,
    &invalid_policy::RULE,
    &invalid_port::RULE,
    &invalid_probe::RULE,
    &invalid_quantity::RULE,
    &invalid_reference::RULE,
    &invalid_schedule::RULE,
    &invalid_security_context::RULE,
    &invalid_selector::RULE,
    &invalid_toleration::RULE,
    &invalid_topology_spread::RULE,
    &invalid_value::RULE,
    &invalid_volume_source::RULE,
    &kubernetes_not_installed::RULE,
    &limit_exceeded::RULE,
    &limit_range::RULE,
    &lost_by_plugin::RULE,
    &lost_change::RULE,
    &memory_volume_exceeds_limit::RULE,
    &mesh_annotation::RULE,
    &mesh_injection_on_task::RULE,
    &misplaced_app_variables::RULE,
    &missing_argument::RULE,
    &missing_attribute::RULE,
    &missing_cluster_object::RULE,
    &missing_field::RULE,
    &missing_item::RULE,
    &missing_primary_container::RULE,
    &monitoring_annotation::RULE,
    &nested_mount_path::RULE,
    &non_integer_comparison::RULE,
    &non_string_label::RULE,
    &overridden_merge_key::RULE,
    &plain_secret::RULE,
    &plugin_container_name::RULE,
    &plugin_name_conflict::RULE,
    &plugin_template_dropped::RULE,
    &pod_security_baseline::RULE,
    &pod_security_restricted::RULE,
    &pod_template_on_reusable::RULE,
    &pod_template_without_pod_spec::RULE,
    &policy_audit::RULE,
    &policy_violation::RULE,
    &port_clash::RULE,
    &positional_argument::RULE,
    &primary_command_ignored::RULE,
    &primary_image_override::RULE,
    &primary_is_init_container::RULE,
    &primary_resources_conflict::RULE,
    &privileged_container::RULE,
    &pull_policy_conflict::RULE,
    &quota_exceeded::RULE,
    &quota_used_up::RULE,
    &read_only_conflict::RULE,
    &refused_value::RULE,
    &rejected_data::RULE,
    &relative_mount_path::RULE,
    &request_exceeds_limit::RULE,
    &reserved_name::RULE,
    &restart_policy::RULE,
    &run_as_user_conflict::RULE,
    &runs_as_root::RULE,
    &safe_to_evict_value::RULE,
    &service_account_token::RULE,
    &shm_conflict::RULE,
    &sidecar_image_unpinned::RULE,
    &sidecar_missing_image::RULE,
    &sidecar_missing_limits::RULE,
    &sidecar_missing_requests::RULE,
    &sidecar_never_finishes::RULE,
    &sidecar_outlives_nothing::RULE,
    &snake_case_dict_key::RULE,
    &suspicious_node_selection::RULE,
    &suspicious_quantity::RULE,
    &syntax_error::RULE,
    &template_container_dropped::RULE,
    &template_placeholder_image::RULE,
    &templated_file::RULE,
    &termination_message_policy::RULE,
    &undeclared_port::RULE,
    &undefined_name::RULE,
    &undefined_volume::RULE,
    &unknown_argument::RULE,
    &unknown_capability::RULE,
    &unknown_client_class::RULE,
    &unknown_field::RULE,
    &unknown_medium::RULE,
    &unknown_suppression::RULE,
    &unknown_template_name::RULE,
    &unreadable_text::RULE,
    &unresolvable_reference::RULE,
    &unschedulable::RULE,
    &unsupported_by_knative::RULE,
    &unsupported_operation::RULE,
    &unsupported_policy_expression::RULE,
    &unused_pod_template::RULE,
    &unused_suppression::RULE,
    &unused_volume::RULE,
    &use_of_none::RULE,
    &version_mismatch::RULE,
    &wrong_argument_type::RULE,
    &wrong_call::RULE,
    &wrong_template_type::RULE,
    &wrong_type::RULE,
    &wrong_unpacking::RULE,
];

/// What the fixtures of rules show, by name.
pub static FACTS: &[(&str, Facts)] = &[
    ("abstract-instance", Facts::new(Languages::Python, None)),
    ("accelerator-without-gpu", Facts::new(Languages::Python, None)),
    ("added-capability", Facts::new(Languages::Both, None)),
    ("admission-conflict", Facts::new(Languages::Both, None)),
    ("always-raises", Facts::new(Languages::Python, None)),
    ("app-primary-name", Facts::new(Languages::Python, Some(Applicability::Safe))),
    ("autoscaler-annotation", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("base-conflict", Facts::new(Languages::Python, None)),
    ("conflicting-arguments", Facts::new(Languages::Python, None)),
    ("conflicting-capability", Facts::new(Languages::Python, None)),
    ("container-restart-policy", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("contradicting-node-selection", Facts::new(Languages::Both, None)),
    ("csi-driver-incomplete", Facts::new(Languages::Both, None)),
    ("default-service-account", Facts::new(Languages::Both, None)),
    ("deprecated-field", Facts::new(Languages::Both, None)),
    ("dev-shm-not-memory", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("discarded-template-copy", Facts::new(Languages::Python, None)),
    ("docker-socket", Facts::new(Languages::Both, None)),
    ("duplicate-env-name", Facts::new(Languages::Both, None)),
    ("duplicate-key", Facts::new(Languages::Yaml, None)),
    ("duplicate-mount-path", Facts::new(Languages::Both, None)),
    ("duplicate-name", Facts::new(Languages::Both, None)),
    ("duplicate-volume", Facts::new(Languages::Both, None)),
    ("early-env-reference", Facts::new(Languages::Both, None)),
    ("flyte-image-in-sidecar", Facts::new(Languages::Python, None)),
    ("forbidden-combination", Facts::new(Languages::Both, None)),
    ("frozen-assignment", Facts::new(Languages::Python, None)),
    ("frozen-registry", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("gcsfuse-annotation", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("gpu-request-mismatch", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("host-namespace", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("host-path", Facts::new(Languages::Both, None)),
    ("host-port-on-task", Facts::new(Languages::Both, None)),
    ("iam-annotation", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("identical-probes", Facts::new(Languages::Both, None)),
    ("ignored-by-backend", Facts::new(Languages::Python, None)),
    ("ignored-field", Facts::new(Languages::Both, None)),
    ("image-pull-secret-missing", Facts::new(Languages::Both, None)),
    ("image-registry-not-allowed", Facts::new(Languages::Both, None)),
    ("impossible-claim-name", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("init-container-never-exits", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("internal-error", Facts::new(Languages::Both, None)),
    ("invalid-affinity", Facts::new(Languages::Both, None)),
    ("invalid-class-definition", Facts::new(Languages::Python, None)),
    ("invalid-configuration", Facts::new(Languages::Both, None)),
    ("invalid-dns", Facts::new(Languages::Both, None)),
    ("invalid-env-name", Facts::new(Languages::Both, None)),
    ("invalid-host-alias", Facts::new(Languages::Both, None)),
    ("invalid-label", Facts::new(Languages::Both, None)),
    ("invalid-name", Facts::new(Languages::Both, None)),
    ("invalid-policy", Facts::new(Languages::Both, None)),
    ("invalid-port", Facts::new(Languages::Both, None)),
    ("invalid-probe", Facts::new(Languages::Both, None)),
    ("invalid-quantity", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("invalid-reference", Facts::new(Languages::Both, None)),
    ("invalid-schedule", Facts::new(Languages::Yaml, None)),
    ("invalid-security-context", Facts::new(Languages::Both, None)),
    ("invalid-selector", Facts::new(Languages::Yaml, None)),
    ("invalid-toleration", Facts::new(Languages::Both, None)),
    ("invalid-topology-spread", Facts::new(Languages::Both, None)),
    ("invalid-value", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("invalid-volume-source", Facts::new(Languages::Both, None)),
    ("kubernetes-not-installed", Facts::new(Languages::Python, None)),
    ("limit-exceeded", Facts::new(Languages::Both, None)),
    ("limit-range", Facts::new(Languages::Both, None)),
    ("lost-by-plugin", Facts::new(Languages::Python, None)),
    ("lost-change", Facts::new(Languages::Python, None)),
    ("memory-volume-exceeds-limit", Facts::new(Languages::Both, None)),
    ("mesh-annotation", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("mesh-injection-on-task", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("misplaced-app-variables", Facts::new(Languages::Python, None)),
    ("missing-argument", Facts::new(Languages::Python, None)),
    ("missing-attribute", Facts::new(Languages::Python, None)),
    ("missing-cluster-object", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("missing-field", Facts::new(Languages::Both, None)),
    ("missing-item", Facts::new(Languages::Python, None)),
    ("missing-primary-container", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("monitoring-annotation", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("nested-mount-path", Facts::new(Languages::Both, None)),
    ("non-integer-comparison", Facts::new(Languages::Both, None)),
    ("non-string-label", Facts::new(Languages::Python, Some(Applicability::Safe))),
    ("overridden-merge-key", Facts::new(Languages::Yaml, None)),
    ("plain-secret", Facts::new(Languages::Both, None)),
    ("plugin-container-name", Facts::new(Languages::Python, None)),
    ("plugin-name-conflict", Facts::new(Languages::Python, None)),
    ("plugin-template-dropped", Facts::new(Languages::Python, None)),
    ("pod-security-baseline", Facts::new(Languages::Both, None)),
    ("pod-security-restricted", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("pod-template-on-reusable", Facts::new(Languages::Python, None)),
    ("pod-template-without-pod-spec", Facts::new(Languages::Python, None)),
    ("policy-audit", Facts::new(Languages::Both, None)),
    ("policy-violation", Facts::new(Languages::Both, None)),
    ("port-clash", Facts::new(Languages::Both, None)),
    ("positional-argument", Facts::new(Languages::Python, None)),
    ("primary-command-ignored", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("primary-image-override", Facts::new(Languages::Python, Some(Applicability::Unsafe))),
    ("primary-is-init-container", Facts::new(Languages::Python, None)),
    ("primary-resources-conflict", Facts::new(Languages::Python, None)),
    ("privileged-container", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("pull-policy-conflict", Facts::new(Languages::Both, None)),
    ("quota-exceeded", Facts::new(Languages::Both, None)),
    ("quota-used-up", Facts::new(Languages::Both, None)),
    ("read-only-conflict", Facts::new(Languages::Both, None)),
    ("refused-value", Facts::new(Languages::Python, None)),
    ("rejected-data", Facts::new(Languages::Python, None)),
    ("relative-mount-path", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("request-exceeds-limit", Facts::new(Languages::Both, None)),
    ("reserved-name", Facts::new(Languages::Both, None)),
    ("restart-policy", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("run-as-user-conflict", Facts::new(Languages::Both, None)),
    ("runs-as-root", Facts::new(Languages::Both, None)),
    ("safe-to-evict-value", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("service-account-token", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("shm-conflict", Facts::new(Languages::Python, Some(Applicability::Unsafe))),
    ("sidecar-image-unpinned", Facts::new(Languages::Both, None)),
    ("sidecar-missing-image", Facts::new(Languages::Both, None)),
    ("sidecar-missing-limits", Facts::new(Languages::Both, None)),
    ("sidecar-missing-requests", Facts::new(Languages::Python, Some(Applicability::Unsafe))),
    ("sidecar-never-finishes", Facts::new(Languages::Python, Some(Applicability::Unsafe))),
    ("sidecar-outlives-nothing", Facts::new(Languages::Python, None)),
    ("snake-case-dict-key", Facts::new(Languages::Python, Some(Applicability::Safe))),
    ("suspicious-node-selection", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("suspicious-quantity", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("syntax-error", Facts::new(Languages::Both, None)),
    ("template-container-dropped", Facts::new(Languages::Yaml, Some(Applicability::Unsafe))),
    ("template-placeholder-image", Facts::new(Languages::Yaml, None)),
    ("templated-file", Facts::new(Languages::Yaml, None)),
    ("termination-message-policy", Facts::new(Languages::Python, Some(Applicability::Safe))),
    ("undeclared-port", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("undefined-name", Facts::new(Languages::Python, None)),
    ("undefined-volume", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("unknown-argument", Facts::new(Languages::Python, Some(Applicability::Unsafe))),
    ("unknown-capability", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("unknown-client-class", Facts::new(Languages::Python, None)),
    ("unknown-field", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("unknown-medium", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("unknown-suppression", Facts::new(Languages::Both, None)),
    ("unknown-template-name", Facts::new(Languages::Python, None)),
    ("unreadable-text", Facts::new(Languages::Both, None)),
    ("unresolvable-reference", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("unschedulable", Facts::new(Languages::Both, Some(Applicability::Unsafe))),
    ("unsupported-by-knative", Facts::new(Languages::Python, None)),
    ("unsupported-operation", Facts::new(Languages::Python, None)),
    ("unsupported-policy-expression", Facts::new(Languages::Both, None)),
    ("unused-pod-template", Facts::new(Languages::Python, None)),
    ("unused-suppression", Facts::new(Languages::Both, None)),
    ("unused-volume", Facts::new(Languages::Both, Some(Applicability::Manual))),
    ("use-of-none", Facts::new(Languages::Python, None)),
    ("version-mismatch", Facts::new(Languages::Both, None)),
    ("wrong-argument-type", Facts::new(Languages::Python, Some(Applicability::Safe))),
    ("wrong-call", Facts::new(Languages::Python, None)),
    ("wrong-template-type", Facts::new(Languages::Python, None)),
    ("wrong-type", Facts::new(Languages::Both, Some(Applicability::Safe))),
    ("wrong-unpacking", Facts::new(Languages::Python, None)),
];
