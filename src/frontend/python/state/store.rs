//! A persistent array by number: a copy costs nothing, a change what lies on the way to it, a comparison what differs.
//! (No published map gives its differences by what is not shared under a licence that podlint may take.)

use std::rc::Rc;

const BITS: u32 = 5;
const WIDTH: usize = 1 << BITS;

/// Values by number.
#[derive(Clone, Debug)]
pub struct Store<T> {
    root: Option<Rc<Node<T>>>,
    /// Levels above the leaves.
    height: u32,
}

#[derive(Clone, Debug)]
enum Node<T> {
    Branch(Vec<Option<Rc<Self>>>),
    Leaf(Vec<Option<T>>),
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self { root: None, height: 0 }
    }
}

const fn digit(index: u32, level: u32) -> usize {
    (index >> (BITS * level)) as usize % WIDTH
}

impl<T: Clone> Store<T> {
    /// The value of that number.
    pub fn get(&self, index: u32) -> Option<&T> {
        if !self.reaches(index) {
            return None;
        }
        let mut node = self.root.as_deref()?;
        let mut level = self.height;
        loop {
            match node {
                Node::Branch(children) => node = children.get(digit(index, level))?.as_deref()?,
                Node::Leaf(values) => return values.get(digit(index, 0))?.as_ref(),
            }
            level = level.saturating_sub(1);
        }
    }

    /// The value of that number, to be changed.
    pub fn get_mut(&mut self, index: u32) -> Option<&mut T> {
        self.get(index)?;
        self.place(index).as_mut()
    }

    /// Sets the value of that number.
    pub fn set(&mut self, index: u32, value: T) {
        *self.place(index) = Some(value);
    }

    /// Takes the value of that number away.
    pub fn clear(&mut self, index: u32) {
        if self.get(index).is_some() {
            *self.place(index) = None;
        }
    }

    const fn reaches(&self, index: u32) -> bool {
        self.height >= 6 || (index as u64) < 1u64 << (BITS * (self.height + 1))
    }

    fn place(&mut self, index: u32) -> &mut Option<T> {
        while !self.reaches(index) {
            if let Some(root) = self.root.take() {
                let mut children = vec![None; WIDTH];
                if let Some(first) = children.first_mut() {
                    *first = Some(root);
                }
                self.root = Some(Rc::new(Node::Branch(children)));
            }
            self.height += 1;
        }
        let height = self.height;
        let root = self.root.get_or_insert_with(|| Rc::new(Node::empty(height)));
        Node::place(Rc::make_mut(root), index, height)
    }

    /// Calls `differs` with each number whose values are not the same in both.
    pub fn diff(
        &self,
        other: &Self,
        same: impl Fn(&T, &T) -> bool + Copy,
        differs: &mut impl FnMut(u32, Option<&T>, Option<&T>),
    ) {
        let height = self.height.max(other.height);
        diff_nodes(self.root.as_ref(), self.height, other.root.as_ref(), other.height, height, 0, same, differs);
    }
}

impl<T: Clone> Node<T> {
    fn empty(level: u32) -> Self {
        if level == 0 { Self::Leaf(vec![None; WIDTH]) } else { Self::Branch(vec![None; WIDTH]) }
    }

    #[expect(clippy::indexing_slicing, reason = "each node has one child per digit")]
    fn place(&mut self, index: u32, level: u32) -> &mut Option<T> {
        match self {
            Self::Leaf(values) => &mut values[digit(index, 0)],
            Self::Branch(children) => {
                let child = children[digit(index, level)].get_or_insert_with(|| Rc::new(Self::empty(level - 1)));
                Rc::make_mut(child).place(index, level - 1)
            }
        }
    }

    fn child(&self, index: usize) -> Option<&Rc<Self>> {
        match self {
            Self::Branch(children) => children.get(index)?.as_ref(),
            Self::Leaf(_) => None,
        }
    }

    fn value(&self, index: usize) -> Option<&T> {
        match self {
            Self::Leaf(values) => values.get(index)?.as_ref(),
            Self::Branch(_) => None,
        }
    }
}

/// Compares two trees of perhaps different heights at one level.
#[expect(clippy::too_many_arguments, reason = "two positions in two trees")]
fn diff_nodes<T: Clone>(
    one: Option<&Rc<Node<T>>>,
    one_height: u32,
    two: Option<&Rc<Node<T>>>,
    two_height: u32,
    level: u32,
    base: u32,
    same: impl Fn(&T, &T) -> bool + Copy,
    differs: &mut impl FnMut(u32, Option<&T>, Option<&T>),
) {
    if let (Some(one), Some(two)) = (one, two)
        && Rc::ptr_eq(one, two)
    {
        return;
    }
    if one.is_none() && two.is_none() {
        return;
    }
    for index in 0..WIDTH {
        let number = base + ((index as u32) << (BITS * level));
        if level == 0 {
            let (one, two) = (one.and_then(|node| node.value(index)), two.and_then(|node| node.value(index)));
            let equal = match (one, two) {
                (Some(one), Some(two)) => same(one, two),
                (None, None) => true,
                _ => false,
            };
            if !equal {
                differs(number, one, two);
            }
            continue;
        }
        // A lower tree is the first child of what would be above it.
        let below = |node: Option<&Rc<Node<T>>>, height: u32| {
            let node = node?;
            if height < level { (index == 0).then(|| Rc::clone(node)) } else { node.child(index).cloned() }
        };
        let (one, two) = (below(one, one_height), below(two, two_height));
        diff_nodes(
            one.as_ref(),
            one_height.min(level - 1),
            two.as_ref(),
            two_height.min(level - 1),
            level - 1,
            number,
            same,
            differs,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_stay_as_they_were_and_differ_in_what_was_changed() {
        let mut one = Store::default();
        for index in 0..3_000 {
            one.set(index, index);
        }
        let mut two = one.clone();
        two.set(17, 0);
        two.set(40_000, 5);
        two.clear(2_999);
        let mut found = Vec::new();
        two.diff(&one, |a, b| a == b, &mut |index, new, old| found.push((index, new.copied(), old.copied())));
        assert_eq!(found, [(17, Some(0), Some(17)), (2_999, None, Some(2_999)), (40_000, Some(5), None)]);
        assert_eq!((one.get(17), one.get(40_000), two.get(2_999)), (Some(&17), None, None));
    }
}
