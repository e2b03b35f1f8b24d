//! What the user set in the editor, under `podlint`.

use serde_json::Value;

/// The editor's settings; what is absent or of a wrong type is at its default.
#[derive(Clone, Debug, PartialEq)]
pub struct Preferences {
    /// `enable`: whether anything is shown at all.
    pub enable: bool,
    /// `lint.run`: whether to check only what was saved.
    pub on_save: bool,
    /// `lint.workspace`: whether files that are not open are checked too.
    pub workspace: bool,
    /// `yaml.syntaxErrors`: whether errors of YAML's syntax are shown; another YAML server says them as well.
    pub yaml_syntax: bool,
    /// `inlayHints.enable`: whether to show what Flyte adds.
    pub hints: bool,
    /// `codeLens.enable`: whether to offer the pod above its template.
    pub lenses: bool,
    /// `completion.enable`.
    pub completion: bool,
    /// `hover.enable`.
    pub hover: bool,
    /// What replaces the project's own settings.
    pub overrides: Overrides,
}

/// Settings of checks that the editor gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `lint.select`.
    pub select: Vec<String>,
    /// `lint.ignore`.
    pub ignore: Vec<String>,
    /// `kubernetesVersion`: `1.34`.
    pub kubernetes_version: Option<u8>,
    /// `kubernetesClient`: `36`.
    pub kubernetes_client: Option<String>,
    /// `configuration`: a file that is read in the place of those in the project.
    pub configuration: Option<String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            enable: true,
            on_save: false,
            workspace: true,
            yaml_syntax: true,
            hints: false,
            lenses: true,
            completion: true,
            hover: true,
            overrides: Overrides::default(),
        }
    }
}

impl Preferences {
    /// Whether files that are not open are checked.
    pub const fn checks_files(&self) -> bool {
        self.enable && self.workspace
    }

    /// From what the client sends: the section itself, or an object that holds it as `podlint` or `settings`.
    pub fn new(sent: &Value) -> Self {
        let section = ["/podlint", "/settings/podlint", "/settings"].iter().find_map(|at| sent.pointer(at));
        let section = section.unwrap_or(sent);
        let text = |at: &str| section.pointer(at).and_then(Value::as_str).filter(|text| !text.is_empty());
        let flag = |at: &str, default: bool| section.pointer(at).and_then(Value::as_bool).unwrap_or(default);
        let names = |at: &str| {
            let list = section.pointer(at).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Self {
            enable: flag("/enable", true),
            on_save: text("/lint/run") == Some("onSave"),
            workspace: flag("/lint/workspace", true),
            yaml_syntax: flag("/yaml/syntaxErrors", true),
            hints: flag("/inlayHints/enable", false),
            lenses: flag("/codeLens/enable", true),
            completion: flag("/completion/enable", true),
            hover: flag("/hover/enable", true),
            overrides: Overrides {
                select: names("/lint/select"),
                ignore: names("/lint/ignore"),
                kubernetes_version: text("/kubernetesVersion").and_then(crate::config::keys::kubernetes),
                kubernetes_client: text("/kubernetesClient").map(str::to_owned),
                configuration: text("/configuration").map(str::to_owned),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Preferences;

    #[test]
    fn settings_are_found_where_clients_put_them() {
        let section = json!({"lint": {"run": "onSave", "ignore": ["unused-volume"]}, "kubernetesVersion": "1.34"});
        let expected = Preferences::new(&section);
        assert!(expected.on_save && expected.overrides.kubernetes_version == Some(34));
        for wrapped in
            [json!({"podlint": section}), json!({"settings": section}), json!({"settings": {"podlint": section}})]
        {
            assert_eq!(Preferences::new(&wrapped), expected);
        }
        for odd in [json!(null), json!([1]), json!({"lint": 3, "hover": {"enable": "yes"}})] {
            assert_eq!(Preferences::new(&odd), Preferences::default());
        }
    }
}
