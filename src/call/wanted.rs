//! [`Wanted`]: what a callee takes for an argument of which the declared type says less.

/// What a callee takes for an argument that it is given the address of, or of which it takes the
/// bytes: data by which a host makes its values fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// What is at the address.
    pub element: Element,
    /// Bytes of one; 0 if nobody knows.
    pub size: usize,
    /// What the address of one is a multiple of.
    pub align: usize,
    /// The lengths of the arrays that each consists of.
    pub rows: Vec<usize>,
    /// Whether the callee only reads.
    pub constant: bool,
    /// Whether the value itself is wanted, not its address.
    pub by_value: bool,
}

/// What is at an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Element {
    /// Nobody knows.
    Anything,
    /// An integer.
    Integer {
        /// Whether it has a sign.
        signed: bool,
    },
    /// A code unit of text, which is an integer as well.
    Character,
    /// A real number.
    Float,
    /// A complex number.
    Complex,
    /// An address, or a function pointer.
    Pointer,
    /// Code.
    Function,
    /// A record, or what else has parts.
    Record,
    /// A stream of C's library, `FILE`.
    Stream,
}

impl Wanted {
    /// Whether text can be given: a copy of it, which is of no use where C frees, keeps or fills in
    /// whatever it is given.
    pub fn takes_text(&self) -> bool {
        let plain = self.rows.is_empty() && !self.by_value;
        let is_read = self.element == Element::Anything && self.constant;
        plain && (is_read || self.element == Element::Character)
    }

    /// Whether a function can be given.
    pub fn takes_function(&self) -> bool {
        !self.by_value && matches!(self.element, Element::Function | Element::Anything)
    }
}
