//! Which paths lie inside of which others.

use std::collections::HashMap;

/// For each path the index of the one that is closest around it, of equal ones the last. The root is around all, and
/// counts for none.
///
/// Takes about as long as it takes to sort the paths, however many there are and however deep.
pub fn enclosing(paths: &[&str]) -> Vec<Option<usize>> {
    let mut found = vec![None; paths.len()];
    let mut order: Vec<usize> = (0..paths.len()).collect();
    order.sort_by_key(|index| paths[*index]);
    // The paths that the current one begins with as a text, shortest first: there are no more of them than it has letters.
    let mut beginnings: Vec<(&str, usize)> = Vec::new();
    for index in order {
        let path = paths[index];
        while beginnings.last().is_some_and(|(beginning, _)| !path.starts_with(beginning)) {
            beginnings.pop();
        }
        let goes_on_below = |(beginning, _): &&(&str, usize)| path.as_bytes().get(beginning.len()) == Some(&b'/');
        found[index] = beginnings.iter().rev().find(goes_on_below).map(|(_, around)| *around);
        beginnings.pop_if(|(beginning, _)| *beginning == path);
        if path != "/" {
            beginnings.push((path, index));
        }
    }
    found
}

/// For each path the index of the first one that is the same, lies in it, or is around it; its own where there is none.
pub fn first_related(paths: &[&str]) -> Vec<usize> {
    // Each path once, with where it first stands.
    let (mut distinct, mut firsts, mut number_of) = (Vec::new(), Vec::new(), Vec::new());
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for (index, path) in paths.iter().enumerate() {
        let number = *numbers.entry(path).or_insert(firsts.len());
        if number == firsts.len() {
            distinct.push(*path);
            firsts.push(index);
        }
        number_of.push(number);
    }
    let around = enclosing(&distinct);
    let mut outermost_first: Vec<usize> = (0..distinct.len()).collect();
    outermost_first.sort_by_key(|number| distinct[*number].len());
    let (mut around_it, mut in_it) = (firsts.clone(), firsts);
    for number in &outermost_first {
        if let Some(outer) = around[*number] {
            around_it[*number] = around_it[*number].min(around_it[outer]);
        }
    }
    for number in outermost_first.iter().rev() {
        if let Some(outer) = around[*number] {
            in_it[outer] = in_it[outer].min(in_it[*number]);
        }
    }
    number_of.into_iter().map(|number| around_it[number].min(in_it[number])).collect()
}

#[cfg(test)]
mod tests {
    use super::{enclosing, first_related};

    #[test]
    fn the_closest_is_found() {
        let paths = ["/a/b/c", "/a", "/a-b", "/a/b", "/a-b/c", "/ab", "b"];
        assert_eq!(enclosing(&paths), [Some(3), None, None, Some(1), Some(2), None, None]);
    }

    #[test]
    fn of_equal_ones_the_last_counts_and_none_is_inside_another() {
        assert_eq!(enclosing(&["/a", "/a/b", "/a", "/a/b"]), [None, Some(2), None, Some(2)]);
    }

    #[test]
    fn the_root_counts_for_none() {
        assert_eq!(enclosing(&["/", "/a", "//b", "", "/a/b"]), [Some(3), Some(3), Some(3), None, Some(1)]);
        assert_eq!(enclosing(&["/", "/a", "//b"]), [None, None, None]);
    }

    #[test]
    fn of_related_ones_the_first_counts() {
        assert_eq!(first_related(&["a/b", "c", "a", "a-b", "a/b/c", "a/d", "a", "a/b"]), [0, 1, 0, 3, 0, 2, 0, 0]);
        assert_eq!(first_related(&["/a/b", ""]), [0, 0]);
    }

    /// Both against what their first sentences say, on many short paths.
    #[test]
    fn the_quick_way_finds_what_looking_at_all_pairs_does() {
        let inside = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'));
        let letters = ["", "/", "/a", "a", "-", "/b", "b", "//"];
        let number = |index: usize| index.wrapping_mul(2_654_435_761) >> 7;
        let made: Vec<String> = (0..400)
            .map(|index| (0..number(index) % 5).map(|at| letters[number(index * 7 + at) % letters.len()]).collect())
            .collect();
        for paths in made.chunks(20) {
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            let (around, related) = (enclosing(&paths), first_related(&paths));
            for (index, path) in paths.iter().enumerate() {
                let outer = |other: &usize| paths[*other] != "/" && inside(path, paths[*other]);
                let closest = (0..paths.len()).filter(outer).max_by_key(|other| paths[*other].len());
                assert_eq!(around[index], closest, "{path:?} in {paths:?}");
                if paths.contains(&"/") {
                    continue;
                }
                let akin = |other: &str| other == *path || inside(path, other) || inside(other, path);
                assert_eq!(Some(related[index]), paths.iter().position(|other| akin(other)), "{path:?} in {paths:?}");
            }
        }
    }
}
