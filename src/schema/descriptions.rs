//! What Kubernetes says of its fields, in words, for those who ask at a place.

/// A line for each field: `Container.image`, a tab, the text. 250 kB as it stands; only editors' questions read it.
static TEXT: &str = include_str!("../../schemas/kubernetes/descriptions.txt");

/// The description of a field; `None` where Kubernetes has nothing to say.
#[must_use]
pub fn of_field(definition: &str, wire: &str) -> Option<String> {
    let text = TEXT.lines().find_map(|line| {
        let (field, text) = line.strip_prefix(definition)?.strip_prefix('.')?.split_once('\t')?;
        (field == wire).then_some(text)
    });
    text.map(|text| text.replace("\\n", "\n"))
}

/// The sentence of a description that tells the default, if one does.
#[must_use]
pub fn default_of(description: &str) -> Option<&str> {
    let sentences = description.split(['\n']).flat_map(|line| line.split(". "));
    let tells = |sentence: &&str| {
        let low = sentence.to_lowercase();
        ["defaults to", "default is", "default value is", "by default", "default to"]
            .iter()
            .any(|words| low.contains(words))
    };
    sentences.map(str::trim).find(tells).map(|sentence| sentence.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::{default_of, of_field};

    #[test]
    fn fields_have_words_and_some_say_their_default() {
        let text = of_field("Probe", "periodSeconds").unwrap_or_default();
        assert!(text.contains("How often"), "{text}");
        assert_eq!(default_of(&text), Some("Default to 10 seconds"));
        assert_eq!(of_field("Probe", "nothing"), None);
        assert_eq!(default_of("A name."), None);
    }
}
