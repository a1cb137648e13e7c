use std::ffi::c_void;

use super::*;
use crate::call::libffi::interface::CallInterface;

const SCALARS: [NativeType; 11] = [
    NativeType::I8,
    NativeType::U8,
    NativeType::I16,
    NativeType::U16,
    NativeType::I32,
    NativeType::U32,
    NativeType::I64,
    NativeType::U64,
    NativeType::F32,
    NativeType::F64,
    NativeType::Pointer,
];

/// A small fixed-seed generator (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// A value of the type as a slot holds it.
fn slot(native: &NativeType, random: &mut Random) -> u64 {
    let bits = random.next();
    match native {
        NativeType::I8 => bits as i8 as i64 as u64,
        NativeType::I16 => bits as i16 as i64 as u64,
        NativeType::I32 => bits as i32 as i64 as u64,
        NativeType::U8 => u64::from(bits as u8),
        NativeType::U16 => u64::from(bits as u16),
        NativeType::U32 => u64::from(bits as u32),
        NativeType::F32 => u64::from(((bits as i16) as f32 * 0.25).to_bits()),
        NativeType::F64 => ((bits as i32) as f64 * 0.125).to_bits(),
        _ => bits,
    }
}

/// Calls a checker built for the signature: it sums what it gets, each argument weighted by its
/// position, through libffi and through the thunk.
#[test]
fn every_mix_agrees_with_libffi() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut compared = 0;
    for _ in 0..4000 {
        let count = random.below(24);
        let params: Vec<NativeType> =
            (0..count).map(|_| SCALARS[random.below(SCALARS.len())].clone()).collect();
        let returns = SCALARS[random.below(SCALARS.len())].clone();
        let Some(fast) =
            fast(checker(&params, &returns), &params, &returns, Convention::Default, 0)
        else {
            continue;
        };
        let values: Vec<u64> = params.iter().map(|param| slot(param, &mut random)).collect();
        let by_thunk = call_thunk(fast, &values);
        let by_libffi = call_libffi(fast.code, &params, &returns, &values);
        assert_eq!(by_thunk, by_libffi, "{params:?} -> {returns:?}: {values:x?}");
        compared += 1;
    }
    assert!(compared > 1500, "{compared}");
}

/// A struct of up to 16 bytes.
fn block(random: &mut Random) -> NativeType {
    loop {
        let elements: Vec<NativeType> =
            (0..=random.below(4)).map(|_| SCALARS[random.below(SCALARS.len())].clone()).collect();
        let align = elements.iter().map(NativeType::size).max().unwrap_or(1);
        let end = |end: usize, element: &NativeType| {
            end.next_multiple_of(element.size()) + element.size()
        };
        let size = elements.iter().fold(0, end).next_multiple_of(align);
        if size <= 16 {
            return NativeType::Aggregate { size, align, elements };
        }
    }
}

/// Where the bytes of a value are, without padding, which nobody has to pass.
fn bytes_of(native: &NativeType) -> Vec<usize> {
    let NativeType::Aggregate { elements, .. } = native else {
        return (0..native.size()).collect();
    };
    let mut end = 0_usize;
    let element = |size: usize| {
        let start = end.next_multiple_of(size);
        end = start + size;
        start..end
    };
    elements.iter().map(NativeType::size).flat_map(element).collect()
}

