//! [`Capabilities`]: what an object can do, as a set.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

use crate::abi::{self, metaffi_capabilities};

/// What an object can do, and what it is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Capabilities(metaffi_capabilities);

macro_rules! capabilities {
    ($($constant:ident = $number:ident, $name:literal, $words:literal;)*) => {
        #[expect(missing_docs, reason = "documented where C reads it")]
        impl Capabilities {
            $(pub const $constant: Capabilities = Capabilities(abi::$number);)*
        }

        /// Each with its name, and with the words that complete "it can …" or "it is …".
        const ALL: &[(Capabilities, &str, &str)] =
            &[$((Capabilities::$constant, $name, $words)),*];
    };
}

capabilities! {
    READ_ATTRIBUTES = METAFFI_CAN_READ_ATTRIBUTES, "read_attributes", "have its attributes read";
    WRITE_ATTRIBUTES = METAFFI_CAN_WRITE_ATTRIBUTES, "write_attributes",
        "have its attributes written";
    DELETE_ATTRIBUTES = METAFFI_CAN_DELETE_ATTRIBUTES, "delete_attributes",
        "have its attributes deleted";
    LIST_MEMBERS = METAFFI_CAN_LIST_MEMBERS, "list_members", "list its members";
    READ_ITEMS = METAFFI_CAN_READ_ITEMS, "read_items", "have its items read by position";
    WRITE_ITEMS = METAFFI_CAN_WRITE_ITEMS, "write_items", "have its items written by position";
    DELETE_ITEMS = METAFFI_CAN_DELETE_ITEMS, "delete_items", "have its items deleted by position";
    READ_ENTRIES = METAFFI_CAN_READ_ENTRIES, "read_entries", "have its entries read by key";
    WRITE_ENTRIES = METAFFI_CAN_WRITE_ENTRIES, "write_entries", "have its entries written by key";
    DELETE_ENTRIES = METAFFI_CAN_DELETE_ENTRIES, "delete_entries",
        "have its entries deleted by key";
    LENGTH = METAFFI_CAN_LENGTH, "length", "tell its length";
    CONTAIN = METAFFI_CAN_CONTAIN, "contain", "be asked whether it contains a value";
    ITERATE = METAFFI_CAN_ITERATE, "iterate", "be iterated";
    NEXT = METAFFI_CAN_NEXT, "next", "give a next value";
    SEND = METAFFI_CAN_SEND, "send", "be sent values, as a generator";
    ITERATE_ASYNC = METAFFI_CAN_ITERATE_ASYNC, "iterate_async", "be iterated asynchronously";
    NEXT_ASYNC = METAFFI_CAN_NEXT_ASYNC, "next_async", "give a next value to await";
    AWAIT = METAFFI_CAN_AWAIT, "await", "be awaited";
    CALL = METAFFI_CAN_CALL, "call", "be called";
    CONSTRUCT = METAFFI_CAN_CONSTRUCT, "construct", "make instances";
    BUFFER = METAFFI_CAN_BUFFER, "buffer", "show its memory";
    WRITE_BUFFER = METAFFI_CAN_WRITE_BUFFER, "write_buffer", "have its memory written";
    ORDER = METAFFI_CAN_ORDER, "order", "be compared for order";
    HASH = METAFFI_CAN_HASH, "hash", "be a key";
    ENTER = METAFFI_CAN_ENTER, "enter", "be entered as a context";
    ENTER_ASYNC = METAFFI_CAN_ENTER_ASYNC, "enter_async", "be entered as an asynchronous context";
    DLPACK = METAFFI_CAN_DLPACK, "dlpack", "hand over a tensor";
    ARROW_ARRAY = METAFFI_CAN_ARROW_ARRAY, "arrow_array", "hand over an array of Arrow";
    ARROW_STREAM = METAFFI_CAN_ARROW_STREAM, "arrow_stream", "hand over a stream of Arrow";
    ARROW_SCHEMA = METAFFI_CAN_ARROW_SCHEMA, "arrow_schema", "hand over a type of Arrow";
    SEQUENCE = METAFFI_IS_SEQUENCE, "sequence", "a sequence";
    MUTABLE_SEQUENCE = METAFFI_IS_MUTABLE_SEQUENCE, "mutable_sequence", "a mutable sequence";
    MAPPING = METAFFI_IS_MAPPING, "mapping", "a mapping";
    SET = METAFFI_IS_SET, "set", "a set";
    ERROR = METAFFI_IS_ERROR, "error", "an error";
    TYPE = METAFFI_IS_TYPE, "type", "a type";
    MODULE = METAFFI_IS_MODULE, "module", "a module";
    NUMBER = METAFFI_IS_NUMBER, "number", "a number";
    FITS_INT64 = METAFFI_FITS_INT64, "fits_int64", "an int64";
    FITS_UINT64 = METAFFI_FITS_UINT64, "fits_uint64", "a uint64";
    FITS_FLOAT64 = METAFFI_FITS_FLOAT64, "fits_float64", "a float64";
    TEXT = METAFFI_IS_TEXT, "text", "text";
    BYTES = METAFFI_IS_BYTES, "bytes", "bytes";
    NULL = METAFFI_IS_NULL, "null", "null";
    BOOLEAN = METAFFI_IS_BOOLEAN, "boolean", "a truth value";
    DATE = METAFFI_IS_DATE, "date", "a date";
    TIME = METAFFI_IS_TIME, "time", "a time of day";
    ZONE = METAFFI_IS_ZONE, "zone", "a time zone";
    DURATION = METAFFI_IS_DURATION, "duration", "a duration";
    POINTER = METAFFI_IS_POINTER, "pointer", "a pointer of C";
    HOST_OBJECT = METAFFI_IS_HOST_OBJECT, "host_object", "an object of a host";
}

