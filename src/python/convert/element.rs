//! [`BufferElement`]: what the elements of a buffer are where a callee takes the address of some.

use std::ffi::CStr;

use super::format::is_native;
use crate::call::{Element, Wanted};
use crate::python::api::Py_buffer;

/// What an element is by the format of its buffer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BufferElement<'a> {
    /// A bare byte.
    Byte,
    /// A number of this kind.
    Number(Element),
    /// A number in the other byte order.
    Swapped,
    /// An address of elements of this format.
    Address(&'a [u8]),
    /// An address of code.
    Code,
    /// A reference to a Python object.
    Object,
    /// Several things.
    Parts,
}

/// The format of a buffer, in the language of Python's module `struct` and its additions.
///
/// # Safety
/// The buffer was exported with its format, which is there as long as the result.
pub(super) unsafe fn format<'a>(buffer: &Py_buffer) -> &'a [u8] {
    match buffer.format.is_null() {
        true => b"B",
        // SAFETY: a format is NUL-terminated.
        false => unsafe { CStr::from_ptr(buffer.format) }.to_bytes(),
    }
}

impl<'a> BufferElement<'a> {
    /// What an element of a format is, of so many bytes.
    pub(super) fn of(format: &'a [u8], size: usize) -> BufferElement<'a> {
        let (native, code) = match format {
            [order @ (b'@' | b'=' | b'<' | b'>' | b'!'), code @ ..] => (is_native(*order), code),
            code => (true, code),
        };
        let found = match code {
            b"B" | b"b" | b"c" => BufferElement::Byte,
            b"?" | b"H" | b"I" | b"L" | b"Q" | b"N" => number(Element::Integer { signed: false }),
            b"h" | b"i" | b"l" | b"q" | b"n" => number(Element::Integer { signed: true }),
            b"u" | b"w" => number(Element::Character),
            b"d" | b"f" | b"e" | b"g" => number(Element::Float),
            b"Zd" | b"Zf" | b"Zg" | b"D" | b"F" | b"G" => number(Element::Complex),
            b"P" => BufferElement::Address(b""),
            b"z" => BufferElement::Address(b"c"),
            b"Z" => BufferElement::Address(b"u"),
            b"O" => BufferElement::Object,
            [b'&', target @ ..] => BufferElement::Address(target),
            [b'X', ..] => BufferElement::Code,
            _ => BufferElement::Parts,
        };
        match found {
            BufferElement::Number(_) if !native && size > 1 => BufferElement::Swapped,
            found => found,
        }
    }

    /// Whether such elements, of so many bytes, are what is wanted.
    pub(super) fn is(self, size: usize, wanted: &Wanted) -> bool {
        match (wanted.element, self) {
            (_, BufferElement::Object) => false,
            (Element::Anything, _) => true,
            (Element::Integer { .. } | Element::Character, BufferElement::Byte) => wanted.size == 1,
            (
                Element::Integer { .. } | Element::Character,
                BufferElement::Number(Element::Integer { .. } | Element::Character),
            ) => size == wanted.size,
            (Element::Float, BufferElement::Number(Element::Float))
            | (Element::Complex, BufferElement::Number(Element::Complex)) => size == wanted.size,
            (Element::Pointer, BufferElement::Address(_)) => true,
            (
                Element::Pointer,
                BufferElement::Number(Element::Integer { .. } | Element::Character),
            ) => size == wanted.size,
            // Raw bytes may stand for anything that has parts.
            (Element::Record, BufferElement::Byte) => true,
            (Element::Record, BufferElement::Parts) => size == wanted.size,
            _ => false,
        }
    }

    /// Whether an element is itself an address of what is wanted.
    pub(super) fn points_to(self, wanted: &Wanted) -> bool {
        match self {
            BufferElement::Address(b"") => true,
            BufferElement::Address(_) if wanted.element == Element::Anything => true,
            BufferElement::Address(target) => {
                let size = size_of_format(target);
                let found = BufferElement::of(target, size.unwrap_or(wanted.size));
                let is_text = (found, wanted.element) == (BufferElement::Byte, Element::Record);
                !is_text && found.is(size.unwrap_or(wanted.size), wanted)
            }
            BufferElement::Code => matches!(wanted.element, Element::Function | Element::Anything),
            _ => false,
        }
    }
}

fn number<'a>(element: Element) -> BufferElement<'a> {
    BufferElement::Number(element)
}

/// Bytes of an element of a format; `None` if the format does not say.
fn size_of_format(format: &[u8]) -> Option<usize> {
    let (standard, code) = match format {
        [order @ (b'@' | b'=' | b'<' | b'>' | b'!'), code @ ..] => (*order != b'@', code),
        code => (false, code),
    };
    Some(match code {
        b"c" | b"b" | b"B" | b"?" => 1,
        b"h" | b"H" | b"e" => 2,
        b"i" | b"I" | b"f" | b"u" | b"w" => 4,
        b"l" | b"L" if standard => 4,
        b"l" | b"L" | b"n" | b"N" | b"q" | b"Q" | b"d" | b"Zf" | b"F" => 8,
        b"g" | b"Zd" | b"D" => 16,
        b"P" | b"z" | b"Z" | b"O" => size_of::<usize>(),
        [b'&' | b'X', ..] => size_of::<usize>(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(element: Element, size: usize) -> Wanted {
        Wanted { element, size, align: size, rows: Vec::new(), constant: false, by_value: false }
    }

    #[test]
    fn elements_are_told_apart_by_their_formats() {
        let doubles = wanted(Element::Float, 8);
        let takes =
            |format: &str, size| BufferElement::of(format.as_bytes(), size).is(size, &doubles);
        assert!(takes("d", 8) && takes("<d", 8) && takes("=d", 8));
        assert!(!takes("f", 4) && !takes("q", 8) && !takes("Zd", 16) && !takes("B", 1));
        assert_eq!(BufferElement::of(b">d", 8), BufferElement::Swapped);
    }

    #[test]
    fn an_address_is_told_from_what_is_at_it() {
        let ints = wanted(Element::Integer { signed: true }, 4);
        let points = |format: &str| BufferElement::of(format.as_bytes(), 8).points_to(&ints);
        assert!(points("&<i") && points("<P") && points("&<I"));
        assert!(!points("&<d") && !points("&&<i") && !points("<z") && !points("<i"));
    }
}
