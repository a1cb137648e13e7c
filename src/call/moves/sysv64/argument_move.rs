//! [`Move`]: one copy from an argument to the image.

use crate::call::plan::native_type::NativeType;

/// Copies one part of an argument.
#[derive(Clone, Copy)]
pub(super) struct Move {
    pub(super) argument: u16,
    /// Word of the image.
    pub(super) to: u16,
    /// Whether the argument is a block of bytes, not a scalar.
    pub(super) block: bool,
    /// Byte of the argument.
    pub(super) offset: u32,
    pub(super) how: MoveKind,
}

#[derive(Clone, Copy)]
pub(super) enum MoveKind {
    Signed8,
    Signed16,
    Signed32,
    /// So many bytes, and zeroes after them.
    Bytes(u32),
    /// So many whole words.
    Words(u32),
}

impl MoveKind {
    #[inline(always)]
    pub(super) unsafe fn copy(self, from: *const u8, to: *mut u64) {
        // SAFETY: the argument has so many bytes there, and the image so many words.
        unsafe {
            match self {
                MoveKind::Words(count) => {
                    for index in 0..count as usize {
                        *to.add(index) = from.cast::<u64>().add(index).read_unaligned();
                    }
                }
                narrow => *to = narrow.read(from),
            }
        }
    }

    #[inline(always)]
    pub(super) unsafe fn read(self, from: *const u8) -> u64 {
        // SAFETY: the argument has so many bytes there.
        unsafe {
            match self {
                MoveKind::Words(_) => from.cast::<u64>().read_unaligned(),
                MoveKind::Signed32 => from.cast::<i32>().read_unaligned() as i64 as u64,
                MoveKind::Signed16 => from.cast::<i16>().read_unaligned() as i64 as u64,
                MoveKind::Signed8 => from.cast::<i8>().read() as i64 as u64,
                MoveKind::Bytes(4) => u64::from(from.cast::<u32>().read_unaligned()),
                MoveKind::Bytes(count) => {
                    let mut word = [0u8; 8];
                    word.as_mut_ptr().copy_from_nonoverlapping(from, count as usize);
                    u64::from_le_bytes(word)
                }
            }
        }
    }

    pub(super) fn of(native: &NativeType) -> MoveKind {
        match native {
            NativeType::I8 => MoveKind::Signed8,
            NativeType::I16 => MoveKind::Signed16,
            NativeType::I32 => MoveKind::Signed32,
            other => MoveKind::bytes(other.size()),
        }
    }

    pub(super) fn bytes(count: usize) -> MoveKind {
        if count >= 8 { MoveKind::Words(1) } else { MoveKind::Bytes(count as u32) }
    }
}
