//! [`Layout`]: how the values of a type lie in memory, for hosts that load and store what they can
//! see there themselves.

use std::any::Any;
use std::sync::Arc;

use crate::fork::Once;
use crate::signature::Kind;

/// How the values of a type lie in memory. Objects of one type share it.
#[derive(Debug)]
pub struct Layout {
    /// Bytes of a value.
    pub size: usize,
    /// Whether it must not be written.
    pub constant: bool,
    /// What the bytes are.
    pub kind: LayoutKind,
    /// What the host keeps with it, once for all objects of the type.
    pub host: Once<Box<dyn Any + Send + Sync>>,
}

/// What the bytes of a value are.
#[derive(Debug)]
pub enum LayoutKind {
    /// A number, a bool or a character, as this machine keeps it.
    Scalar(Kind),
    /// Named parts.
    Record(Box<[Field]>),
    /// Values of one type, one behind the other.
    Array {
        /// What each is.
        element: Arc<Layout>,
        /// How many; `None` if only the object knows.
        length: Option<usize>,
    },
    /// The address of another value.
    Pointer {
        /// What is there; `None` if nobody knows.
        target: Option<Arc<Layout>>,
    },
    /// A meaning that only the language knows.
    Opaque,
}

/// A named part of a record; those of unnamed parts are its own.
#[derive(Debug)]
pub struct Field {
    /// The name.
    pub name: Box<str>,
    /// Bytes from the start of the record.
    pub offset: usize,
    /// What is there, if it is a scalar of whole bytes.
    pub scalar: Option<Kind>,
    /// Whether it must not be written.
    pub constant: bool,
}

impl Layout {
    /// The named parts of a value, or of what a pointer to one points to.
    pub fn fields(&self) -> &[Field] {
        match &self.kind {
            LayoutKind::Record(fields) => fields,
            LayoutKind::Pointer { target: Some(target) } => match &target.kind {
                LayoutKind::Record(fields) => fields,
                _ => &[],
            },
            _ => &[],
        }
    }

    /// What the elements of an array are, or what a pointer points to.
    pub fn element(&self) -> Option<&Arc<Layout>> {
        match &self.kind {
            LayoutKind::Array { element, .. } => Some(element),
            LayoutKind::Pointer { target } => target.as_ref(),
            _ => None,
        }
    }

    /// Whether a value is the address of what it shows.
    pub fn is_pointer(&self) -> bool {
        matches!(self.kind, LayoutKind::Pointer { .. })
    }

    /// The scalars that an array of any number of dimensions consists of.
    pub fn scalars(&self) -> Option<Kind> {
        match &self.kind {
            LayoutKind::Scalar(kind) => Some(*kind),
            LayoutKind::Array { element, .. } => element.scalars(),
            _ => None,
        }
    }

    /// The length of each dimension of an array; none of anything else.
    pub fn extents(&self) -> Vec<Option<usize>> {
        let mut extents = Vec::new();
        let mut layout = self;
        while let LayoutKind::Array { element, length } = &layout.kind {
            extents.push(*length);
            layout = element;
        }
        extents
    }
}
