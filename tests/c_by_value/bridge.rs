//! Calls of the C compiler's functions.

use std::ffi::c_void;

use libloading::Library;
use metaffi::backend::c::types::Convention;
use metaffi::call::libffi::interface::CallInterface;
use metaffi::call::plan::native_type::NativeType;

use crate::natives::Natives;
use crate::subject::{Slot, Subject};

/// An argument as a word: a scalar widened, or the address of anything else.
pub(crate) unsafe fn word(native: &NativeType, pointer: *mut c_void) -> u64 {
    let bytes = pointer.cast::<u64>();
    if native.register_class().is_none() {
        return bytes.expose_provenance() as u64;
    }
    // SAFETY: the caller's pointer is to an argument of the type, in a slot larger than a word.
    let word = unsafe { bytes.read() };
    match native {
        NativeType::I8 => word as i8 as i64 as u64,
        NativeType::I16 => word as i16 as i64 as u64,
        NativeType::I32 => word as i32 as i64 as u64,
        _ => word & u64::MAX >> (64 - native.size() * 8),
    }
}

/// One convention's functions, and how to call them.
pub(crate) struct Bridge<'a> {
    pub(crate) library: &'a Library,
    pub(crate) convention: Convention,
    pub(crate) prefix: &'a str,
    pub(crate) way: Way,
}

/// How a call is made.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Way {
    /// With a pointer to each argument.
    Pointers,
    /// With a word for each argument.
    Words,
    /// By libffi, whatever else could.
    Libffi,
}

impl Bridge<'_> {
    pub(crate) fn call(
        &self,
        function: &str,
        parameters: &[NativeType],
        returns: &NativeType,
        arguments: &mut [Slot],
    ) -> Slot {
        let name = format!("{}_{function}", self.prefix);
        // SAFETY: the symbol is only used as an address.
        let symbol = unsafe { self.library.get::<*const c_void>(name.as_bytes()) };
        let function = *symbol.unwrap_or_else(|error| panic!("{name}: {error}"));
        let interface = match self.way {
            Way::Libffi => CallInterface::by_libffi(parameters, returns, None, self.convention),
            _ => CallInterface::new(parameters, returns, None, self.convention),
        };
        let interface = interface.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(interface.return_size() <= size_of::<Slot>());
        let mut pointers: Vec<_> = arguments.iter_mut().map(Slot::address).collect();
        let mut result = Slot::zero();
        // SAFETY: the C function was generated with these parameters and this return type; every
        // slot is aligned to 64 bytes and larger than its value.
        unsafe {
            match self.way {
                Way::Pointers | Way::Libffi => {
                    interface.call(function, result.address(), pointers.as_mut_ptr());
                }
                Way::Words => {
                    let mut words: Vec<u64> = parameters
                        .iter()
                        .zip(&pointers)
                        .map(|(native, pointer)| word(native, *pointer))
                        .collect();
                    interface.call_words(function, result.address(), words.as_mut_ptr());
                }
            }
        }
        result
    }

    pub(crate) fn check(
        &self,
        n: usize,
        subject: &Subject,
        natives: &Natives,
        other: Option<&Natives>,
    ) {
        self.check_give(n, subject, &natives.returned);
        let Some(parameter) = &natives.parameter else { return };
        self.check_take(n, subject, parameter);
        self.check_full(n, subject, parameter, &natives.returned);
        if let Some(Natives { subject: again, parameter: Some(other), .. }) = other {
            self.check_late(n, (subject, parameter), (again, other));
        }
    }

    fn check_give(&self, n: usize, subject: &Subject, returned: &NativeType) {
        let mut bytes = Slot::of(&subject.value);
        let mut arguments = [Slot::of(&(bytes.address() as usize).to_ne_bytes())];
        let name = format!("give_{n}");
        let result = self.call(&name, &[NativeType::Pointer], returned, &mut arguments);
        subject.check(&result.0, &format!("{} return", self.prefix));
    }

    fn check_take(&self, n: usize, subject: &Subject, parameter: &NativeType) {
        let mut out = Slot::zero();
        let mut arguments =
            [Slot::of(&subject.value), Slot::of(&(out.address() as usize).to_ne_bytes())];
        let parameters = [parameter.clone(), NativeType::Pointer];
        self.call(&format!("take_{n}"), &parameters, &NativeType::Void, &mut arguments);
        subject.check(&out.0, &format!("{} argument", self.prefix));
    }

    fn check_full(
        &self,
        n: usize,
        subject: &Subject,
        parameter: &NativeType,
        returned: &NativeType,
    ) {
        let mut out = Slot::zero();
        let mut parameters = vec![NativeType::I64; 6];
        parameters.extend(vec![NativeType::F64; 8]);
        parameters.push(NativeType::I8);
        parameters.extend([parameter.clone(), NativeType::I8, NativeType::Pointer]);
        let mut arguments: Vec<_> = (0..14_u64).map(|i| Slot::of(&i.to_ne_bytes())).collect();
        arguments.extend([Slot::of(&[11]), Slot::of(&subject.value), Slot::of(&[22])]);
        arguments.push(Slot::of(&(out.address() as usize).to_ne_bytes()));
        let result = self.call(&format!("full_{n}"), &parameters, returned, &mut arguments);
        subject.check(&out.0, &format!("{} stack argument", self.prefix));
        subject.check(&result.0, &format!("{} return of a stack argument", self.prefix));
        assert_eq!(out.0[256..258], [11, 22], "neighbours of {}", subject.spelling);
    }

    fn check_late(
        &self,
        n: usize,
        (first, parameter): (&Subject, &NativeType),
        (again, other): (&Subject, &NativeType),
    ) {
        use NativeType::{F64, I64, Pointer};
        let mut out = Slot::zero();
        let integers = [-1_i64, 2, -3, 4];
        let reals = [0.5_f64, -1.5, 2.5, -3.5];
        let integer = |i: usize| Slot::of(&integers[i].to_ne_bytes());
        let real = |i: usize| Slot::of(&reals[i].to_ne_bytes());
        let mut arguments = [
            integer(0),
            real(0),
            integer(1),
            real(1),
            integer(2),
            real(2),
            Slot::of(&first.value),
            integer(3),
            Slot::of(&again.value),
            Slot::of(&(out.address() as usize).to_ne_bytes()),
            real(3),
        ];
        let parameters =
            [I64, F64, I64, F64, I64, F64, parameter.clone(), I64, other.clone(), Pointer, F64];
        self.call(&format!("late_{n}"), &parameters, &NativeType::Void, &mut arguments);
        first.check(&out.0, &format!("{} late argument", self.prefix));
        again.check(&out.0[256..], &format!("{} second late argument", self.prefix));
        let integers: Vec<_> = integers.iter().flat_map(|i| i.to_ne_bytes()).collect();
        let reals: Vec<_> = reals.iter().flat_map(|x| x.to_ne_bytes()).collect();
        assert_eq!(out.0[512..544], integers, "integers around {}", first.spelling);
        assert_eq!(out.0[544..576], reals, "reals around {}", first.spelling);
    }
}
