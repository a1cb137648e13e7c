//! System V x86-64: six integer registers, eight floating ones, and the stack (ABI section 3.2.3).

use std::arch::global_asm;
use std::ffi::c_void;

use crate::call::frame::with_stack;
use crate::call::native::{Convention, NativeType};

const INTEGERS: usize = 6;
const FLOATS: usize = 8;

/// Words of a register image: the integers, then the floats; the stack follows.
const REGISTERS: usize = INTEGERS + FLOATS;

/// The most words of an image, so that it fits on our own stack.
const MOST_WORDS: usize = 400;

/// Where each argument's bytes go, and where the result comes from.
pub(crate) struct Image {
    moves: Box<[Move]>,
    /// Words on the stack.
    stack: usize,
    result: Outcome,
}

/// Copies one part of an argument.
#[derive(Clone, Copy)]
struct Move {
    argument: u16,
    /// Word of the image.
    to: u16,
    /// Byte of the argument.
    offset: u32,
    how: How,
}

#[derive(Clone, Copy)]
enum How {
    Signed8,
    Signed16,
    Signed32,
    /// So many bytes, and zeroes after them.
    Bytes(u32),
    /// So many whole words.
    Words(u32),
}

#[derive(Clone, Copy)]
enum Outcome {
    Nothing,
    /// The first integer register, widened from what the type fills of it.
    Integer(How),
    /// The first floating register.
    Float,
    /// A block of one or two words, each from the next register of its class.
    Block {
        size: usize,
        classes: [Class; 2],
    },
    /// Stored by the callee where the first integer register points.
    Memory,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Integer,
    Float,
}

impl Image {
    /// The image of a signature; `None` if it has what is not covered here.
    pub(crate) fn new(
        params: &[NativeType],
        returns: &NativeType,
        convention: Convention,
    ) -> Option<Image> {
        if convention == Convention::Win64 {
            return None;
        }
        let result = Outcome::of(returns)?;
        let mut builder = Builder::default();
        if matches!(result, Outcome::Memory) {
            builder.integers = 1;
        }
        for (index, param) in params.iter().enumerate() {
            builder.place(u16::try_from(index).ok()?, param)?;
        }
        let stack = builder.stack.next_multiple_of(2);
        if REGISTERS + stack > MOST_WORDS {
            return None;
        }
        Some(Image { moves: builder.moves.into(), stack, result })
    }

    /// Calls `function`; see [`CallInterface::call`](super::super::interface::CallInterface::call).
    ///
    /// # Safety
    /// As there.
    #[inline]
    pub(crate) unsafe fn call(
        &self,
        function: *const c_void,
        result: *mut c_void,
        arguments: *const *mut c_void,
    ) {
        with_stack::<u64, _>(REGISTERS + self.stack, |image| {
            let mut registers = [0u64; 4];
            // SAFETY: every move stays in the image, and reads an argument's own bytes.
            unsafe {
                for part in &self.moves {
                    let argument = *arguments.add(usize::from(part.argument));
                    let from = argument.cast::<u8>().add(part.offset as usize);
                    part.how.copy(from, image.add(usize::from(part.to)));
                }
                if matches!(self.result, Outcome::Memory) {
                    *image = result.expose_provenance() as u64;
                }
                let stack = image.add(REGISTERS);
                assembly::metaffi_call_image(
                    function,
                    image,
                    stack,
                    self.stack,
                    &raw mut registers,
                );
                self.result.store(&registers, result.cast());
            }
        });
    }
}

impl How {
    #[inline(always)]
    unsafe fn copy(self, from: *const u8, to: *mut u64) {
        // SAFETY: the argument has so many bytes there, and the image so many words.
        unsafe {
            match self {
                How::Words(count) => {
                    for index in 0..count as usize {
                        *to.add(index) = from.cast::<u64>().add(index).read_unaligned();
                    }
                }
                narrow => *to = narrow.read(from),
            }
        }
    }

    #[inline(always)]
    unsafe fn read(self, from: *const u8) -> u64 {
        // SAFETY: the argument has so many bytes there.
        unsafe {
            match self {
                How::Words(_) => from.cast::<u64>().read_unaligned(),
                How::Signed32 => from.cast::<i32>().read_unaligned() as i64 as u64,
                How::Signed16 => from.cast::<i16>().read_unaligned() as i64 as u64,
                How::Signed8 => from.cast::<i8>().read() as i64 as u64,
                How::Bytes(4) => u64::from(from.cast::<u32>().read_unaligned()),
                How::Bytes(count) => {
                    let mut word = [0u8; 8];
                    word.as_mut_ptr().copy_from_nonoverlapping(from, count as usize);
                    u64::from_le_bytes(word)
                }
            }
        }
    }