/// The bits below are what an object can do, those from here on what it is.
const FIRST_THAT_IS: metaffi_capabilities = abi::METAFFI_IS_SEQUENCE;

impl Capabilities {
    /// None.
    pub const NONE: Capabilities = Capabilities(0);

    /// What a class of a host's says by itself: what its objects are, and what no function of its own is
    /// for. The rest is what it has functions for.
    pub const STATED: Capabilities = Capabilities(!(FIRST_THAT_IS - 1))
        .with(Capabilities::ORDER)
        .with(Capabilities::WRITE_BUFFER);

    /// The bits, as C has them.
    pub const fn bits(self) -> metaffi_capabilities {
        self.0
    }

    /// Those of a number of C's; bits that are not known are none.
    pub fn from_bits(bits: metaffi_capabilities) -> Capabilities {
        let known = ALL.iter().fold(0, |bits, (one, ..)| bits | one.0);
        Capabilities(bits & known)
    }

    /// Whether all of `wanted` are among them.
    pub const fn has(self, wanted: Capabilities) -> bool {
        self.0 & wanted.0 == wanted.0
    }

    /// Whether one of `wanted` is among them.
    pub const fn has_any(self, wanted: Capabilities) -> bool {
        self.0 & wanted.0 != 0
    }

    /// Those of both.
    pub const fn with(self, more: Capabilities) -> Capabilities {
        Capabilities(self.0 | more.0)
    }

    /// Those of these that are among others.
    pub const fn within(self, others: Capabilities) -> Capabilities {
        Capabilities(self.0 & others.0)
    }

    /// These without those.
    pub const fn without(self, fewer: Capabilities) -> Capabilities {
        Capabilities(self.0 & !fewer.0)
    }

    /// The same if `is` holds, else none.
    pub const fn when(self, is: bool) -> Capabilities {
        if is { self } else { Capabilities::NONE }
    }

    /// Whether they say what it is, not what it can do.
    pub const fn says_what_it_is(self) -> bool {
        self.0 >= FIRST_THAT_IS
    }

    /// Their names, in the order of the bits.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.known().map(|(_, name, _)| *name)
    }

    /// That of a name.
    pub fn named(name: &str) -> Option<Capabilities> {
        ALL.iter().find(|(_, known, _)| *known == name).map(|(one, ..)| *one)
    }

    fn known(self) -> impl Iterator<Item = &'static (Capabilities, &'static str, &'static str)> {
        ALL.iter().filter(move |(one, ..)| self.has(*one))
    }

    /// What of it can be done, as messages say it: `have its attributes read, be called`.
    pub(super) fn deeds(self) -> String {
        let deeds: Vec<&str> = Capabilities(self.0 & (FIRST_THAT_IS - 1))
            .known()
            .map(|(_, _, words)| *words)
            .collect();
        deeds.join(", ")
    }

    /// What of it something is, as messages say it: `a sequence or a set`; `None` for none.
    pub(super) fn natures(self) -> Option<String> {
        let natures: Vec<&str> = self
            .known()
            .filter(|(one, ..)| one.says_what_it_is())
            .map(|(_, _, words)| *words)
            .collect();
        (!natures.is_empty()).then(|| natures.join(" or "))
    }
}

impl BitOr for Capabilities {
    type Output = Capabilities;

    fn bitor(self, more: Capabilities) -> Capabilities {
        self.with(more)
    }
}

impl BitOrAssign for Capabilities {
    fn bitor_assign(&mut self, more: Capabilities) {
        *self = self.with(more);
    }
}

impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.names().collect();
        f.write_str(&names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_is_a_bit_of_its_own_with_a_name_of_its_own() {
        let mut seen = Capabilities::NONE;
        for (one, name, words) in ALL {
            assert_eq!(one.bits().count_ones(), 1, "{name}");
            assert!(!seen.has(*one), "{name}");
            assert!(!words.is_empty());
            assert_eq!(Capabilities::named(name), Some(*one));
            seen |= *one;
        }
        assert_eq!(Capabilities::from_bits(u64::MAX), seen);
    }

    #[test]
    fn it_says_what_can_be_done() {
        let both = Capabilities::CALL | Capabilities::READ_ATTRIBUTES | Capabilities::TYPE;
        assert_eq!(both.deeds(), "have its attributes read, be called");
        assert_eq!(both.natures().as_deref(), Some("a type"));
        assert_eq!(Capabilities::CALL.natures(), None);
        assert_eq!(both.to_string(), "read_attributes, call, type");
        assert!(both.has(Capabilities::CALL) && !both.has(Capabilities::CALL | Capabilities::NEXT));
        assert!(!both.without(Capabilities::CALL).has(Capabilities::CALL));
        assert_eq!(Capabilities::CALL.when(false), Capabilities::NONE);
    }
}
