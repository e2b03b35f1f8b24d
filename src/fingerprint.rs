//! Names for findings that survive moved lines: by them a baseline and code scanning know a finding again.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;

/// What was counted so far: of several findings that look alike, each gets its number in the order of the file.
#[derive(Debug, Default)]
pub struct Fingerprints {
    seen: HashMap<u128, u32>,
}

impl Fingerprints {
    /// The fingerprint of the next finding; findings must come in the order of their places.
    ///
    /// It is made of the file, the rule, the template, the field with the names of items or without their indexes, and the identifiers
    /// that the message quotes: all that stays when lines and list items move or a message is put in better words. No value is in it
    /// that a message would not show.
    pub fn next(&mut self, file: &str, diagnostic: &Diagnostic) -> String {
        let mut hash = Hash::new();
        hash.part(file);
        hash.part(diagnostic.rule);
        let origin = &diagnostic.origin;
        hash.part(origin.template.as_deref().unwrap_or_default());
        hash.part(&without_indexes(if origin.place.is_empty() { &diagnostic.path } else { &origin.place }));
        diagnostic.message.split('`').skip(1).step_by(2).for_each(|identifier| hash.part(identifier));
        let count = self.seen.entry(hash.0).or_default();
        hash.part(&count.to_string());
        *count += 1;
        format!("{:032x}", hash.0)
    }
}

/// `spec.containers[0].image` as `spec.containers[].image`.
fn without_indexes(path: &str) -> String {
    let mut inside = false;
    let keep = |character: &char| match character {
        '[' => {
            inside = true;
            true
        }
        ']' => {
            inside = false;
            true
        }
        digit => !(inside && digit.is_ascii_digit()),
    };
    path.chars().filter(keep).collect()
}

/// FNV-1a with 128 bits: short, and the same on every machine and in every version, as the standard library's is not.
struct Hash(u128);

impl Hash {
    const fn new() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    /// Takes in a part and its end, so that neighbours do not run together.
    fn part(&mut self, text: &str) {
        for byte in text.bytes().chain([0]) {
            self.0 ^= u128::from(byte);
            self.0 = self.0.wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
}
