//! [`CallInterface`]: a native call prepared once and made many times.

use std::ffi::c_void;
use std::fmt;

use super::cif::Cif;
use crate::call::moves::Moves;
use crate::call::plan::frame::with_stack;
use crate::call::plan::native_type::{Convention, NativeType};
use crate::error::{Error, Result};

/// A prepared call: where each argument of a signature goes.
pub struct CallInterface {
    path: CallPath,
    count: usize,
    return_size: usize,
}

/// How a call is made.
enum CallPath {
    /// By what was worked out once.
    Image(Moves),
    /// By libffi, which works it out at each call.
    Libffi {
        cif: Cif,
        /// Which arguments are no scalars.
        blocks: Box<[bool]>,
    },
}

impl CallInterface {
    /// Prepares calls with these arguments.
    ///
    /// `fixed` is the number of arguments before the `...` of a variadic function, `None` for
    /// others; the arguments after it are those of one call, already promoted as C does.
    ///
    /// # Errors
    /// `UNSUPPORTED` if the platform has no such convention or cannot pass a type;
    /// `INVALID_ARGUMENT` if a variadic argument is not promoted or `fixed` exceeds their number.
    pub fn new(
        parameters: &[NativeType],
        returns: &NativeType,
        fixed: Option<usize>,
        convention: Convention,
    ) -> Result<CallInterface> {
        check_variadic(parameters, fixed)?;
        match Moves::new(parameters, returns, convention) {
            Some(image) => Ok(CallInterface::by(CallPath::Image(image), parameters, returns)),
            None => CallInterface::by_libffi(parameters, returns, fixed, convention),
        }
    }

    /// As [`new`](CallInterface::new), by libffi whatever the signature: what other ways to call are
    /// compared with.
    ///
    /// # Errors
    /// As there.
    pub fn by_libffi(
        parameters: &[NativeType],
        returns: &NativeType,
        fixed: Option<usize>,
        convention: Convention,
    ) -> Result<CallInterface> {
        check_variadic(parameters, fixed)?;
        let cif = Cif::new(parameters, returns, fixed, convention)?;
        let blocks = parameters.iter().map(|native| native.register_class().is_none()).collect();
        Ok(CallInterface::by(CallPath::Libffi { cif, blocks }, parameters, returns))
    }

    fn by(path: CallPath, parameters: &[NativeType], returns: &NativeType) -> CallInterface {
        let return_size = returns.size().next_multiple_of(8).max(8);
        CallInterface { path, count: parameters.len(), return_size }
    }

    /// Bytes that a return slot must have: a multiple of 8, since an integer narrower than a
    /// register comes back widened to one.
    pub fn return_size(&self) -> usize {
        self.return_size
    }

    /// The number of arguments of a call.
    pub fn argument_count(&self) -> usize {
        self.count
    }

    /// Calls `function`. Exceptions and `longjmp` of the callee pass through.
    ///
    /// # Safety
    /// - `function` has the prepared signature and convention.
    /// - `return_slot` has [`CallInterface::return_size`] writable bytes, aligned for the return
    ///   type and at least to 8.
    /// - `arguments` has one pointer for each argument, to an aligned value that can be read up
    ///   to the next multiple of 8 bytes. The array is scratch: libffi may overwrite pointers to
    ///   large aggregates with pointers that are dangling once the call is over.
    #[inline]
    pub unsafe fn call(
        &self,
        function: *const c_void,
        return_slot: *mut c_void,
        arguments: *mut *mut c_void,
    ) {
        // SAFETY: the function has the signature; result and arguments are as it says.
        unsafe {
            match &self.path {
                CallPath::Image(image) => image.call(function, return_slot, arguments),
                CallPath::Libffi { cif, .. } => cif.call(function, return_slot, arguments),
            }
        }
    }

    /// Calls `function` with an eight-byte word for each argument: a scalar itself, widened, or the
    /// address of anything else.
    ///
    /// # Safety
    /// As for [`CallInterface::call`], with words instead of pointers; at most
    /// [`MAX_SLOTS`](crate::call::MAX_SLOTS) of them.
    #[inline(always)]
    pub unsafe fn call_words(
        &self,
        function: *const c_void,
        return_slot: *mut c_void,
        words: *mut u64,
    ) {
        // SAFETY: the function has the signature; result and arguments are as it says.
        unsafe {
            match &self.path {
                CallPath::Image(image) => image.call_words(function, return_slot, words),
                CallPath::Libffi { cif, blocks } => {
                    call_words(cif, blocks, function, return_slot, words);
                }
            }
        }
    }
}

