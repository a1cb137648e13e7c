//! [`Key`]: a handle as a number, made up of a window, a generation, an index and a kind. A key is
//! never an address, and no two things that ever lived have the same one.

use super::window;
use crate::error::{Error, Status};

/// A handle as a number: which copy of this library made it, generation of its slot, index of that
/// slot, kind.
///
/// Never zero for something alive, and never a multiple of eight, so that an ordinary pointer
/// passed by mistake is recognised. On 64-bit systems it lies in the [`window`](super::window) of
/// this copy, so that it is exact as a double, has less than 47 bits, and is no address of
/// anybody's memory.
pub type Key = usize;

/// What a handle stands for. The numbers sit in the low bits of a key; none is a multiple of 8.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum HandleKind {
    /// `metaffi_runtime`
    Runtime = 1,
    /// `metaffi_module`
    Module = 2,
    /// `metaffi_entity`
    Entity = 3,
    /// `metaffi_object`
    Object = 4,
    /// `metaffi_callable`
    Callable = 5,
    /// `metaffi_scope`
    Scope = 6,
    /// `metaffi_error`
    Error = 7,
    /// `metaffi_ctype`
    Ctype = 9,
    /// `metaffi_closure`
    Closure = 10,
    /// `metaffi_name`
    Name = 11,
    /// `metaffi_task`
    Task = 12,
    /// `metaffi_name`, for one call
    LentName = 13,
}

impl HandleKind {
    const ALL: [HandleKind; 12] = {
        use HandleKind::*;
        [
            Runtime, Module, Entity, Object, Callable, Scope, Error, Ctype, Closure, Name, Task,
            LentName,
        ]
    };

    /// The noun, as messages use it.
    pub const fn noun(self) -> &'static str {
        match self {
            HandleKind::Runtime => "runtime",
            HandleKind::Module => "module",
            HandleKind::Entity => "entity",
            HandleKind::Object => "object",
            HandleKind::Callable => "callable",
            HandleKind::Scope => "scope",
            HandleKind::Error => "error",
            HandleKind::Ctype => "ctype",
            HandleKind::Closure => "closure",
            HandleKind::Name | HandleKind::LentName => "name",
            HandleKind::Task => "task",
        }
    }

    /// Whether a key claims to be of this kind.
    #[inline(always)]
    pub fn is_of(self, key: Key) -> bool {
        key & KIND_MASK == self as usize
    }

    /// The kind a key claims to be; `None` if it is no key.
    pub fn of(key: Key) -> Option<HandleKind> {
        let kind = HandleKind::ALL.into_iter().find(|kind| *kind as usize == key & KIND_MASK);
        kind.filter(|_| window::of(key).is_some())
    }
}

pub(super) const KIND_BITS: u32 = 4;
pub(super) const KIND_MASK: usize = (1 << KIND_BITS) - 1;

/// 32 Mi handles at once on 64-bit systems, 256 Ki on 32-bit ones.
#[cfg(target_pointer_width = "64")]
pub(super) const INDEX_BITS: u32 = 25;
#[cfg(not(target_pointer_width = "64"))]
pub(super) const INDEX_BITS: u32 = 18;

const INDEX_MASK: usize = (1 << INDEX_BITS) - 1;
const GENERATION_SHIFT: u32 = KIND_BITS + INDEX_BITS;

const GENERATION_BITS: u32 = 10;

/// The last generation of a slot, which then rests for a long time.
pub(super) const LAST_GENERATION: usize = (1 << GENERATION_BITS) - 1;

const _: () = assert!(GENERATION_SHIFT + GENERATION_BITS <= window::BITS);

/// A key in the window that begins at `window`.
#[inline(always)]
pub(super) const fn encode(
    window: usize,
    kind: HandleKind,
    index: usize,
    generation: usize,
) -> Key {
    window | generation << GENERATION_SHIFT | index << KIND_BITS | kind as usize
}

#[inline(always)]
pub(super) const fn index(key: Key) -> usize {
    key >> KIND_BITS & INDEX_MASK
}

/// Why the handle that `key` was cannot be used.
#[cold]
pub fn stale(key: Key) -> Error {
    refuse(key, HandleKind::of(key).unwrap_or(HandleKind::Object))
}

/// Why `key` is not a live handle of `expected`.
#[cold]
pub fn refuse(key: Key, expected: HandleKind) -> Error {
    let noun = expected.noun();
    let message = match HandleKind::of(key) {
        _ if key == 0 => format!("{noun} is NULL"),
        None => format!(
            "{noun} {key:#x} is not a metaffi handle: it looks like a pointer; pass what metaffi \
             returned, not its address"
        ),
        Some(_) if window::of(key) != Some(window::own()) => format!(
            "{noun} {key:#x} is a handle of another copy of metaffi: this process has loaded the \
             library twice; pass a handle to the copy that made it, or load only one"
        ),
        Some(kind) if kind != expected => {
            format!("expected a handle of kind {noun}, got one of kind {}", kind.noun())
        }
        Some(_) => format!(
            "{noun} {key:#x} is stale: it was freed already (every handle is freed once; clone it \
             to keep a second reference)"
        ),
    };
    Error::new(Status::InvalidHandle, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHER: usize = window::WINDOWS[1];

    #[test]
    fn parts_round_trip_and_keys_are_never_aligned_pointers() {
        for kind in HandleKind::ALL {
            for (slot, generation) in [(0, 1), (INDEX_MASK, LAST_GENERATION), (12345, 678)] {
                let key = encode(window::own(), kind, slot, generation);
                assert_eq!(HandleKind::of(key), Some(kind));
                assert_eq!(index(key), slot);
                assert_eq!((key - window::own()) >> GENERATION_SHIFT, generation);
                assert_ne!(key % 8, 0);
                assert_eq!((key as f64) as usize, key);
                assert!(key < 1 << 47);
            }
        }
    }

    #[test]
    fn each_mistake_has_its_own_message() {
        assert_eq!(refuse(0, HandleKind::Entity).message(), "entity is NULL");
        for pointer in [0x7fff_1230, 0x7ffe_dcba_9871, 0xc0_0000_0001, 0x5555_5555_4001] {
            let foreign = refuse(pointer, HandleKind::Module);
            assert!(foreign.message().contains("looks like a pointer"), "{foreign}");
        }
        let module = encode(window::own(), HandleKind::Module, 1, 1);
        let wrong = refuse(module, HandleKind::Entity);
        assert!(wrong.message().contains("kind entity, got one of kind module"), "{wrong}");
        assert!(refuse(module, HandleKind::Module).message().contains("stale"));
        assert_eq!(wrong.status(), Status::InvalidHandle);
        let others = if window::own() == OTHER { window::WINDOWS[0] } else { OTHER };
        let other = refuse(encode(others, HandleKind::Module, 1, 1), HandleKind::Module);
        assert!(other.message().contains("another copy of metaffi"), "{other}");
    }
}
