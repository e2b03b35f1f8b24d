//! The words in a text that tell which of its functions are worth a look.

use ruff_text_size::TextRange;

/// Where they are: offsets, in order.
pub struct Marks {
    templates: Vec<usize>,
    copies: Vec<usize>,
}

impl Marks {
    /// Looks a text through once.
    pub fn of(text: &str) -> Self {
        let places = |words: &[&str]| {
            let each = words.iter().flat_map(|word| memchr::memmem::find_iter(text.as_bytes(), word.as_bytes()));
            let mut places: Vec<usize> = each.collect();
            places.sort_unstable();
            places
        };
        Self {
            templates: places(&["PodTemplate", "pod_template"]),
            copies: places(&["deepcopy", "replace(", "allow_"]),
        }
    }

    /// Whether something in a part of the text makes or takes templates.
    pub fn names_templates(&self, range: TextRange) -> bool {
        any(&self.templates, range)
    }

    /// Whether something there calls a builder, or copies what may be a template.
    pub fn makes_copies(&self, range: TextRange) -> bool {
        any(&self.copies, range)
    }
}

fn any(places: &[usize], range: TextRange) -> bool {
    let (start, end) = (range.start().to_usize(), range.end().to_usize());
    places.get(places.partition_point(|place| *place < start)).is_some_and(|place| *place < end)
}