    fn of(native: &NativeType) -> How {
        match native {
            NativeType::I8 => How::Signed8,
            NativeType::I16 => How::Signed16,
            NativeType::I32 => How::Signed32,
            other => How::bytes(other.size()),
        }
    }

    fn bytes(count: usize) -> How {
        if count >= 8 { How::Words(1) } else { How::Bytes(count as u32) }
    }
}

/// What has been placed so far.
#[derive(Default)]
struct Builder {
    moves: Vec<Move>,
    integers: usize,
    floats: usize,
    stack: usize,
}

impl Builder {
    fn place(&mut self, argument: u16, native: &NativeType) -> Option<()> {
        if let Some(class) = scalar_class(native) {
            let to = self.register(class).or_else(|| self.push(1, 1))?;
            self.add(argument, to, 0, How::of(native));
            return Some(());
        }
        let (size, align) = (native.size(), alignment(native)?);
        match block_classes(native)? {
            Some(classes) => self.block(argument, size, align, classes),
            None => self.copy(argument, size, align),
        }
    }

    /// A block in registers if they all suffice, else on the stack.
    fn block(
        &mut self,
        argument: u16,
        size: usize,
        align: usize,
        classes: [Class; 2],
    ) -> Option<()> {
        let classes = &classes[..size.div_ceil(8)];
        let count = |class| classes.iter().filter(|found| **found == class).count();
        if self.integers + count(Class::Integer) > INTEGERS
            || self.floats + count(Class::Float) > FLOATS
        {
            return self.copy(argument, size, align);
        }
        for (index, class) in classes.iter().enumerate() {
            let to = self.register(*class)?;
            self.add(argument, to, index * 8, How::bytes(size - index * 8));
        }
        Some(())
    }

    fn copy(&mut self, argument: u16, size: usize, align: usize) -> Option<()> {
        let to = self.push(size.div_ceil(8), if align > 8 { 2 } else { 1 })?;
        let (words, rest) = (size / 8, size % 8);
        if words > 0 {
            self.add(argument, to, 0, How::Words(words as u32));
        }
        if rest > 0 {
            self.add(argument, to + words, words * 8, How::bytes(rest));
        }
        Some(())
    }

    /// The next register of a class.
    fn register(&mut self, class: Class) -> Option<usize> {
        let (used, limit, first) = match class {
            Class::Integer => (&mut self.integers, INTEGERS, 0),
            Class::Float => (&mut self.floats, FLOATS, INTEGERS),
        };
        let register = (*used < limit).then_some(first + *used)?;
        *used += 1;
        Some(register)
    }

    /// Words on the stack, aligned to so many.
    fn push(&mut self, words: usize, align: usize) -> Option<usize> {
        let first = self.stack.next_multiple_of(align);
        self.stack = first + words;
        (REGISTERS + self.stack <= MOST_WORDS).then_some(REGISTERS + first)
    }

    fn add(&mut self, argument: u16, to: usize, offset: usize, how: How) {
        self.moves.push(Move { argument, to: to as u16, offset: offset as u32, how });
    }
}

impl Outcome {
    fn of(native: &NativeType) -> Option<Outcome> {
        if *native == NativeType::Void {
            return Some(Outcome::Nothing);
        }
        Some(match scalar_class(native) {
            Some(Class::Integer) => Outcome::Integer(How::of(native)),
            Some(Class::Float) => Outcome::Float,
            None => match block_classes(native)? {
                Some(classes) => Outcome::Block { size: native.size(), classes },
                None => Outcome::Memory,
            },
        })
    }

    /// Stores what the registers hold: rax, rdx, xmm0, xmm1.
    #[inline(always)]
    unsafe fn store(self, registers: &[u64; 4], to: *mut u8) {
        // SAFETY: the caller made room for the result.
        unsafe {
            match self {
                Outcome::Nothing | Outcome::Memory => {}
                _ if to.is_null() => {}
                Outcome::Integer(how) => {
                    to.cast::<u64>().write(how.read(registers.as_ptr().cast()));
                }
                Outcome::Float => to.cast::<u64>().write(registers[2]),
                Outcome::Block { size, classes } => {
                    let mut next = [0, 2];
                    for index in 0..size.div_ceil(8) {
                        let register = &mut next[usize::from(classes[index] == Class::Float)];
                        let word = registers[*register].to_le_bytes();
                        *register += 1;
                        let count = (size - index * 8).min(8);
                        to.add(index * 8).copy_from_nonoverlapping(word.as_ptr(), count);
                    }
                }
            }
        }
    }
}

fn scalar_class(native: &NativeType) -> Option<Class> {
    Some(match native {
        NativeType::F32 | NativeType::F64 => Class::Float,
        NativeType::I8
        | NativeType::U8
        | NativeType::I16
        | NativeType::U16
        | NativeType::I32
        | NativeType::U32
        | NativeType::I64
        | NativeType::U64
        | NativeType::Pointer => Class::Integer,
        _ => return None,
    })
}