#[inline(never)]
unsafe fn call_words(
    cif: &Cif,
    blocks: &[bool],
    function: *const c_void,
    return_slot: *mut c_void,
    words: *mut u64,
) {
    // SAFETY: there is a word for each argument; of a block it is the address.
    with_stack::<*mut c_void, _>(blocks.len(), |arguments| unsafe {
        for (index, block) in blocks.iter().enumerate() {
            let word = words.add(index);
            arguments.add(index).write(match block {
                true => std::ptr::with_exposed_provenance_mut(*word as usize),
                false => word.cast(),
            });
        }
        cif.call(function, return_slot, arguments);
    });
}

impl fmt::Debug for CallInterface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallInterface").field("count", &self.count).finish_non_exhaustive()
    }
}

fn check_variadic(parameters: &[NativeType], fixed: Option<usize>) -> Result<()> {
    let Some(fixed) = fixed else { return Ok(()) };
    let Some(variable) = parameters.get(fixed..) else {
        let message = format!("{fixed} fixed arguments, but only {} in all", parameters.len());
        return Err(Error::invalid(message));
    };
    let narrow = |native: &NativeType| {
        use NativeType::{F32, I8, I16, U8, U16};
        matches!(native, I8 | U8 | I16 | U16 | F32)
    };
    match variable.iter().position(narrow) {
        None => Ok(()),
        Some(index) => Err(Error::invalid(format!(
            "variadic argument {} is {:?}; C promotes it to int or double first",
            fixed + index,
            variable[index]
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    unsafe extern "C-unwind" {
        fn snprintf(buffer: *mut u8, size: usize, format: *const u8, ...) -> i32;
        fn div(numerator: i32, denominator: i32) -> u64;
    }

    fn pointer<T>(value: &mut T) -> *mut c_void {
        (&raw mut *value).cast()
    }

    #[test]
    fn a_struct_comes_back_by_value() {
        let pair = vec![NativeType::I32, NativeType::I32];
        let pair = NativeType::Aggregate { size: 8, align: 4, elements: pair };
        let parameters = [NativeType::I32, NativeType::I32];
        let interface = CallInterface::new(&parameters, &pair, None, Convention::Default).unwrap();
        let (mut a, mut b, mut result) = (17_i64, 5_i64, [0_i32; 2]);
        let mut arguments = [pointer(&mut a), pointer(&mut b)];
        // SAFETY: div(int, int) returns two ints; every slot has 8 bytes.
        unsafe {
            interface.call(div as *const c_void, pointer(&mut result), arguments.as_mut_ptr());
        }
        assert_eq!(result, [3, 2]);
    }

    #[test]
    fn a_variadic_call_marks_its_fixed_arguments() {
        use NativeType::{F64, I32, Pointer, U64};
        let parameters = [Pointer, U64, Pointer, I32, F64];
        let interface =
            CallInterface::new(&parameters, &I32, Some(3), Convention::Default).unwrap();
        let mut text = [0_u8; 32];
        let (mut buffer, mut size) = (text.as_mut_ptr(), text.len());
        let (mut format, mut number, mut real) = (c"%d %.2f".as_ptr(), -7_i64, 2.5_f64);
        let mut arguments = [
            pointer(&mut buffer),
            pointer(&mut size),
            pointer(&mut format),
            pointer(&mut number),
            pointer(&mut real),
        ];
        let mut length = 0_i64;
        // SAFETY: the arguments are those of snprintf and its format; every slot has 8 bytes.
        unsafe {
            interface.call(snprintf as *const c_void, pointer(&mut length), arguments.as_mut_ptr());
        }
        assert_eq!((length, &text[..7]), (7, b"-7 2.50".as_slice()));
    }

    #[test]
    fn impossible_signatures_are_refused() {
        let prepare = |parameters: &[NativeType], fixed| {
            CallInterface::new(parameters, &NativeType::Void, fixed, Convention::Default)
                .unwrap_err()
        };
        let error = prepare(&[NativeType::I32, NativeType::F32], Some(1));
        assert!(error.message().contains("argument 1 is F32"), "{error}");
        assert_eq!(prepare(&[], Some(1)).status(), Status::InvalidArgument);
        assert_eq!(prepare(&[NativeType::Void], None).status(), Status::InvalidArgument);
    }

    #[test]
    fn an_interface_may_be_shared_and_moved() {
        fn shared<T: Send + Sync>(value: T) -> T {
            value
        }
        let interface =
            CallInterface::new(&[NativeType::I32], &NativeType::I32, None, Convention::Default);
        let interface = Box::new(shared(interface.unwrap()));
        let (mut value, mut result) = (-5_i64, 0_i64);
        let mut arguments = [pointer(&mut value)];
        // SAFETY: abs(int) returns an int; both slots have 8 bytes.
        unsafe {
            interface.call(
                libc::abs as *const c_void,
                pointer(&mut result),
                arguments.as_mut_ptr(),
            );
        }
        assert_eq!((interface.argument_count(), result), (1, 5));
    }
}
