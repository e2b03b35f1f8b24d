//! A Kubernetes release as its API server runs: the minor version, and which feature gates are on.

use super::gates_table::{GATES, Gate};
use super::kubernetes::VERSIONS;

/// What a release makes of a gate when nobody says anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The release does not know the gate yet.
    Absent,
    /// Off by default.
    Off,
    /// On by default.
    On,
    /// Off for good.
    LockedOff,
    /// On for good, also where the gate is gone since.
    LockedOn,
}

/// A release with its gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The minor version, 1.x.
    pub minor: u8,
    /// One bit for each gate that is on.
    on: u128,
}

impl Release {
    /// The release 1.`minor` with its defaults, but for the gates in `flipped`.
    #[must_use]
    pub fn new<'f>(minor: u8, flipped: impl IntoIterator<Item = (&'f str, bool)>) -> Self {
        let minor = minor.clamp(*VERSIONS.start(), *VERSIONS.end());
        let mut on = 0;
        for (index, (_, states)) in GATES.iter().enumerate() {
            if matches!(state_in(states, minor), State::On | State::LockedOn) {
                on |= 1 << index;
            }
        }
        for (name, is_on) in flipped {
            let Some(index) = GATES.iter().position(|(known, _)| *known == name) else { continue };
            let state = GATES.get(index).map(|(_, states)| state_in(states, minor));
            match (state, is_on) {
                (Some(State::Off | State::On), true) => on |= 1 << index,
                (Some(State::Off | State::On), false) => on &= !(1 << index),
                _ => {}
            }
        }
        Self { minor, on }
    }

    /// Whether a gate is on.
    #[must_use]
    pub const fn has(self, gate: Gate) -> bool {
        self.on & (1 << gate as u32) != 0
    }

    /// Whether the release knows a gate, on or off.
    #[must_use]
    pub fn knows(self, gate: Gate) -> bool {
        GATES.get(gate as usize).is_some_and(|(_, states)| state_in(states, self.minor) != State::Absent)
    }

    /// Whether it is this release or a later one.
    #[must_use]
    pub const fn is_from(self, minor: u8) -> bool {
        self.minor >= minor
    }
}

impl Gate {
    /// The name as Kubernetes spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        GATES.get(self as usize).map_or("", |(name, _)| name)
    }

    /// The first known version in which it is on by default.
    #[must_use]
    pub fn on_since(self) -> Option<u8> {
        let (_, states) = GATES.get(self as usize)?;
        VERSIONS.zip(states).find(|(_, state)| matches!(state, State::On | State::LockedOn)).map(|(minor, _)| minor)
    }
}

/// The names of all gates.
pub fn gate_names() -> impl Iterator<Item = &'static str> {
    GATES.iter().map(|(name, _)| *name)
}

fn state_in(states: &[State], minor: u8) -> State {
    let index = minor.saturating_sub(*VERSIONS.start());
    states.get(usize::from(index)).copied().unwrap_or(State::Absent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_on_by_version_and_can_be_flipped() {
        let has = |minor, flipped: &[(&str, bool)]| Release::new(minor, flipped.iter().copied()).has(Gate::ImageVolume);
        assert!(!has(34, &[]) && has(35, &[]));
        assert!(has(34, &[("ImageVolume", true)]) && !has(35, &[("ImageVolume", false)]));
        assert!(has(37, &[("ImageVolume", false)]), "locked");
        assert!(!has(29, &[("ImageVolume", true)]), "not known yet");
        assert_eq!(Gate::ImageVolume.on_since(), Some(35));
        assert!(!Release::new(30, []).knows(Gate::ImageVolume));
        assert_eq!(Release::new(99, []), Release::new(37, []));
    }
}