/// Structs among the arguments, and as the result, which is made of all bytes of all arguments.
#[test]
#[cfg(target_arch = "x86_64")]
fn structs_in_registers_agree_with_libffi() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let (mut compared, mut shapes) = (0, std::collections::BTreeSet::new());
    for _ in 0..4000 {
        let params: Vec<NativeType> = (0..random.below(7))
            .map(|_| match random.below(2) {
                0 => block(&mut random),
                _ => SCALARS[random.below(SCALARS.len())].clone(),
            })
            .collect();
        let returns = block(&mut random);
        let code = bytes_checker(&params, &returns);
        let Some(fast) = fast(code, &params, &returns, Convention::Default, 0) else { continue };
        let values: Vec<[u64; 2]> = params
            .iter()
            .map(|param| match param.register_class() {
                Some(_) => [slot(param, &mut random), 0],
                None => [random.next(), random.next()],
            })
            .collect();
        let mut frame: Vec<u64> = Vec::new();
        for (param, words) in params.iter().zip(&values) {
            frame.extend_from_slice(&words[..slot_count(param).unwrap()]);
        }
        let words = frame.len();
        frame.extend([0; 2]);
        // SAFETY: the frame has the words of the arguments, and room for those of the result.
        unsafe { (fast.invoke)(code, frame.as_mut_ptr(), fast.map, std::ptr::null_mut(), 0) };
        let by_thunk: Vec<u8> = frame[words..].iter().flat_map(|word| word.to_ne_bytes()).collect();
        let interface =
            CallInterface::by_libffi(&params, &returns, None, Convention::Default).unwrap();
        let mut values = values.clone();
        let mut arguments: Vec<*mut c_void> =
            values.iter_mut().map(|value| value.as_mut_ptr().cast()).collect();
        let mut result = [0_u8; 16];
        // SAFETY: the interface was prepared for these arguments, and this result.
        unsafe {
            interface.call(code.cast(), result.as_mut_ptr().cast(), arguments.as_mut_ptr());
        }
        let seen =
            |bytes: &[u8]| bytes_of(&returns).iter().map(|at| bytes[*at]).collect::<Vec<_>>();
        assert_eq!(seen(&by_thunk), seen(&result), "{params:?} -> {returns:?}: {values:x?}");
        shapes.insert(format!("{:?}", register_words(&returns)));
        compared += 1;
    }
    assert!(compared > 1000 && shapes.len() == 6, "{compared} {shapes:?}");
}

/// A closure of the signature whose result's bytes are made of those of its arguments.
fn bytes_checker(params: &[NativeType], returns: &NativeType) -> *const () {
    use crate::call::upcall::{Closure, Handler, IncomingArguments};
    use crate::error::Result;
    use crate::handle::pin::CallScope;

    struct Digest(Vec<NativeType>, usize);
    impl Handler for Digest {
        unsafe fn call(
            &self,
            _: &CallScope,
            arguments: impl IncomingArguments,
            result: *mut c_void,
        ) -> Result<()> {
            let mut sum = 1_u64;
            for (index, native) in self.0.iter().enumerate() {
                for at in bytes_of(native) {
                    // SAFETY: the closure has these parameters, of so many bytes.
                    let byte = unsafe { arguments.get(index).cast::<u8>().add(at).read() };
                    sum = sum.rotate_left(7) ^ u64::from(byte).wrapping_mul(2 * index as u64 + 3);
                }
            }
            for at in 0..self.1 {
                // SAFETY: the result has so many bytes.
                unsafe { result.cast::<u8>().add(at).write(sum.rotate_left(at as u32 * 5) as u8) };
            }
            Ok(())
        }
    }
    let handler = std::sync::Arc::new(Digest(params.to_vec(), returns.size()));
    let closure = Closure::new(params, returns, Convention::Default, handler).unwrap();
    let code = closure.code();
    // The pool keeps the last closures callable only as errors, so keep this one for good.
    std::mem::forget(closure);
    code
}

#[test]
fn what_does_not_fit_into_registers_as_a_whole_has_no_thunk() {
    let code = std::ptr::dangling::<()>();
    let words = |count| vec![NativeType::I64; count];
    let block = |elements: Vec<NativeType>| NativeType::Aggregate {
        size: elements.len() * 8,
        align: 8,
        elements,
    };
    let has_thunk = |integers, elements: usize| {
        let params = [words(integers), vec![block(words(elements))]].concat();
        fast(code, &params, &NativeType::Void, Convention::Default, 0).is_some()
    };
    let here = cfg!(target_arch = "x86_64");
    assert_eq!([(4, 2), (5, 1)].map(|(count, of)| has_thunk(count, of)), [here; 2]);
    assert_eq!([(5, 2), (6, 1), (0, 3)].map(|(count, of)| has_thunk(count, of)), [false; 3]);
}

#[test]
fn a_code_unit_in_a_signed_byte_keeps_its_sign_in_the_register() {
    let params = [NativeType::I64, NativeType::I64];
    let code = checker(&params, &NativeType::I64);
    for (chars, seen) in [(0b10, 200_u8 as i8 as i64 as u64), (0b01, 200)] {
        let call = |chars, values: &[u64]| {
            let fast = fast(code, &params, &NativeType::I64, Convention::Default, chars);
            call_thunk(fast.unwrap(), values)
        };
        assert_eq!(call(chars, &[7, 200]), call(0, &[7, seen]));
    }
}

