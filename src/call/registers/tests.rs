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
    assert!(!has_thunk(&[], &NativeType::ComplexF64));
    let ms = fast(code, &[NativeType::I64], &NativeType::I64, Convention::Win64, 0);
    assert!(ms.is_none());
}
