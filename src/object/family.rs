//! [`Family`]: objects that have the same members, and [`KnownMember`], one of these.

use super::Capabilities;

/// The number of what have the same members by the same names as long as the process lives, such as the
/// objects of a class. Numbers of different runtimes may be the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Family(u64);

impl Family {
    /// That of an object which is alone.
    pub const NONE: Family = Family(0);

    /// The family of a number, which its runtime has given to no other.
    pub fn new(number: u64) -> Family {
        Family(number)
    }

    /// Its number.
    #[inline(always)]
    pub fn number(self) -> u64 {
        self.0
    }
}

/// What is asked of an object first.
#[derive(Clone, Copy)]
pub struct Described {
    /// What it can do.
    pub capabilities: Capabilities,
    /// Its family.
    pub family: Family,
    /// The family of its instances, if it is a class of errors.
    pub errors: Family,
}

/// A member that all objects of a family have, by a number that stands for its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KnownMember {
    /// What is read and written.
    Attribute(u32),
    /// What is called. As an attribute it is an object that can be called, and has its object.
    Method(u32),
    /// What is the same object as long as the family's object is there.
    Constant(u32),
}