fn alignment(native: &NativeType) -> Option<usize> {
    Some(match native {
        NativeType::Aggregate { align, .. } => *align,
        NativeType::ComplexF32 => 4,
        NativeType::ComplexF64 => 8,
        _ => return None,
    })
}

/// The classes of a block of at most two words; `Some(None)` for one that goes in memory, `None`
/// for what is not covered here.
fn block_classes(native: &NativeType) -> Option<Option<[Class; 2]>> {
    match native {
        NativeType::ComplexF32 | NativeType::ComplexF64 => Some(Some([Class::Float; 2])),
        NativeType::Aggregate { size, .. } if *size > 16 => Some(None),
        NativeType::Aggregate { size: size @ 1..=16, align, elements } => {
            let mut leaves = Vec::new();
            let end = flatten(elements, 0, &mut leaves)?;
            // A surrogate whose elements are not laid out as the block says something else by it.
            if end.next_multiple_of(*align) != *size {
                return None;
            }
            let class = |word: usize| {
                let floats = leaves
                    .iter()
                    .filter(|(offset, ..)| offset / 8 == word)
                    .all(|(_, class)| *class == Class::Float);
                if floats { Class::Float } else { Class::Integer }
            };
            Some(Some([class(0), class(1)]))
        }
        _ => None,
    }
}

/// The scalars of a block and their offsets; returns where they end.
fn flatten(
    elements: &[NativeType],
    start: usize,
    leaves: &mut Vec<(usize, Class)>,
) -> Option<usize> {
    let mut offset = start;
    for element in elements {
        match element {
            NativeType::Aggregate { size, align, elements } => {
                offset = offset.next_multiple_of(*align);
                let end = flatten(elements, offset, leaves)?;
                if (end - offset).next_multiple_of(*align) != *size {
                    return None;
                }
                offset += size;
            }
            scalar => {
                let class = scalar_class(scalar)?;
                offset = offset.next_multiple_of(scalar.size());
                leaves.push((offset, class));
                offset += scalar.size();
            }
        }
    }
    Some(offset)
}

// metaffi_call_image(code, registers, stack, words, result): copies `words` (an even number) to
// the stack, loads the fourteen argument registers, calls, and stores rax, rdx, xmm0 and xmm1.
// `al` is the upper bound of floating registers that a variadic callee wants to know.
global_asm!(
    ".pushsection .text.metaffi_call_image,\"ax\",@progbits",
    ".balign 16",
    ".hidden metaffi_call_image",
    ".globl metaffi_call_image",
    ".type metaffi_call_image,@function",
    "metaffi_call_image:",
    ".cfi_startproc",
    "endbr64",
    "push rbp",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset rbp, -16",
    "mov rbp, rsp",
    ".cfi_def_cfa_register rbp",
    "push rbx",
    "push rbx",
    ".cfi_offset rbx, -24",
    "mov rbx, r8",
    "mov r11, rdi",
    "mov r10, rsi",
    "lea rax, [rcx * 8]",
    "sub rsp, rax",
    "test rcx, rcx",
    "jz 3f",
    "2:",
    "mov rax, [rdx + rcx * 8 - 8]",
    "mov [rsp + rcx * 8 - 8], rax",
    "dec rcx",
    "jnz 2b",
    "3:",
    "movsd xmm0, [r10 + 48]",
    "movsd xmm1, [r10 + 56]",
    "movsd xmm2, [r10 + 64]",
    "movsd xmm3, [r10 + 72]",
    "movsd xmm4, [r10 + 80]",
    "movsd xmm5, [r10 + 88]",
    "movsd xmm6, [r10 + 96]",
    "movsd xmm7, [r10 + 104]",
    "mov rdi, [r10]",
    "mov rsi, [r10 + 8]",
    "mov rdx, [r10 + 16]",
    "mov rcx, [r10 + 24]",
    "mov r8, [r10 + 32]",
    "mov r9, [r10 + 40]",
    "mov eax, 8",
    "call r11",
    "mov [rbx], rax",
    "mov [rbx + 8], rdx",
    "movsd [rbx + 16], xmm0",
    "movsd [rbx + 24], xmm1",
    "lea rsp, [rbp - 16]",
    "pop rbx",
    "pop rbx",
    "pop rbp",
    ".cfi_def_cfa rsp, 8",
    "ret",
    ".cfi_endproc",
    ".size metaffi_call_image, . - metaffi_call_image",
    ".popsection",
);

/// cbindgen:ignore
mod assembly {
    use super::c_void;

    unsafe extern "C-unwind" {
        pub(super) fn metaffi_call_image(
            code: *const c_void,
            registers: *const u64,
            stack: *const u64,
            words: usize,
            result: *mut [u64; 4],
        );
    }
}
