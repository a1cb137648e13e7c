//! What the elements of a buffer are, in the language of Python's module `struct`.

use std::ffi::CStr;

use crate::python::api::Py_buffer;
use crate::signature::{Kind, Type};

/// The format of elements that a memoryview can show.
pub(super) fn of(element: Type) -> Option<&'static CStr> {
    if element.is_array() {
        return None;
    }
    Some(match element.kind() {
        Kind::Float64 => c"d",
        Kind::Float32 => c"f",
        Kind::Int8 => c"b",
        Kind::Int16 => c"h",
        Kind::Int32 => c"i",
        Kind::Int64 => c"q",
        Kind::Uint8 => c"B",
        Kind::Uint16 => c"H",
        Kind::Uint32 => c"I",
        Kind::Uint64 => c"Q",
        Kind::Size if size_of::<usize>() == 4 => c"I",
        Kind::Size => c"Q",
        Kind::Bool => c"?",
        _ => return None,
    })
}

/// What a format of one letter stands for as C has it, and its size.
const LETTERS: [Option<(Kind, isize)>; 128] = {
    let mut letters = [None; 128];
    letters[b'd' as usize] = Some((Kind::Float64, 8));
    letters[b'f' as usize] = Some((Kind::Float32, 4));
    letters[b'b' as usize] = Some((Kind::Int8, 1));
    letters[b'h' as usize] = Some((Kind::Int16, 2));
    letters[b'i' as usize] = Some((Kind::Int32, 4));
    letters[b'l' as usize] = Some((Kind::Int64, 8));
    letters[b'q' as usize] = Some((Kind::Int64, 8));
    letters[b'B' as usize] = Some((Kind::Uint8, 1));
    letters[b'H' as usize] = Some((Kind::Uint16, 2));
    letters[b'I' as usize] = Some((Kind::Uint32, 4));
    letters[b'L' as usize] = Some((Kind::Uint64, 8));
    letters[b'Q' as usize] = Some((Kind::Uint64, 8));
    letters[b'?' as usize] = Some((Kind::Bool, 1));
    letters
};

/// The kind of a buffer's elements, if they are numbers or bools as this machine has them.
///
/// # Safety
/// The buffer was exported with its format.
#[inline(always)]
pub unsafe fn kind(buffer: &Py_buffer) -> Option<Kind> {
    // SAFETY: a format is NUL-terminated.
    unsafe {
        let letter: *const u8 = buffer.format.cast();
        if !letter.is_null()
            && let Some(Some((kind, size))) = LETTERS.get(usize::from(*letter))
            && *letter.add(1) == 0
            && *size == buffer.itemsize
        {
            return Some(*kind);
        }
        any_kind(buffer)
    }
}

/// The same of any format.
#[inline(never)]
unsafe fn any_kind(buffer: &Py_buffer) -> Option<Kind> {
    let format = if buffer.format.is_null() { c"B".as_ptr() } else { buffer.format };
    let at = |index| {
        // SAFETY: a format is NUL-terminated, and what is before is no NUL.
        unsafe { format.add(index).cast::<u8>().read() }
    };
    let (native, code) = match at(0) {
        0 => return None,
        first => match at(1) {
            0 => (true, first),
            code if at(2) == 0 => (is_native(first), code),
            _ => return None,
        },
    };
    if !native && buffer.itemsize != 1 {
        return None;
    }
    match (code, buffer.itemsize) {
        (b'd', 8) => Some(Kind::Float64),
        (b'f', 4) => Some(Kind::Float32),
        (b'?', 1) => Some(Kind::Bool),
        (b'c', 1) => Some(Kind::Uint8),
        (b'b' | b'h' | b'i' | b'l' | b'q' | b'n', size) => signed(size),
        (b'B' | b'H' | b'I' | b'L' | b'Q' | b'N', size) => unsigned(size),
        _ => None,
    }
}

/// The kind of the parts of a buffer's elements, if they are complex numbers.
///
/// # Safety
/// As for [`kind`].
pub(super) unsafe fn complex(buffer: &Py_buffer) -> Option<Kind> {
    if buffer.format.is_null() {
        return None;
    }
    // SAFETY: a format is NUL-terminated.
    let format = unsafe { CStr::from_ptr(buffer.format) }.to_bytes();
    let code = match format {
        [order, code @ ..] if is_native(*order) => code,
        code => code,
    };
    match (code, buffer.itemsize) {
        (b"Zd" | b"D", 16) => Some(Kind::Float64),
        (b"Zf" | b"F", 8) => Some(Kind::Float32),
        _ => None,
    }
}

pub(super) fn is_native(order: u8) -> bool {
    let native = if cfg!(target_endian = "little") { b'<' } else { b'>' };
    matches!(order, b'@' | b'=') || order == native
}

fn signed(size: isize) -> Option<Kind> {
    Some(match size {
        1 => Kind::Int8,
        2 => Kind::Int16,
        4 => Kind::Int32,
        8 => Kind::Int64,
        _ => return None,
    })
}

fn unsigned(size: isize) -> Option<Kind> {
    Some(match size {
        1 => Kind::Uint8,
        2 => Kind::Uint16,
        4 => Kind::Uint32,
        8 => Kind::Uint64,
        _ => return None,
    })
}

/// Whether elements of one kind are, bit for bit, elements of the other.
pub(super) fn same_bits(found: Kind, declared: Kind) -> bool {
    found == declared
        || matches!((found, declared), (Kind::Uint8, Kind::Char8) | (Kind::Uint16, Kind::Char16))
        || declared == Kind::Size && unsigned(size_of::<usize>() as isize) == Some(found)
}
