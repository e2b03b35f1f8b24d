//! The numbers by which things are told apart, each of a type of its own.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the table that the number belongs to.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// An object of the heap.
    ObjectId
    /// The names of a module, function or class body.
    ScopeId
    /// A variable of a scope.
    CellId
    /// The text of a name.
    NameId
    /// A function or lambda as it is written.
    CodeId
    /// Something that only running the program decides, the same wherever the number is the same.
    Symbol
}