/// A closure of the signature that digests its arguments: what they were cannot be mixed up.
fn checker(params: &[NativeType], returns: &NativeType) -> *const () {
    use crate::call::upcall::{Closure, Handler, IncomingArguments};
    use crate::error::Result;
    use crate::handle::pin::CallScope;

    struct Digest(Vec<NativeType>);
    impl Handler for Digest {
        unsafe fn call(
            &self,
            _: &CallScope,
            arguments: impl IncomingArguments,
            result: *mut c_void,
        ) -> Result<()> {
            let mut sum = 0u64;
            for (index, native) in self.0.iter().enumerate() {
                // SAFETY: the closure has these parameters.
                let bits = unsafe {
                    let argument = arguments.get(index);
                    match native.size() {
                        1 => u64::from(argument.cast::<u8>().read()),
                        2 => u64::from(argument.cast::<u16>().read()),
                        4 => u64::from(argument.cast::<u32>().read()),
                        _ => argument.cast::<u64>().read(),
                    }
                };
                sum = sum.rotate_left(7) ^ bits.wrapping_mul(2 * index as u64 + 3);
            }
            // SAFETY: a result has eight bytes.
            unsafe { result.cast::<u64>().write(sum & 0x3fff_ffff) };
            Ok(())
        }
    }
    let handler = Digest(params.to_vec());
    // The whole of the result register, whatever is made of it.
    let word = match returns.register_class() {
        Some(RegisterClass::Float) => NativeType::F64,
        _ => NativeType::U64,
    };
    let closure =
        Closure::new(params, &word, Convention::Default, std::sync::Arc::new(handler)).unwrap();
    let code = closure.code();
    // The pool keeps the last closures callable only as errors, so keep this one for good.
    std::mem::forget(closure);
    code
}

fn call_thunk(fast: Fast, values: &[u64]) -> u64 {
    let mut frame = values.to_vec();
    frame.push(0);
    // SAFETY: the frame has the arguments and a slot for the result.
    unsafe { (fast.invoke)(fast.code, frame.as_mut_ptr(), fast.map, std::ptr::null_mut(), 0) };
    assert_eq!(&frame[..values.len()], values, "arguments are left alone");
    frame[values.len()]
}

fn call_libffi(
    code: *const (),
    params: &[NativeType],
    returns: &NativeType,
    values: &[u64],
) -> u64 {
    let interface = CallInterface::by_libffi(params, returns, None, Convention::Default).unwrap();
    let mut values = values.to_vec();
    let mut arguments: Vec<*mut c_void> =
        values.iter_mut().map(|value| (&raw mut *value).cast()).collect();
    let mut result = [0u64; 2];
    // SAFETY: the interface was prepared for these arguments.
    unsafe {
        interface.call(code.cast(), (&raw mut result).cast(), arguments.as_mut_ptr());
    }
    match returns {
        NativeType::F32 => result[0] & 0xffff_ffff,
        _ => result[0],
    }
}

#[test]
fn scalars_have_thunks() {
    let code = std::ptr::dangling::<()>();
    let has_thunk = |params: &[NativeType], returns: &NativeType| {
        fast(code, params, returns, Convention::Default, 0).is_some()
    };
    let stack = cfg!(target_arch = "x86_64");
    for count in [7, 9, 40] {
        assert_eq!(has_thunk(&vec![NativeType::I64; count], &NativeType::I64), stack || count < 9);
        assert_eq!(has_thunk(&vec![NativeType::F64; count], &NativeType::F64), stack || count < 9);
    }
    let mut mix = vec![NativeType::I64; 6];
    mix.extend(vec![NativeType::F32; 8]);
    assert!(has_thunk(&mix, &NativeType::Void));
    assert!(!has_thunk(&vec![NativeType::I64; 49], &NativeType::Void));
    assert!(!has_thunk(&[NativeType::LongDouble], &NativeType::Void));
    assert!(!has_thunk(&[], &NativeType::LongDouble));
    let ms = fast(code, &[NativeType::I64], &NativeType::I64, Convention::Win64, 0);
    assert!(ms.is_none());
}
