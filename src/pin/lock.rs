//! The lock file: which digest each tag had when it was last looked up.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Tags and their digests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// By reference without digest: `busybox:1.36`.
    pub images: BTreeMap<String, String>,
}

impl Lock {
    /// Reads a lock file.
    ///
    /// # Errors
    /// A sentence when it is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if value.get("version").and_then(Value::as_u64) != Some(1) {
            return Err("it is no lock file of version 1".to_owned());
        }
        let images = value.get("images").and_then(Value::as_object).ok_or("it has no `images`")?;
        let entry = |(name, digest): (&String, &Value)| Some((name.clone(), digest.as_str()?.to_owned()));
        let images = images.iter().map(entry).collect::<Option<_>>().ok_or("a digest in it is no text")?;
        Ok(Self { images })
    }

    /// The text of the file.
    #[must_use]
    pub fn render(&self) -> String {
        let images: Map<String, Value> =
            self.images.iter().map(|(name, digest)| (name.clone(), digest.as_str().into())).collect();
        let value = serde_json::json!({"version": 1, "images": images});
        format!("{value:#}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::Lock;

    #[test]
    fn lock_files_are_read_as_they_are_written() {
        let mut lock = Lock::default();
        lock.images.insert("b:1".into(), "sha256:b".into());
        lock.images.insert("a:1".into(), "sha256:a".into());
        let text = lock.render();
        assert!(text.find("a:1") < text.find("b:1") && text.ends_with("}\n"));
        assert_eq!(Lock::parse(&text), Ok(lock));
        assert!(Lock::parse("{}").is_err() && Lock::parse("x").is_err());
        assert!(Lock::parse(r#"{"version": 1, "images": {"a": 1}}"#).is_err());
    }
}
