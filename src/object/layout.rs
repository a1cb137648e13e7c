//! [`Layout`]: how the values of a type lie in memory, for hosts that load and store what they can
//! see there themselves.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::memory::HostReference;
use crate::abi::metaffi_value;
use crate::error::Result;
use crate::fork::Once;
use crate::handle::Key;
use crate::signature::Kind;
use crate::value::OwnedValue;

/// How the values of a type lie in memory, which keeps the type. Whoever asks for the layout of a type
/// while somebody has it gets the same.
pub struct Layout {
    /// Bytes of a value.
    pub size: usize,
    /// What the address of a value is a multiple of.
    pub align: usize,
    /// Whether it must not be written.
    pub constant: bool,
    /// Whether more bytes than its size may belong to a value.
    pub open: bool,
    /// What the bytes are.
    pub kind: LayoutKind,
    /// What the host keeps with it, once for all objects of the type.
    pub host: Once<Box<dyn Any + Send + Sync>>,
    /// The type itself.
    pub origin: Box<dyn Origin>,
}

/// What the bytes of a value are.
#[derive(Debug)]
pub enum LayoutKind {
    /// A number, a bool or a character, as this machine keeps it.
    Scalar(Kind),
    /// A number that is no value of the vocabulary.
    Number(NumberFormat),
    /// Named parts.
    Record(Box<[Field]>),
    /// Values of one type, one behind the other, which [`Origin::inner`] tells.
    Array {
        /// How many; `None` if only the object knows.
        length: Option<usize>,
    },
    /// The address of another value, which [`Origin::inner`] tells.
    Pointer {
        /// Whether it is the address of a function.
        code: bool,
        /// Whether it may be that of anything, as C's `void *`.
        any: bool,
    },
    /// A meaning that only the language knows.
    Opaque,
}

/// Numbers that are no values of the vocabulary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberFormat {
    /// A floating-point number.
    Real(Precision),
    /// Two of them.
    Complex(Precision),
    /// An integer of sixteen bytes.
    Wide {
        /// Whether it has a sign.
        signed: bool,
    },
}

/// Formats of floating-point numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Precision {
    /// IEEE binary16
    Half,
    /// IEEE binary32
    Single,
    /// IEEE binary64
    Double,
    /// The platform's `long double`: that of the x87 on x86-64.
    Extended,
    /// IEEE binary128
    Quad,
}

/// A named part of a record; those of unnamed parts are its own.
#[derive(Debug)]
pub struct Field {
    /// The name.
    pub name: Box<str>,
    /// Bytes from the start of the record; of a bit-field, to the byte of its first bit.
    pub offset: usize,
    /// Its bits, if it does not have whole bytes.
    pub bits: Option<Bits>,
    /// Whether it must not be written.
    pub constant: bool,
}

/// The bits of a part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bits {
    /// The lowest, counted from that of the first byte.
    pub shift: u32,
    /// How many.
    pub width: u32,
    /// Whether the highest is a sign.
    pub signed: bool,
}

/// A type of a language, of which a layout is all that hosts see.
pub trait Origin: Send + Sync {
    /// The runtime.
    fn runtime(&self) -> &'static str;

    /// The type as the language spells it.
    fn spell(&self) -> String;

    /// What elements are, or what a pointer points to, if that is known by now.
    fn inner(&self) -> Option<Arc<Layout>>;

    /// What the field of that number is; const if it must not be written.
    fn part(&self, index: usize) -> Option<Arc<Layout>>;

    /// The number of the field of a name.
    fn find(&self, name: &str) -> Option<usize>;

    /// The path that a name stands for which is no field's, such as a macro's; in it, names are
    /// those of fields.
    fn stands_for(&self, name: &str) -> Option<Arc<str>>;

    /// A pointer to values of the type.
    fn pointer(&self) -> Result<Arc<Layout>>;

    /// An array of values of the type, of any length.
    fn array(&self) -> Result<Arc<Layout>>;

    /// A new handle of the value at an address, which `owner` keeps; `size` bytes are there, if that
    /// is known.
    ///
    /// # Safety
    /// A value of the type is there as long as `owner`.
    unsafe fn object(
        &self,
        address: *mut u8,
        size: Option<usize>,
        owner: Option<HostReference>,
    ) -> Result<Key>;

    /// The value at an address.
    ///
    /// # Safety
    /// A value of the type is there, and what its pointers point to.
    unsafe fn load(&self, at: *const u8) -> Result<OwnedValue>;

    /// Writes a value to an address. What a pointer is made to point to has to be kept by the caller.
    ///
    /// # Safety
    /// There is room for a value of the type, and for `room` bytes; the value is what its type says.
    unsafe fn store(&self, at: *mut u8, room: Option<usize>, value: &metaffi_value) -> Result<()>;
}

impl Layout {
    /// The named parts of a value.
    pub fn fields(&self) -> &[Field] {
        match &self.kind {
            LayoutKind::Record(fields) => fields,
            _ => &[],
        }
    }

    /// Whether a value is the address of what it shows.
    pub fn is_pointer(&self) -> bool {
        matches!(self.kind, LayoutKind::Pointer { .. })
    }
}

impl fmt::Debug for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.origin.spell(), self.kind)
    }
}
